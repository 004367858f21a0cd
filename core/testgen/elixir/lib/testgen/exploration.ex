defmodule Testgen.Exploration do
  @moduledoc """
  The operation `explore`: searches inputs that reach mutants nothing reached yet, and that tell mutants from the
  original, by changing the inputs of observed candidates, thousands of runs a second.

  | arg | meaning |
  | --- | --- |
  | `candidates` | `[[id, "name/arity"]]`: observed candidates, the seeds |
  | `mutants` | ids of mutants that survive |
  | `raises` | names of exceptions that a test may pin |
  | `literals` | sources of values that inputs may hold |
  | `budget_ms`, `patience`, `seed` | when to end at the latest; after so many generations that found nothing; of chance |
  | `aliases`, `variable` | `[[short, full]]`, for writing values; what a value that calls made is bound to |

  Works in generations. Each draws inputs that pass a survivor (or may come to), changes them by what their runs saw
  (`Testgen.Exploration.Hints`) or at random (`Testgen.Exploration.Edits`), and runs the new ones. Those that pass more
  than any before, or come nearer to a branch not taken, are kept to be changed further, as greybox fuzzers do
  (AFL++; Böhme et al., 2016); those that pass a survivor run with it switched on, and where the outcome differs the
  input is found: it is made simpler as long as it still tells the two apart, and sent.

  Sends an event `input` for each: `setup`, `call`, `candidate` (the seed), `mutants`, `reason` (`kills`, `reaches`).
  Replies `runs`, `generations`, `left` (mutants not told), `tried` (`[[mutant, inputs that passed it]]`).
  """

  alias Testgen.Exploration.{Corpus, Edits, Hints, Made, Runs, Seed, Shrinking}
  alias Testgen.Exploration.Runs.Input
  alias Testgen.Isolation.{Output, Snapshot}
  alias Testgen.Mutation.Switch
  alias Testgen.Observation.LogSink

  @per_generation 160
  @parents 16
  @steps 80
  @longest_sequence 8
  @per_heavy_generation 24
  @against_one_mutant 24
  @against_mutants 4_000
  @hints_per_input 60
  @shrinking_rounds 12

  @doc "Handles `explore`."
  @spec explore(map(), map()) :: Testgen.Agent.Handlers.result()
  def explore(_args, %{build: nil}),
    do: {:error, "no_build", "no switched build is loaded: ask for mutants first", %{}}

  def explore(args, ctx) do
    :rand.seed(:exsss, {args["seed"] || 0, 17, 4711})
    # What is kept is bounded by numbers, not by the size of values; the sandbox limits the whole VM.
    Process.flag(:max_heap_size, 0)
    output = Output.start(4_096)
    LogSink.start()

    try do
      state = state(args, ctx, output)
      state = state |> begin() |> generations()
      {:ok, reply(state), %{}}
    after
      Switch.deactivate()
      LogSink.stop()
      Output.stop(output)
    end
  end

  defp state(args, ctx, output) do
    now = System.monotonic_time(:millisecond)
    env = ctx.candidate_env

    %{
      ctx: ctx,
      runs: %{build: ctx.build, output: output, snapshot: Snapshot.take([output])},
      seeds: seeds(args["candidates"] || [], ctx[:candidates] || %{}, env),
      aliases: for([short, full] <- args["aliases"] || [], into: %{}, do: {Module.concat([full]), short}),
      open: switchable(args["mutants"] || [], ctx.build),
      meant: MapSet.new(args["raises"] || [], &Module.concat([&1])),
      literals: literals(args["literals"] || [], env),
      made: Made.new(),
      variable: args["variable"] || "value",
      corpus: Corpus.new(Map.new(ctx.build.mutants, &{&1.id, &1.function_key})),
      deadline: now + (args["budget_ms"] || 1_000),
      patience: args["patience"] || 20,
      fruitless: 0,
      num_runs: 0,
      num_generations: 0,
      tried: %{},
      reached: MapSet.new(),
      pool: %{}
    }
  end

  defp seeds(wanted, candidates, env) do
    for [id, function] <- wanted,
        candidate = candidates[id],
        {:ok, seed} <- [Seed.of(candidate, function, env)],
        do: seed
  end

  defp switchable(ids, build) do
    wanted = MapSet.new(ids)
    for %{strategy: :switch, id: id} = mutant <- build.mutants, id in wanted, into: %{}, do: {id, mutant}
  end

  defp literals(sources, env) do
    for source <- sources, {:ok, value} <- [literal(source, env)], do: value
  end

  defp literal(source, env) do
    with {:ok, quoted} <- Code.string_to_quoted(source, emit_warnings: false) do
      {value, _, _} = Code.eval_quoted_with_env(quoted, [], env)
      {:ok, value}
    end
  rescue
    _ -> :error
  end

  # The seeds as they are: what they pass is what was reached before.
  defp begin(state) do
    inputs = for seed <- state.seeds, do: %Input{seed: seed, values: seed.values}
    {inputs, runs} = Runs.recorded(inputs, state.runs)
    reached = inputs |> Enum.flat_map(& &1.covers) |> MapSet.new()
    pool = Edits.pool(state.literals ++ Enum.flat_map(inputs, & &1.values))
    made = Made.learn(state.made, inputs)
    keep(%{state | runs: runs, reached: reached, pool: pool, made: made, num_runs: length(inputs)}, inputs)
  end

  defp generations(state) do
    if state.open == %{} or Corpus.empty?(state.corpus) or state.fruitless >= state.patience or
         System.monotonic_time(:millisecond) > state.deadline,
       do: state,
       else: state |> generation() |> generations()
  end

  defp generation(state) do
    {inputs, corpus} = draw(state)
    {inputs, runs} = Runs.recorded(inputs, state.runs)

    state = %{
      state
      | corpus: corpus,
        runs: runs,
        num_generations: state.num_generations + 1,
        fruitless: state.fruitless + 1,
        num_runs: state.num_runs + length(inputs)
    }

    worthy = Enum.filter(inputs, &Runs.worthy?(&1.outcome, state.meant))
    state = reaching(%{state | made: Made.learn(state.made, inputs)}, worthy)
    kept = keep(state, inputs)
    news = Corpus.since(kept.corpus, state.corpus)
    against_mutants(kept, Enum.uniq(Enum.filter(news, &(&1 in worthy)) ++ Enum.shuffle(worthy)))
  end

  # New inputs, each made of one that is kept; none is made twice.
  defp draw(state) do
    {parents, corpus} = Corpus.draw(state.corpus, Map.keys(state.open), @parents)
    heavy? = Enum.any?(parents, &(not &1.seed.light))
    children = Enum.flat_map(parents, &children(&1, state)) ++ steps(state) ++ longer(parents, state)
    {fresh, corpus} = corpus |> Corpus.fresh(Enum.shuffle(children))
    {Enum.take(fresh, if(heavy?, do: @per_heavy_generation, else: @per_generation)), corpus}
  end

  defp children(%{values: []}, _), do: []

  defp children(parent, state) do
    hints =
      parent.seen |> Hints.of(state.runs.build.watched, state.pool) |> Enum.take_random(@hints_per_input)

    hinted = for hint <- hints, values <- Edits.hinted(parent.values, hint), do: values
    varied = for _ <- 1..12, do: Edits.varied(parent.values, state.pool)
    twice = for values <- Enum.take_random(hinted, 4), do: Edits.varied(values, state.pool)
    for values <- hinted ++ varied ++ twice, do: child(parent, values)
  end

  # What calls made stays as they made it.
  defp child(%{made: nil} = parent, values), do: %Input{seed: parent.seed, values: values}

  defp child(%{made: {at, made}} = parent, values),
    do: %Input{seed: parent.seed, values: List.replace_at(values, at, made.term), made: parent.made}

  # Calls that take what other calls made.
  defp steps(state) do
    if Made.any?(state.made) do
      for input <- Corpus.direct(state.corpus, @steps),
          {values, made} <- [Made.put(state.made, input.seed, some(input.values, state))],
          do: %Input{seed: input.seed, values: values, made: made}
    else
      []
    end
  end

  # What is done on a process or a table, after what another did on one of its kind.
  defp longer(parents, state) do
    with [_ | _] = stateful <- for(seed <- state.seeds, seed.setup != [], do: seed) do
      for %{seed: %{setup: [_ | _]} = seed} <- parents ++ Enum.take_random(parents, 4),
          {:ok, joined} <- [joined(seed, Enum.random(stateful), state.ctx.candidate_env)],
          do: %Input{seed: joined, values: joined.values}
    end
  end

  defp joined(seed, other, env) do
    if :rand.uniform(2) == 1,
      do: Seed.joined(seed, other, env, @longest_sequence),
      else: Seed.joined(other, seed, env, @longest_sequence)
  end

  defp some([], _), do: []
  defp some(values, state), do: if(:rand.uniform(2) == 1, do: Edits.varied(values, state.pool), else: values)

  # The first inputs that pass a survivor which nothing passed are worth a test's trial, whatever it tells.
  defp reaching(state, inputs) do
    Enum.reduce(inputs, state, fn input, state ->
      new = for id <- input.covers, is_map_key(state.open, id), not MapSet.member?(state.reached, id), do: id
      if new == [], do: state, else: reach(state, input, new)
    end)
  end

  defp reach(state, input, new) do
    send_input(state, input, new, "reaches")
    %{progressed(state) | reached: MapSet.union(state.reached, MapSet.new(new))}
  end

  defp progressed(state), do: %{state | fruitless: 0}

  defp keep(state, inputs) do
    wanted = MapSet.new(Map.keys(state.open))
    %{state | corpus: Corpus.add_all(state.corpus, inputs, wanted, state.runs.build.watched)}
  end

  # Those first that are news: what they do is least like what was tried before.
  defp against_mutants(state, inputs) do
    by_mutant =
      for input <- Enum.reverse(inputs), id <- input.covers, is_map_key(state.open, id), reduce: %{} do
        found -> Map.update(found, id, [input], &[input | &1])
      end

    Enum.reduce(by_mutant, state, fn {id, inputs}, state -> against(state, id, inputs) end)
  end

  defp against(state, id, inputs) do
    inputs = Enum.take(inputs, at_most(inputs, state))
    state = %{state | tried: Map.update(state.tried, id, length(inputs), &(&1 + length(inputs)))}

    case Runs.told(inputs, id, state.runs) do
      {:stuck, runs} -> %{state | runs: runs, open: Map.delete(state.open, id)}
      {[], runs} -> %{state | runs: runs}
      {told, runs} -> confirmed(%{state | runs: runs}, id, Enum.min_by(told, &size/1))
    end
  end

  # What takes fewer calls to make is simpler, whatever it holds.
  # All of a generation where that is cheap: an input is made once, and what it is not asked then it never is.
  defp at_most([%{seed: %{light: true}} | _], state),
    do: max(@against_one_mutant, div(@against_mutants, map_size(state.open)))

  defp at_most(_, _), do: @against_one_mutant

  defp size(%{made: {at, made}} = input),
    do: {made.size, input.values |> List.delete_at(at) |> :erlang.external_size()}

  defp size(input), do: {0, :erlang.external_size(input.values)}

  # Chance and the clock tell originals apart too: twice the same without the mutant, once more otherwise with it.
  defp confirmed(state, id, input) do
    {again, runs} = Runs.plain([input, input], state.runs)

    if Enum.all?(again, &(&1.outcome == input.outcome)) and length(again) == 2 do
      {input, runs} = shrunk(input, id, runs, state, @shrinking_rounds)
      state = %{state | runs: runs, open: Map.delete(state.open, id)}
      send_input(state, input, [id], "kills")
      progressed(state)
    else
      %{state | runs: runs}
    end
  end

  defp shrunk(input, _, runs, _, 0), do: {input, runs}

  defp shrunk(input, id, runs, state, rounds) do
    {simpler, runs} = input |> simpler(state) |> Enum.take(60) |> Runs.plain(runs)
    kind = kind(input.outcome)
    alike = Enum.filter(simpler, &(kind(&1.outcome) == kind and Runs.worthy?(&1.outcome, state.meant)))

    case Runs.told(alike, id, runs) do
      {[_ | _] = told, runs} -> told |> Enum.min_by(&size/1) |> shrunk(id, runs, state, rounds - 1)
      {_, runs} -> {input, runs}
    end
  end

  defp simpler(input, state) do
    values =
      for values <- Shrinking.simpler(input.values), keeps_made?(values, input), do: %{input | values: values}

    with_shorter(input, state.made) ++ values
  end

  defp with_shorter(%{made: nil}, _), do: []

  defp with_shorter(%{made: {at, made}} = input, store) do
    for shorter <- Made.shorter(store, made),
        do: %{input | values: List.replace_at(input.values, at, shorter.term), made: {at, shorter}}
  end

  defp keeps_made?(_, %{made: nil}), do: true
  defp keeps_made?(values, %{made: {at, made}}), do: Enum.at(values, at) === made.term

  defp kind({:raise, module, _}), do: {:raise, module}
  defp kind(outcome), do: elem(outcome, 0)

  defp send_input(state, input, mutants, reason) do
    with {:ok, setup, call} <- source(input, state) do
      state.ctx.emit.("input", %{
        "candidate" => input.seed.id,
        "setup" => setup,
        "call" => call,
        "mutants" => mutants,
        "reason" => reason
      })
    end
  end

  defp source(%{made: nil} = input, state), do: Seed.source(input.seed, input.values, state.aliases)

  defp source(%{made: {_, made}} = input, state) do
    values = Made.with_variable(input.values, input.made, state.variable)

    with {:ok, lines} <- Made.lines(made, state.variable, state.aliases),
         {:ok, [], call} <- Seed.source(input.seed, values, state.aliases),
         do: {:ok, lines, call}
  end

  defp reply(state) do
    %{
      "runs" => state.num_runs,
      "generations" => state.num_generations,
      "left" => Map.keys(state.open),
      "tried" => for({id, num} <- state.tried, do: [id, num])
    }
  end
end
