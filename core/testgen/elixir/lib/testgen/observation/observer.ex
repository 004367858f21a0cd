defmodule Testgen.Observation.Observer do
  @moduledoc """
  Runs candidates as often as it takes to trust what they answer, and draws the conclusion.

  The first run records which mutants are passed; where anything asked the clock or chance meanwhile, a traced
  run tells whether it was the call. A candidate that drew a random number runs `@more_runs` times more; one
  that looked at the clock keeps only those leaves of its value that it was given. The second run lets processes
  come to rest before the call: what depends on who is quicker shows. Between runs the VM is put back as it was.
  """

  alias Testgen.Isolation.Snapshot
  alias Testgen.Mutation.Switch

  alias Testgen.Observation.{
    Blame,
    Candidate,
    Influence,
    Message,
    Oracle,
    Outcome,
    Probe,
    PutBack,
    Sketch,
    ValueSource
  }

  @more_runs 6

  # A test that takes more is none that a person would keep; and what recurses without end is ended sooner.
  @default_limits %{timeout_ms: 500, max_reductions: 5_000_000, max_heap_bytes: 16 * 1024 * 1024}

  @type options :: %{
          runs: pos_integer(),
          limits: map(),
          aliases: ValueSource.aliases(),
          build: term(),
          tracer: pid(),
          output: pid(),
          snapshot: Snapshot.t()
        }

  @typedoc """
  What the runs of one candidate gave, the first one first; `changed` where each of them left something to put
  back.
  """
  @type record :: %{
          results: [Probe.result()],
          covers: [pos_integer()],
          influence: Influence.t(),
          changed: boolean()
        }

  @doc "Options of an `observe` request."
  @spec options(map(), map(), Snapshot.t()) :: options()
  def options(args, ctx, snapshot) do
    %{
      runs: max(args["runs"] || 2, 2),
      limits: limits(args["limits"] || %{}),
      aliases: for([short, full] <- args["aliases"] || [], into: %{}, do: {Module.concat([full]), short}),
      build: ctx[:build],
      tracer: ctx.tracer,
      output: ctx.output,
      snapshot: snapshot
    }
  end

  defp limits(given) do
    for {key, value} <- given,
        name <- ~w(timeout_ms max_reductions max_heap_bytes)a,
        key == Atom.to_string(name),
        into: @default_limits,
        do: {name, value}
  end

  @doc "All runs of all candidates: records by candidate id, and the snapshot to go on with."
  @spec run([Candidate.t()], options()) :: {%{term() => record()}, Snapshot.t()}
  def run(candidates, options) do
    {records, snapshot} =
      recorded(options, &Enum.map_reduce(candidates, &1, fn one, now -> first(one, options, now) end))

    runs =
      Enum.reduce(2..options.runs, {Map.new(records), snapshot}, fn round, runs ->
        # Backwards, then forwards: what one leaves behind must not show in another.
        order = if rem(round, 2) == 0, do: Enum.reverse(candidates), else: candidates
        Enum.reduce(order, runs, &again(&1, round, options, &2))
      end)

    Enum.reduce(candidates, runs, &listen(&1, options, &2))
  end

  # Whoever says nothing at all may have complained on standard error.
  defp listen(candidate, options, {records, snapshot}) do
    record = records[candidate.id]

    if quiet?(record.results) and Process.whereis(ExUnit.CaptureServer) != nil do
      results = for seed <- 1..2, do: Probe.run(candidate, Map.put(probe(options, seed, nil), :errors, true))
      {_, snapshot} = restore(snapshot)
      heard? = Enum.any?(results, &match?({:outcome, %{errors: errors}, _} when errors != "", &1))
      {if(heard?, do: put_in(records[candidate.id].results, results), else: records), snapshot}
    else
      {records, snapshot}
    end
  end

  defp quiet?(results) do
    Enum.all?(results, &match?({:outcome, _, _}, &1)) and results |> Enum.map(&elem(&1, 1)) |> Oracle.quiet?()
  end

  defp recorded(%{build: nil} = options, fun), do: fun.(options.snapshot)

  # The snapshot is looked at anew: starting to record makes every process collect its garbage, which looks like work.
  defp recorded(options, fun) do
    Switch.start_recording(options.build)
    {records, snapshot} = options.snapshot |> PutBack.anew() |> fun.()
    Switch.stop_recording(options.build)
    {records, PutBack.anew(snapshot)}
  end

  defp first(candidate, options, snapshot) do
    asked = Influence.asked()
    result = Probe.run(candidate, probe(options, 1, nil))
    covers = if options.build, do: Switch.take_recorded(options.build), else: []
    {changed, snapshot} = restore(snapshot)
    record = %{results: [result], covers: covers, influence: Influence.none(), changed: changed}

    {record, snapshot} =
      if Influence.asked() == asked,
        do: {record, snapshot},
        else: traced(candidate, record, options, snapshot)

    {{candidate.id, record}, snapshot}
  end

  defp traced(candidate, record, options, snapshot) do
    result = Probe.run(candidate, probe(options, 2, options.tracer))
    {_, snapshot} = restore(snapshot)
    {%{record | results: record.results ++ [result], influence: influence(result)}, snapshot}
  end

  defp probe(options, seed, tracer) do
    options
    |> Map.take([:limits, :output, :late_message_ms])
    |> Map.merge(%{seed: seed, tracer: tracer, logs: true})
  end

  defp influence({:outcome, _, influence}), do: influence
  defp influence(_), do: Influence.none()

  defp again(candidate, round, options, {records, snapshot}) do
    case records[candidate.id] do
      %{results: [{:outcome, first, _} | _]} = record ->
        options = patient(options, first)
        runs = if round == 2 and record.influence.dice, do: 1 + @more_runs, else: 1
        {results, changed, snapshot} = repeat(candidate, round, runs, options, snapshot)
        record = %{record | results: record.results ++ results, changed: record.changed and changed}
        {Map.put(records, candidate.id, record), snapshot}

      _ ->
        {records, snapshot}
    end
  end

  # What had no message when one was waited for is not waited for again.
  defp patient(options, %{messages: []}), do: Map.put(options, :late_message_ms, 0)
  defp patient(options, _), do: options

  defp repeat(candidate, round, runs, options, snapshot) do
    Enum.reduce(1..runs, {[], false, snapshot}, fn run, {results, changed, snapshot} ->
      options = options |> probe(round * 1_000 + run, nil) |> Map.put(:settle, run == 1)
      result = Probe.run(candidate, options)
      {now, snapshot} = restore(snapshot)
      {[result | results], changed or now, snapshot}
    end)
  end

  defp restore(snapshot) do
    case PutBack.run(snapshot) do
      {:same, snapshot} -> {false, snapshot}
      {_, snapshot} -> {true, snapshot}
    end
  end

  @doc "The oracle of a candidate from its runs, or the status and reason why there is none."
  @spec conclude(Candidate.t(), record()) ::
          {:ok, Candidate.t(), Oracle.t(), [Outcome.t()]} | {:error, String.t(), String.t()}
  def conclude(candidate, %{results: results} = record) do
    case Enum.find(results, &(not match?({:outcome, _, _}, &1))) do
      nil ->
        decide(candidate, Enum.map(results, &elem(&1, 1)), record)

      :timeout ->
        {:error, "timeout", "it did not end within its limits"}

      :memory ->
        {:error, "memory", "it took more memory than it may"}

      {:setup_failed, message} ->
        {:error, "invalid", "its setup #{message}"}

      {:died, reason} ->
        {:error, "exit", "the test process was ended: #{inspect(reason, limit: 10, printable_limit: 200)}"}
    end
  end

  defp decide(candidate, [first | _] = outcomes, record) do
    with :ok <- meaningful(first, candidate),
         :ok <- everywhere(first),
         {:ok, oracle} <- Oracle.decide(outcomes, keep(candidate, record.influence)),
         :ok <- lasting(oracle, record.influence) do
      candidate = %{
        candidate
        | covers: record.covers,
          light: Oracle.light?(oracle) and not record.changed and not Enum.any?(outcomes, & &1.tied),
          duration_us: first.duration_us,
          reductions: first.reductions
      }

      {:ok, candidate, oracle, outcomes}
    else
      {:unstable, message} -> {:error, "unstable", message}
      {:invalid, message} -> {:error, "invalid", message}
    end
  end

  # A function that is not there says something about the candidate only.
  defp meaningful(
         %{result: {:raise, %UndefinedFunctionError{module: module, function: name} = error, _}},
         candidate
       ) do
    if String.contains?(candidate.call, "#{name}") and module != nil,
      do: {:invalid, Exception.message(error)},
      else: :ok
  end

  defp meaningful(_, _), do: :ok

  # What the sandbox refuses (its disk is read-only, its network is none) it would not be refused elsewhere.
  @of_this_place [
    :erofs,
    :enetunreach,
    :ehostunreach,
    :nxdomain,
    :econnrefused,
    :eacces,
    :eperm,
    :enospc,
    :edquot
  ]

  defp everywhere(%{result: {:raise, error, _}}),
    do: if(of_this_place?(error), do: of_this_place(), else: :ok)

  defp everywhere(%{result: {_, value}}), do: if(of_this_place?(value), do: of_this_place(), else: :ok)

  defp of_this_place, do: {:unstable, "it depends on what the machine lets it do: its disk, its network"}

  defp of_this_place?(atom) when is_atom(atom), do: atom in @of_this_place
  defp of_this_place?([head | tail]), do: of_this_place?(head) or of_this_place?(tail)
  defp of_this_place?(tuple) when is_tuple(tuple), do: tuple |> Tuple.to_list() |> of_this_place?()
  defp of_this_place?(%_{} = struct), do: struct |> Map.from_struct() |> Map.values() |> of_this_place?()
  defp of_this_place?(map) when is_map(map), do: map |> Map.values() |> of_this_place?()

  defp of_this_place?(text) when is_binary(text),
    do: text =~ ~r/read-only file system|network is unreachable/i

  defp of_this_place?(_), do: false

  # What the candidate itself gave is no news from the clock.
  defp keep(_candidate, %{clock: false}), do: fn _ -> true end

  defp keep(candidate, _) do
    source = Enum.join(candidate.setup ++ candidate.lead ++ [candidate.call], "\n")

    fn
      value when is_atom(value) -> true
      value when is_binary(value) -> timeless?(value) or written?(value, source)
      value when is_number(value) -> written?(value, source)
      _ -> false
    end
  end

  @calendar ~r/\d|mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|day|night|morning|\b[ap]m\b/i

  defp timeless?(text), do: String.printable?(text) and not Regex.match?(@calendar, text)

  defp written?(value, source) do
    case ValueSource.source(value) do
      {:ok, text} -> String.length(text) > 1 and String.contains?(source, text)
      :error -> false
    end
  end

  defp lasting({:value, {:equal, value}}, %{clock: true}) when is_boolean(value),
    do: {:unstable, "it looked at the clock: its answer may be another one tomorrow"}

  defp lasting(_, _), do: :ok

  @doc "The observation as it is sent."
  @spec observation(Candidate.t(), map(), [Outcome.t()], options()) :: map()
  def observation(candidate, written, [outcome | _], options) do
    {exception, message, deliberate} = raised(outcome.result)

    %{
      "id" => candidate.id,
      "status" => status(outcome.result),
      "oracle" => Oracle.name(candidate.oracle),
      "assertion" => written.lines,
      "imports" => written.imports,
      "value" => value(outcome.result, options.aliases),
      "message" => message || Outcome.describe(outcome),
      "exception" => exception,
      "deliberate" => deliberate,
      "covers" => candidate.covers,
      "duration_us" => candidate.duration_us,
      "reductions" => candidate.reductions,
      "size" => size(candidate),
      "made" => made(outcome.result),
      "blame" => blame(outcome.result)
    }
  end

  defp status({:value, _}), do: "ok"
  defp status(result), do: result |> elem(0) |> Atom.to_string()

  defp raised({:raise, error, stacktrace}),
    do: {inspect(error.__struct__), Exception.message(error), Message.deliberate?(error, stacktrace)}

  defp raised(_), do: {nil, nil, false}

  defp made({:value, value}), do: Sketch.of(value)
  defp made(_), do: nil

  defp blame({:raise, error, stacktrace}), do: Blame.of(error, stacktrace)
  defp blame(_), do: nil

  defp value({:value, value}, aliases) do
    case ValueSource.source(value, aliases) do
      {:ok, source} -> source
      :error -> nil
    end
  end

  defp value(_, _), do: nil

  defp size(candidate), do: (candidate.setup ++ candidate.lines) |> Enum.map(&String.length/1) |> Enum.sum()
end
