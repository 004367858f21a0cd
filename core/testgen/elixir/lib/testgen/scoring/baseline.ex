defmodule Testgen.Scoring.Baseline do
  @moduledoc """
  Runs the suite without a mutant, in several ways, so that a verdict later means what it says.

    * with the modules as they are, in order, as `mix test` would;
    * with the switched modules, each test alone from the same start, recording which mutants it reaches;
    * with the switched modules again, in the order of each seed.

  A test passes if it passed each time. One that passes in one way and not in another is `unstable`, with the reason,
  and takes no part: it depends on other tests, or on chance. `differs` names those that end in one way with the original
  modules and in the other with the switched ones, each time: what becomes of those is for `Testgen.Scoring.Fallback`.
  """

  alias Testgen.Mutation.Switch
  alias Testgen.Runner
  alias Testgen.Runner.{Result, Suite}
  alias Testgen.Scoring.{Bench, Code, Limits}

  defstruct tests: %{}, by_mutant: %{}, differs: []

  @typedoc "`tests`: by id, status, message, cost and the mutants reached. `by_mutant`: ids of the passing tests that reach it."
  @type t :: %__MODULE__{
          tests: %{pos_integer => map},
          by_mutant: %{pos_integer => [pos_integer]},
          differs: [map]
        }

  @doc """
  Runs it all; the switched modules of `build` are loaded, or there is no build.

  Options: `seeds`; `plain`, a function that calls another with the original modules loaded, or nil to leave that out;
  `cap_ms`, the longest that any test may take.
  """
  @spec run(Suite.t(), map, map | nil, keyword) :: t
  def run(%Suite{} = suite, ctx, build, options) do
    tests = Suite.runnable(suite)
    bench = Bench.new(suite, ctx, &Limits.unmeasured(&1, options[:cap_ms]))

    try do
      {plain, bench} = plain(options[:plain], tests, bench)
      {alone, bench} = alone(tests, bench, build)
      again = fn seed, bench -> put_back(build, fn -> in_order(shuffle(tests, seed), bench, seed) end) end
      {again, _bench} = Enum.map_reduce(options[:seeds], bench, again)
      report(suite, plain, alone, again)
    after
      Bench.close(bench)
    end
  end

  defp plain(nil, _tests, bench), do: {nil, bench}
  defp plain(with_plain_modules, tests, bench), do: with_plain_modules.(fn -> in_order(tests, bench, 0) end)

  # Modules stay together, and so do the tests of one.
  defp shuffle(tests, 0), do: tests

  defp shuffle(tests, seed) do
    :rand.seed(:exsss, {seed, seed, seed})
    tests |> Enum.chunk_by(& &1.module) |> Enum.shuffle() |> Enum.flat_map(&Enum.shuffle/1)
  end

  defp in_order(tests, bench, seed) do
    results = Runner.run(%{bench.runner | seed: seed}, tests, %{}, &collect/3)
    {results, tidy(bench)}
  end

  # A test may compile the module anew, and leave the one without mutants in place.
  defp put_back(nil, fun), do: fun.()

  defp put_back(build, fun) do
    fingerprint = Code.fingerprint(build)
    result = fun.()
    Code.replaced?(build, fingerprint)
    result
  end

  defp collect(test, result, results), do: {:cont, Map.put(results, test.id, described(result))}

  defp alone(tests, bench, build) do
    fingerprint = if build, do: Code.fingerprint(build), else: []

    Enum.reduce(tests, {%{}, bench}, fn test, {results, bench} ->
      {result, covers} = recorded(build, fn -> Runner.run(bench.runner, [test], nil, &only/3) end)
      found = Map.merge(described(result), %{covers: covers, replaces: Code.replaced?(build, fingerprint)})
      {Map.put(results, test.id, found), tidy(bench)}
    end)
  end

  defp only(_test, result, _), do: {:cont, result}

  # What cannot be put back shows in the tests that depend on it.
  defp tidy(bench), do: bench |> Bench.tidied(:full) |> elem(1)

  defp recorded(nil, fun), do: {fun.(), []}

  defp recorded(build, fun) do
    Switch.start_recording(build)
    result = fun.()
    result = if Switch.active() == :recording, do: result, else: tampered(result)
    {result, Switch.stop_recording(build)}
  end

  # Nothing was recorded of it, so that it would look like a test that reaches no mutant.
  defp tampered(result) do
    failure = {:error, %RuntimeError{message: "the test changes which mutant is active"}, []}
    %{result | status: :failed, failure: failure}
  end

  @doc "The result as a map, with its message, made in isolation since it calls code under test."
  @spec described(Result.t()) :: map
  def described(%Result{} = result) do
    %{
      status: result.status,
      message: message(result),
      duration_us: result.duration_us,
      reductions: result.reductions
    }
  end

  defp message(%Result{status: :passed}), do: nil

  defp message(result) do
    case Testgen.Isolation.run(fn -> Result.message(result) end, timeout_ms: 1_000, max_reductions: 50_000_000) do
      {:ok, message, _} -> message
      _ -> "failed, and its message cannot be made"
    end
  end

  ## Report

  defp report(suite, plain, alone, again) do
    differs = if plain, do: differs(plain, alone, again), else: []
    ids = for %{test: id} <- differs, do: id
    judge = &if &1.id in ids, do: different(plain[&1.id], alone[&1.id]), else: judge(&1, plain, alone, again)
    tests = Map.new(suite.tests, &{&1.id, judge.(&1)})

    %__MODULE__{
      tests: tests,
      differs: differs,
      by_mutant: by_mutant(suite, tests)
    }
  end

  # The cheapest first, those of one module together, since they share its setup. The cost is a power of two of the
  # work done, which is the same with each run. Those that replace the modules come last: after them there is no mutant.
  defp by_mutant(suite, tests) do
    cost = fn test -> tests[test.id].reductions |> max(1) |> :math.log2() |> trunc() end

    modules =
      suite.tests
      |> Enum.group_by(& &1.module, cost)
      |> Map.new(fn {module, costs} -> {module, Enum.min(costs)} end)

    suite.tests
    |> Enum.filter(&(tests[&1.id].status == :passed))
    |> Enum.sort_by(&{tests[&1.id].replaces, modules[&1.module], &1.module, cost.(&1), &1.id})
    |> Enum.flat_map(fn test -> for mutant <- tests[test.id].covers, do: {mutant, test.id} end)
    |> Enum.group_by(&elem(&1, 0), &elem(&1, 1))
  end

  defp judge(%{state: {:skip, reason}}, _, _, _), do: skipped(reason)

  defp judge(%{id: id}, plain, alone, again) do
    runs = for run <- [plain | again], run, do: run[id]
    first = alone[id]

    cond do
      Enum.all?([first | runs], &(&1.status == :passed)) ->
        first

      Enum.all?([first | runs], &(&1.status != :passed)) ->
        first

      first.status != :passed ->
        %{first | status: :unstable, message: "fails alone, passes after other tests: #{first.message}"}

      true ->
        %{first | status: :unstable, message: unstable(runs)}
    end
    |> Map.update!(:status, &status/1)
  end

  defp different(%{status: :passed}, switched) do
    message =
      "passes after other tests with the module as it is, fails alone with the mutants: #{switched.message}"

    %{switched | status: :unstable, message: message}
  end

  defp different(plain, switched) do
    message = "fails with the module as it is, passes with the mutants compiled in: #{plain.message}"
    %{switched | status: :unstable, message: message}
  end

  defp unstable(runs), do: "passes alone, not always among others: #{Enum.find_value(runs, & &1.message)}"

  defp skipped(reason),
    do: %{status: :skipped, message: reason, duration_us: 0, reductions: 0, covers: [], replaces: false}

  defp status(:passed), do: :passed
  defp status(:timeout), do: :timeout
  defp status(:unstable), do: :unstable
  defp status(_), do: :failed

  # Only what is the same with each switched run and another without: a flaky test is not the switched module's doing.
  defp differs(plain, alone, again) do
    for {id, %{status: was}} <- plain,
        switched = Enum.map([alone | again], & &1[id].status),
        Enum.all?(switched, &(&1 == :passed != (was == :passed))),
        do: %{test: id, plain: was, switched: hd(switched)}
  end
end
