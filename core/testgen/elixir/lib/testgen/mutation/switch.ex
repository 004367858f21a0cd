defmodule Testgen.Mutation.Switch do
  @moduledoc """
  Which mutant is active, read by instrumented code at every point it passes.

  One persistent term holds an integer (the active mutant, 0 for none) or `{:record, counters}` while coverage is
  recorded: then each point that is passed is counted, and no mutant is active. Global to the VM. Setting it costs a
  scan of all processes only when the old value is not an integer, which persistent terms keep without copying.
  """

  alias Testgen.Mutation.Build

  @key :testgen_active_mutant

  @doc """
  The active mutant, as instrumented code asks at a point.
  """
  @spec at(pos_integer) :: non_neg_integer
  def at(point) do
    case :persistent_term.get(@key, 0) do
      active when is_integer(active) -> active
      recording -> count(recording, point)
    end
  end

  @doc """
  Counts a point while coverage is recorded; no mutant is active then.
  """
  @spec count({:record, :counters.counters_ref()}, pos_integer) :: 0
  def count({:record, counters}, point) do
    :counters.add(counters, point, 1)
    0
  end

  @doc """
  What a function reads on entry, counted as a point: what `at/1` would answer, unless coverage is being recorded.
  """
  @spec enter(pos_integer) :: non_neg_integer | {:record, :counters.counters_ref()}
  def enter(point) do
    case :persistent_term.get(@key, 0) do
      active when is_integer(active) ->
        active

      recording ->
        count(recording, point)
        recording
    end
  end

  @doc """
  The key of the persistent term.
  """
  @spec key() :: atom
  def key, do: @key

  @doc """
  Fails as a function does that has no clause for its arguments: same reason, same place in the stacktrace.
  """
  @spec no_clause(module, atom, [term]) :: no_return
  def no_clause(module, name, arguments) do
    {:current_stacktrace, stacktrace} = Process.info(self(), :current_stacktrace)
    callers = Enum.drop_while(stacktrace, fn {caller, _, _, _} -> caller in [Process, __MODULE__] end)
    :erlang.raise(:error, :function_clause, [{module, name, arguments, []} | callers])
  end

  @spec activate(pos_integer) :: :ok
  def activate(id) when is_integer(id), do: :persistent_term.put(@key, id)

  @spec deactivate() :: :ok
  def deactivate, do: :persistent_term.put(@key, 0)

  @spec active() :: non_neg_integer | :recording
  def active do
    case :persistent_term.get(@key, 0) do
      id when is_integer(id) -> id
      {:record, _} -> :recording
    end
  end

  @doc """
  From now on counts the points that are passed, from zero.
  """
  @spec start_recording(Build.t()) :: :ok
  def start_recording(%Build{} = build) do
    :persistent_term.put(@key, {:record, :counters.new(max(build.num_points, 1), [])})
  end

  @doc """
  Gives the mutants whose points were passed since the last look, in order, and goes on recording from zero.

  Starting and ending a recording costs a look at every process; this does not.
  """
  @spec take_recorded(Build.t()) :: [pos_integer]
  def take_recorded(%Build{} = build) do
    recording = :persistent_term.get(@key, 0)
    reached = reached(recording, build)

    with {:record, counters} <- recording,
         do: for({point, _} <- build.points, do: :counters.put(counters, point, 0))

    reached
  end

  @doc """
  Ends recording and gives the mutants whose points were passed, in order.
  """
  @spec stop_recording(Build.t()) :: [pos_integer]
  def stop_recording(%Build{} = build) do
    reached = reached(:persistent_term.get(@key, 0), build)
    deactivate()
    reached
  end

  defp reached({:record, counters}, build) do
    for {point, ids} <- build.points, :counters.get(counters, point) > 0, id <- ids, uniq: true, do: id
  end

  defp reached(_, _), do: []
end
