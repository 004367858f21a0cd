defmodule Testgen.Mutation.Switch do
  @moduledoc """
  Which mutant is active, read by instrumented code at every point it passes.

  One persistent term holds an integer (the active mutant, 0 for none) or an atom while coverage is recorded: then each
  point that is passed is counted, and no mutant is active. Where the recording is `:watching`, points of a build that
  was made to be watched also note the operands they see, whatever process passes them (`take_seen/0`), as AFL++'s
  cmplog and libFuzzer's value profile do. Global to the VM. Integers and atoms are kept without copying: setting the
  term then costs nothing, where replacing anything else makes the VM look at every process. So the counters are a term
  of their own, made anew only when a build has another number of points.
  """

  alias Testgen.Mutation.Build

  @key :testgen_active_mutant
  @seen :testgen_seen_operands
  @seen_at_most 600

  @counters :testgen_passed_points

  @type recording :: :recording | :watching

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
  @spec count(recording, pos_integer) :: 0
  def count(_recording, point) do
    :counters.add(:persistent_term.get(@counters), point, 1)
    0
  end

  @doc """
  Counts a point, and notes the operands that it sees where the recording watches; of a loop, the first ones.
  """
  @spec seen(recording, pos_integer, [term]) :: :ok
  def seen(recording, point, operands) do
    count(recording, point)
    if recording == :watching, do: note(point, operands)
    :ok
  end

  # The table is gone when whoever started the recording is.
  defp note(point, operands) do
    if :ets.info(@seen, :size) < @seen_at_most,
      do: :ets.insert(@seen, {:erlang.unique_integer([:monotonic]), point, operands})
  rescue
    ArgumentError -> :ok
  end

  @doc """
  What was noted since it was asked last, each point with its operands, in order.
  """
  @spec take_seen() :: [{pos_integer, [term]}]
  def take_seen do
    if :ets.whereis(@seen) == :undefined do
      []
    else
      noted = for {_, point, operands} <- :ets.tab2list(@seen), do: {point, operands}
      :ets.delete_all_objects(@seen)
      noted
    end
  end

  @doc """
  What a function reads on entry, counted as a point: what `at/1` would answer, unless coverage is being recorded.
  """
  @spec enter(pos_integer) :: non_neg_integer | recording
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
      _ -> :recording
    end
  end

  @doc """
  From now on counts the points that are passed, from zero; with `watch: true`, operands are noted too.
  """
  @spec start_recording(Build.t(), watch: boolean) :: :ok
  def start_recording(%Build{} = build, options \\ []) do
    num_points = max(build.num_points, 1)
    counters = :persistent_term.get(@counters, nil)

    if counters != nil and :counters.info(counters).size == num_points,
      do: clear(counters, build),
      else: :persistent_term.put(@counters, :counters.new(num_points, []))

    if options[:watch] && :ets.whereis(@seen) == :undefined,
      do: :ets.new(@seen, [:named_table, :public, :ordered_set])

    :persistent_term.put(@key, if(options[:watch], do: :watching, else: :recording))
  end

  defp clear(counters, build), do: for({point, _} <- build.points, do: :counters.put(counters, point, 0))

  @doc """
  Gives the mutants whose points were passed since the last look, in order, and goes on recording from zero.

  Starting and ending a recording costs a look at every process; this does not.
  """
  @spec take_recorded(Build.t()) :: [pos_integer]
  def take_recorded(%Build{} = build) do
    counters = :persistent_term.get(@counters)
    reached = reached(counters, build)
    clear(counters, build)
    reached
  end

  @doc """
  Gives the points that were passed since the last look, in order, and goes on recording from zero. Needs no build.
  """
  @spec take_passed() :: [pos_integer]
  def take_passed do
    counters = :persistent_term.get(@counters)

    for point <- 1..:counters.info(counters).size, :counters.get(counters, point) > 0 do
      :counters.put(counters, point, 0)
      point
    end
  end

  @doc """
  Ends recording and gives the mutants whose points were passed, in order.
  """
  @spec stop_recording(Build.t()) :: [pos_integer]
  def stop_recording(%Build{} = build) do
    reached = reached(:persistent_term.get(@counters), build)
    deactivate()
    reached
  end

  defp reached(counters, build) do
    for {point, ids} <- build.points, :counters.get(counters, point) > 0, id <- ids, uniq: true, do: id
  end
end
