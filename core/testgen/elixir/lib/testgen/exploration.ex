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
  | `aliases` | `[[short, full]]`, for writing values |

  Works in generations. Each draws inputs that pass a survivor (or may come to), changes them by what their runs saw
  (`Testgen.Exploration.Hints`) or at random (`Testgen.Exploration.Edits`), and runs the new ones. Those that pass more
  than any before, or come nearer to a branch not taken, are kept to be changed further, as greybox fuzzers do
  (AFL++; Böhme et al., 2016); those that pass a survivor run with it switched on, and where the outcome differs the
  input is found: it is made simpler as long as it still tells the two apart, and sent.

  Sends an event `input` for each: `setup`, `call`, `candidate` (the seed), `mutants`, `reason` (`kills`, `reaches`).
  Replies `runs`, `generations`, `left` (mutants not told), `tried` (`[[mutant, inputs that passed it]]`).
  """

  alias Testgen.Exploration.{Corpus, Edits, Hints, Runs, Seed, Shrinking}
  alias Testgen.Exploration.Runs.Input
  alias Testgen.Isolation.{Output, Snapshot}
  alias Testgen.Mutation.Switch

  @per_generation 160
  @parents 16
  @per_heavy_generation 24
  @against_one_mutant 24
  @hints_per_input 60
  @shrinking_rounds 12

  @doc "Handles `explore`."
  @spec explore(map(), map()) :: Testgen.Agent.Handlers.result()
  def explore(_args, %{build: nil}),
    do: {:error, "no_build", "no switched build is loaded: ask for mutants first", %{}}

  def explore(args, ctx) do
    :rand.seed(:exsss, {args["seed"] || 0, 17, 4711})
    output = Output.start(4_096)

    try do
      state = state(args, ctx, output)
      state = state |> begin() |> generations()
      {:ok, reply(state), %{}}
    after
      Switch.deactivate()
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
    keep(%{state | runs: runs, reached: reached, pool: pool, num_runs: length(inputs)}, inputs)
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
    state = reaching(state, worthy)
    kept = keep(state, inputs)
    news = Corpus.since(kept.corpus, state.corpus)
    against_mutants(kept, Enum.uniq(Enum.filter(news, &(&1 in worthy)) ++ Enum.shuffle(worthy)))
  end

  # New inputs, each made of one that is kept; none is made twice.
  defp draw(state) do
    {parents, corpus} = Corpus.draw(state.corpus, Map.keys(state.open), @parents)
    heavy? = Enum.any?(parents, &(not &1.seed.light))
    made = parents |> Enum.flat_map(&children(&1, state)) |> Enum.shuffle()
    {fresh, corpus} = Corpus.fresh(corpus, made)
    {Enum.take(fresh, if(heavy?, do: @per_heavy_generation, else: @per_generation)), corpus}
  end

  defp children(parent, state) do
    hints =
      parent.seen |> Hints.of(state.runs.build.watched, state.pool) |> Enum.take_random(@hints_per_input)

    hinted = for hint <- hints, values <- Edits.hinted(parent.values, hint), do: values
    varied = for _ <- 1..12, do: Edits.varied(parent.values, state.pool)
    twice = for values <- Enum.take_random(hinted, 4), do: Edits.varied(values, state.pool)
    for values <- hinted ++ varied ++ twice, do: %Input{seed: parent.seed, values: values}
  end

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
    inputs = Enum.take(inputs, @against_one_mutant)
    state = %{state | tried: Map.update(state.tried, id, length(inputs), &(&1 + length(inputs)))}

    case Runs.told(inputs, id, state.runs) do
      {:stuck, runs} -> %{state | runs: runs, open: Map.delete(state.open, id)}
      {[], runs} -> %{state | runs: runs}
      {told, runs} -> confirmed(%{state | runs: runs}, id, Enum.min_by(told, &size/1))
    end
  end

  defp size(input), do: :erlang.external_size(input.values)

  # Chance and the clock tell originals apart too: twice the same without the mutant, once more otherwise with it.
  defp confirmed(state, id, input) do
    {again, runs} = Runs.plain([input, input], state.runs)

    if Enum.all?(again, &(&1.outcome == input.outcome)) and length(again) == 2 do
      {input, runs} = shrunk(input, id, runs, state.meant, @shrinking_rounds)
      state = %{state | runs: runs, open: Map.delete(state.open, id)}
      send_input(state, input, [id], "kills")
      progressed(state)
    else
      %{state | runs: runs}
    end
  end

  defp shrunk(input, _, runs, _, 0), do: {input, runs}

  defp shrunk(input, id, runs, meant, rounds) do
    simpler = for values <- Shrinking.simpler(input.values), do: %{input | values: values}
    {simpler, runs} = Runs.plain(Enum.take(simpler, 60), runs)
    kind = kind(input.outcome)
    alike = Enum.filter(simpler, &(kind(&1.outcome) == kind and Runs.worthy?(&1.outcome, meant)))

    case Runs.told(alike, id, runs) do
      {[_ | _] = told, runs} -> told |> Enum.min_by(&size/1) |> shrunk(id, runs, meant, rounds - 1)
      {_, runs} -> {input, runs}
    end
  end

  defp kind({:raise, module, _}), do: {:raise, module}
  defp kind(outcome), do: elem(outcome, 0)

  defp send_input(state, input, mutants, reason) do
    with {:ok, setup, call} <- Seed.source(input.seed, input.values, state.aliases) do
      state.ctx.emit.("input", %{
        "candidate" => input.seed.id,
        "setup" => setup,
        "call" => call,
        "mutants" => mutants,
        "reason" => reason
      })
    end
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
