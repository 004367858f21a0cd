defmodule Testgen.Exploration.Runs do
  @moduledoc """
  Runs inputs by the thousand: once as the module is, with what they pass and see, then with mutants switched on.

  Inputs whose seed is light run one after another in one process; the others each in isolation, with the VM put
  back. What goes past its limits is dropped. An outcome is reduced to what can be compared: pids, references and
  functions to what they are, exceptions to module and message.
  """

  alias Testgen.Exploration.Seed
  alias Testgen.Isolation
  alias Testgen.Isolation.{Limits, Watch}
  alias Testgen.Mutation.{Build, Switch}
  alias Testgen.Observation.{Outcome, PutBack, Supervised}

  @max_heap_bytes 16 * 1024 * 1024
  @largest_words 1_500

  # So many inputs that a mutant kept from ending are enough to know.
  @stuck_at 2

  defmodule Input do
    @moduledoc false
    @enforce_keys [:seed, :values]
    defstruct [:seed, :values, :outcome, :value, :made, covers: [], seen: []]
  end

  @type outcome :: {:value, term()} | {:raise, module(), term()} | {:throw, term()} | {:exit, term()} | :limit
  @type input :: %Input{
          seed: Seed.t(),
          values: [term()],
          outcome: outcome() | nil,
          value: term(),
          made: {non_neg_integer(), Testgen.Exploration.Made.t()} | nil,
          covers: [pos_integer()],
          seen: [{pos_integer(), [term()]}]
        }
  @type t :: %{build: Build.t(), output: pid(), snapshot: Isolation.Snapshot.t()}

  @doc "The inputs with what they gave, passed and saw; those that did not end within their limits are left out."
  @spec recorded([input()], t()) :: {[input()], t()}
  def recorded(inputs, runs) do
    Switch.start_recording(runs.build, watch: true)
    {done, runs} = run(inputs, runs, &record/1)
    Switch.stop_recording(runs.build)
    {for({input, {_, _, _, _} = found} <- done, do: found(input, found, runs.build.points)), runs}
  end

  defp record(job) do
    result = result(job)
    seen = Switch.take_seen()
    value = with {:value, value} <- result, do: value, else: (_ -> nil)
    {outcome(result), value, seen, Switch.take_passed()}
  end

  defp found(input, {outcome, value, seen, passed}, points) do
    covers = passed |> Enum.flat_map(&Map.get(points, &1, [])) |> Enum.uniq()
    %{input | outcome: outcome, value: value, seen: seen, covers: covers}
  end

  @doc "The inputs that end otherwise under the mutant than they did; `:stuck` where it kept several from ending."
  @spec told([input()], pos_integer(), t()) :: {[input()] | :stuck, t()}
  def told(inputs, mutant, runs) do
    Switch.activate(mutant)
    {done, runs} = run(inputs, runs, &same?/1, @stuck_at)
    Switch.deactivate()
    {_, snapshot} = PutBack.run(runs.snapshot)
    runs = %{runs | snapshot: snapshot}

    if Enum.count(done, &match?({_, :limit}, &1)) >= @stuck_at,
      do: {:stuck, runs},
      else: {for({input, false} <- done, do: input), runs}
  end

  defp same?({_, _, expected} = job), do: outcome(result(job)) == expected

  @doc "The inputs with their outcomes alone, without a recording; those past their limits are left out."
  @spec plain([input()], t()) :: {[input()], t()}
  def plain(inputs, runs) do
    {done, runs} = run(inputs, runs, &outcome(result(&1)))
    {for({input, outcome} when outcome != :limit <- done, do: %{input | outcome: outcome}), runs}
  end

  # `work` on the job of each input, with its answer or `:limit`; ends after `enough` that went past their limits.
  defp run(inputs, runs, work, enough \\ 1_000) do
    {light, heavy} = Enum.split_with(inputs, & &1.seed.light)
    done = together(light, runs, work, enough, [])
    heavy(heavy, runs, work, enough, done)
  end

  defp together([], _, _, _, done), do: done
  defp together(_, _, _, 0, done), do: done

  # What a process is started with is copied, and shared parts once for each place they stand in: it gets every seed's
  # function once, and of the inputs no more than it needs.
  defp together(inputs, runs, work, enough, done) do
    tag = make_ref()
    parent = self()
    output = runs.output
    functions = Map.new(inputs, &{&1.seed.key, &1.seed.run})
    jobs = Enum.map(inputs, &{&1.seed.key, &1.values, &1.outcome})

    pid =
      :erlang.spawn_opt(
        fn ->
          Process.group_leader(self(), output)

          Enum.each(jobs, fn {key, values, outcome} ->
            send(parent, {tag, answer({functions[key], values, outcome}, work)})
          end)
        end,
        [Limits.heap_option(Limits.new(max_heap_bytes: @max_heap_bytes))]
      )

    collect(inputs, pid, tag, {runs, work}, enough, done)
  end

  # The next input must not find what this one left in the process.
  defp answer(job, work) do
    answer = work.(job)
    Enum.each(Process.get_keys(), &Process.delete/1)
    answer
  end

  defp collect([], _, _, _, _, done), do: done

  defp collect([input | rest], pid, tag, {runs, work} = how, enough, done) do
    case Watch.await(pid, Process.monitor(pid), tag, limits(input), :stays) do
      {:answer, answer} -> collect(rest, pid, tag, how, enough, [{input, answer} | done])
      :unkillable -> raise "a run cannot be ended: start a fresh VM"
      _ended -> together(rest, runs, work, enough - 1, [{input, :limit} | done])
    end
  end

  defp heavy(inputs, runs, work, enough, done) do
    {done, runs, _} =
      Enum.reduce_while(inputs, {done, runs, enough}, fn
        _, {_, _, 0} = acc ->
          {:halt, acc}

        input, {done, runs, enough} ->
          {answer, runs} = alone(input, runs, work)
          {:cont, {[{input, answer} | done], runs, if(answer == :limit, do: enough - 1, else: enough)}}
      end)

    {done, runs}
  end

  defp alone(input, runs, work) do
    job = {input.seed.run, input.values, input.outcome}
    output = runs.output

    result =
      Isolation.run(
        fn ->
          Process.group_leader(self(), output)
          answer = work.(job)
          Supervised.stop()
          answer
        end,
        Limits.new(%{limits(input) | capture_io: false})
      )

    {_, snapshot} = PutBack.run(runs.snapshot)
    answer = with {:ok, answer, _} <- result, do: answer, else: (_ -> :limit)
    {answer, %{runs | snapshot: snapshot}}
  end

  # Twenty times what the seed took, and never so little that a busy machine looks like a loop.
  defp limits(input) do
    Limits.new(
      timeout_ms: 100,
      hard_timeout_ms: 300,
      max_reductions: input.seed.reductions * 20 + 1_000_000,
      max_heap_bytes: @max_heap_bytes
    )
  end

  defp result({run, values, _}), do: Outcome.of(fn -> run.(values) end).result

  defp outcome(result) do
    case result do
      {:raise, %module{} = error, _} -> {:raise, module, message(error)}
      {kind, value} -> {kind, comparable(value)}
    end
  end

  defp message(%FunctionClauseError{module: module, function: function}), do: {module, function}
  defp message(%{message: message}) when is_binary(message), do: message
  defp message(_), do: nil

  @doc "Whether the outcome is one that a test could pin: a value of readable size, or an exception that is meant."
  @spec worthy?(outcome(), MapSet.t(module())) :: boolean()
  def worthy?({:value, value}, _), do: :erts_debug.flat_size(value) <= @largest_words
  def worthy?({:raise, module, _}, meant), do: MapSet.member?(meant, module)
  def worthy?(_, _), do: false

  # Only where there is something in it that no two runs have alike.
  defp comparable(term) when is_pid(term), do: :pid
  defp comparable(term) when is_reference(term), do: :reference
  defp comparable(term) when is_port(term), do: :port
  defp comparable(term) when is_function(term), do: {:function, Function.info(term, :arity)}
  defp comparable([head | tail]), do: [comparable(head) | comparable(tail)]
  defp comparable(tuple) when is_tuple(tuple), do: tuple |> Tuple.to_list() |> comparable() |> List.to_tuple()
  defp comparable(map) when is_map(map), do: :maps.map(fn _, value -> comparable(value) end, map)
  defp comparable(term), do: term
end
