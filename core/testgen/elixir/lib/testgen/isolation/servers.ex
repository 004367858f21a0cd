defmodule Testgen.Isolation.Servers do
  @moduledoc """
  The project's processes that are there before a test, and the state they were in.

  A process that has not run since has the reductions that it had: looking costs less than a microsecond. One that ran
  is asked for its state, and where that is another and holds plain data only, the old state is put back; otherwise the
  application that it belongs to has to be restarted.

  Only `GenServer`, `Agent`, `:gen_statem`, `:gen_event` and `Supervisor` processes can be asked. For others (a loop of
  one's own) having run counts as no change.
  """

  alias Testgen.Isolation.Owners

  @ask_ms 200

  @type known :: {:known, term} | :unknown
  @type t :: %{optional(pid) => {work :: term, known}}

  @doc "Remembers the state of each of `pids`."
  @spec take([pid]) :: t
  def take(pids), do: Map.new(pids, &look/1)

  defp look(pid) do
    known = if asks?(pid), do: state(pid), else: :unknown
    {pid, {Owners.work(pid), known}}
  end

  @doc "Whether none of them ran or ended."
  @spec same?(t) :: boolean
  def same?(servers), do: Enum.all?(servers, fn {pid, {work, _}} -> work(pid) == work end)

  @doc "Those that ended, and those whose state is not what it was and could not be put back; the rest is put back."
  @spec restore(t) :: {t, changed :: [pid]}
  def restore(servers) do
    Enum.reduce(servers, {servers, []}, fn {pid, {work, known}}, {servers, changed} ->
      if work(pid) == work do
        {servers, changed}
      else
        ran(pid, known, servers, changed)
      end
    end)
  end

  defp ran(pid, known, servers, changed) do
    if Process.alive?(pid) and (known == :unknown or state(pid) == known or put_back(pid, known)) do
      {Map.put(servers, pid, {Owners.work(pid), known}), changed}
    else
      {servers, [pid | changed]}
    end
  end

  defp put_back(pid, {:known, state}) do
    if plain?(state) do
      :sys.replace_state(pid, fn _ -> state end, @ask_ms)
      true
    else
      false
    end
  catch
    :exit, _ -> false
  end

  @doc "The applications that `pids` belong to, and whether there are pids that belong to none."
  @spec apps([pid], %{pid => atom}) :: {[atom], orphans? :: boolean}
  def apps(pids, app_of) do
    apps = Enum.map(pids, &Map.get(app_of, &1))
    {apps |> Enum.reject(&is_nil/1) |> Enum.uniq(), nil in apps}
  end

  @doc "Which of `pids` belongs to which application."
  @spec apps_of([pid]) :: %{pid => atom}
  def apps_of(pids), do: Map.new(pids, &{&1, Owners.app(&1)})

  defp work(pid), do: Process.info(pid, :reductions)

  defp asks?(pid) do
    case initial_call(pid) do
      {:supervisor, _, 1} -> true
      {_module, :init, 1} -> true
      _ -> false
    end
  end

  defp initial_call(pid) do
    with {:dictionary, dictionary} <- Process.info(pid, :dictionary),
         {:"$initial_call", call} <- List.keyfind(dictionary, :"$initial_call", 0) do
      call
    else
      _ -> nil
    end
  end

  defp state(pid) do
    {:known, :sys.get_state(pid, @ask_ms)}
  catch
    :exit, _ -> :unknown
  end

  # References and ports may stand for something that is gone; pids and functions for something with a state of its own.
  defp plain?(term) when is_reference(term) or is_port(term) or is_pid(term) or is_function(term), do: false
  defp plain?([head | tail]), do: plain?(head) and plain?(tail)
  defp plain?(tuple) when is_tuple(tuple), do: tuple |> Tuple.to_list() |> plain?()
  defp plain?(map) when is_map(map), do: map |> :maps.to_list() |> plain?()
  defp plain?(_), do: true
end
