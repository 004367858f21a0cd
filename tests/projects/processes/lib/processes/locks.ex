# Shows: ETS as a table of locks, with insert_new, take and owners.
defmodule Processes.Locks do
  @moduledoc "Locks on names, in a table that its maker owns. The time is given, in seconds."

  @type table :: :ets.table()

  @doc "A new table; the same process may call this often."
  @spec new() :: table()
  def new, do: :ets.new(:locks, [:set, :public])

  @doc "Takes a lock for `seconds`; a lock that has run out can be taken over."
  @spec acquire(table(), term(), term(), non_neg_integer(), pos_integer()) ::
          {:ok, until :: pos_integer()} | {:held_by, term()}
  def acquire(table, name, owner, now, seconds \\ 30) do
    until = now + seconds

    if :ets.insert_new(table, {name, owner, until}) do
      {:ok, until}
    else
      renew(table, :ets.lookup(table, name), owner, now, until)
    end
  end

  @doc "Gives a lock back; only its owner can."
  @spec release(table(), term(), term()) :: :ok | {:error, :not_owner | :free}
  def release(table, name, owner) do
    case :ets.lookup(table, name) do
      [{^name, ^owner, _until}] ->
        [_] = :ets.take(table, name)
        :ok

      [_other] ->
        {:error, :not_owner}

      [] ->
        {:error, :free}
    end
  end

  @doc "The names that an owner holds, sorted."
  @spec held(table(), term()) :: [term()]
  def held(table, owner) do
    table |> :ets.match({:"$1", owner, :_}) |> List.flatten() |> Enum.sort()
  end

  @doc "Removes what has run out and gives the names."
  @spec expire(table(), non_neg_integer()) :: [term()]
  def expire(table, now) do
    names = for {name, _owner, until} <- :ets.tab2list(table), until <= now, do: name
    Enum.each(names, &:ets.delete(table, &1))
    Enum.sort(names)
  end

  defp renew(table, [{name, owner, _}], owner, _now, until), do: put(table, name, owner, until)

  defp renew(table, [{name, _, ran_out}], owner, now, until) when ran_out <= now do
    put(table, name, owner, until)
  end

  defp renew(_table, [{_name, other, _}], _owner, _now, _until), do: {:held_by, other}

  defp put(table, name, owner, until) do
    true = :ets.insert(table, {name, owner, until})
    {:ok, until}
  end
end
