defmodule Testgen.Isolation.Tables do
  @moduledoc """
  ETS tables of the project that are there before a test: what is in them, so that it can be put back.

  A public table is put back row by row. What is in another's protected table can be seen and not changed: its owner has
  to be restarted. Private tables cannot be seen. Tables with more than 10,000 rows are only counted.
  """

  alias Testgen.Isolation.Owners

  @max_rows 10_000

  defstruct all: [], count: 0, kept: %{}

  @type t :: %__MODULE__{all: [reference | atom], count: non_neg_integer, kept: map}

  @doc "Remembers the tables that are there; `agent` are processes whose tables are none of the project's."
  @spec take([pid]) :: t
  def take(agent) do
    all = :ets.all()

    kept =
      for table <- all,
          info = info(table),
          project?(info, agent),
          into: %{},
          do: {table, {info, rows(table, info)}}

    %__MODULE__{all: all, count: :erlang.system_info(:ets_count), kept: kept}
  end

  @doc "Whether no table came, went, or has other rows."
  @spec same?(t) :: boolean
  def same?(%__MODULE__{count: count, kept: kept}) do
    :erlang.system_info(:ets_count) == count and Enum.all?(kept, &unchanged?/1)
  end

  @doc """
  Puts public tables back and removes new ones. Answers the owners among `stay` whose tables cannot be changed from
  outside; tables of processes that do not stay go with them.
  """
  @spec restore(t, MapSet.t(pid)) :: {t, owners :: [pid]}
  def restore(%__MODULE__{} = tables, stay) do
    new =
      for table <- :ets.all() -- tables.all,
          info = info(table),
          foreign?(info, stay),
          not drop(table),
          do: info.owner

    changed = for kept <- tables.kept, not unchanged?(kept), do: kept
    owners = new ++ Enum.flat_map(changed, &put_back/1)
    {tables, Enum.uniq(owners)}
  end

  @doc "The tables that are there now are those that belong; called when nothing that leaked is left."
  @spec counted(t) :: t
  def counted(%__MODULE__{} = tables), do: %{tables | all: :ets.all(), count: :erlang.system_info(:ets_count)}

  defp foreign?(%{owner: owner}, stay), do: MapSet.member?(stay, owner) and not Owners.system?(owner)

  defp info(table) do
    case :ets.info(table) do
      :undefined -> nil
      info -> Map.new(Keyword.take(info, [:owner, :protection, :size, :name, :type, :memory]))
    end
  end

  defp project?(%{owner: owner}, agent), do: owner not in agent and not Owners.system?(owner)

  defp rows(_table, %{protection: :private}), do: :unseen
  defp rows(_table, %{size: size}) when size > @max_rows, do: :unseen
  defp rows(table, _info), do: read(table)

  defp read(table) do
    :ets.tab2list(table)
  rescue
    ArgumentError -> :gone
  end

  defp unchanged?({table, {%{size: size}, :unseen}}), do: :ets.info(table, :size) == size
  defp unchanged?({table, {_, rows}}), do: read(table) == rows

  defp put_back({table, {%{protection: :public, owner: owner}, rows}}) when is_list(rows) do
    :ets.delete_all_objects(table)
    :ets.insert(table, rows)
    []
  rescue
    ArgumentError -> [owner]
  end

  defp put_back({_table, {%{owner: owner}, _}}), do: [owner]

  defp drop(table) do
    :ets.delete(table)
  rescue
    ArgumentError -> :ets.info(table) == :undefined
  end
end
