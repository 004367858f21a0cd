defmodule Testgen.Scoring do
  @moduledoc """
  The operations that load tests, run the baseline, run mutants, and verify with ExUnit's own runner.

  | op | args | reply |
  | --- | --- | --- |
  | `mutants` | `path`; `operator_modules`, `functions` (`"f/1"`), `lines` (`[[from, to]]`), `numbering`, `watch`, `recompile` (`"Cart.total/1"`) | `build`, `mutants`, `pruned`, `invalid`, `fallbacks`, `modules`, `timings` |
  | `load_tests` | `files` (paths), `sources` (`%{"name", "source"}`) | `tests`, `errors` (`file`, `message`), `warnings` (`file`, `line`, `message`) |
  | `baseline` | `seeds`, `runs` (how many seeds if none are given), `compare_unswitched`, `timeout_ms` | `tests`, `differs`, `fallbacks`, `recompiled` (ids), `ms` |
  | `run_mutants` | `mutants` (ids), `all_tests`, `limits` (`Testgen.Scoring.Limits`), `messages` | `poisoned`, `reason`, `suspects`, `done` |
  | `run_tests` | `seeds`, `async`, `timeout_ms` | `runs`: `seed`, `failures` (`test`, `message`) |

  Mutants have the same numbers wherever `numbering`, an integer, is the same; who runs tests that are not trusted
  takes one that nobody can guess. Where `baseline` finds functions whose switched form does not do what the original
  does, it builds anew with these left alone, and runs again: `fallbacks` names them, `recompiled` all mutants that are
  then recompiled. `recompile` spares a further VM the search.

  `mutants` leaves the switched build loaded, with no mutant active, and forgets the candidates observed before;
  `load_tests` replaces what was loaded. Each of the first two makes the baseline void.

  `run_mutants` sends an event `outcome` for each mutant, in the order asked: `mutant`, `status` (`killed`, `survived`,
  `timeout`, `invalid`, `no_coverage`), `killed_by`, `message`, `duration_us`, `suspect`. Tests that do not pass the
  baseline take no part. See `Testgen.Scoring.Campaign` for when it stops, and for the error kind `untrusted_test`.
  """

  alias Testgen.Mutation
  alias Testgen.Runner.{Loading, RealRun, Suite, Test}
  alias Testgen.Scoring.{Baseline, Campaign, Code, Fallback}

  @type result :: Testgen.Agent.Handlers.result()

  @doc "The operation `mutants`."
  @spec mutants(map, map) :: result
  def mutants(%{"path" => path} = args, ctx) do
    if ctx.build, do: Mutation.unload(ctx.build)

    with {:ok, source} <- read(path),
         {:ok, build} <- Mutation.build(source, Path.expand(path), options(args)),
         {:ok, build} <- Mutation.load(build) do
      number = Map.get(ctx, :build_number, 0) + 1
      {:ok, described(build, number), %{build: build, build_number: number, baseline: nil, candidates: %{}}}
    else
      {:error, kind, message} ->
        if ctx.build, do: Mutation.load(ctx.build)
        {:error, to_string(kind), message, %{}}
    end
  end

  def mutants(_args, _ctx), do: {:error, "bad_request", "mutants needs path", %{}}

  defp read(path) do
    case File.read(path) do
      {:ok, source} -> {:ok, source}
      {:error, reason} -> {:error, "unreadable", "#{path}: #{:file.format_error(reason)}"}
    end
  end

  defp options(args) do
    [
      operator_modules: for(name <- args["operator_modules"] || [], do: Module.concat([name])),
      functions: args["functions"],
      lines: args["lines"] && for([from, to] <- args["lines"], do: {from, to}),
      numbering: args["numbering"],
      watch: args["watch"],
      recompile: args["recompile"]
    ]
    |> Enum.reject(fn {_, value} -> value in [nil, []] end)
  end

  defp described(build, number) do
    %{
      build: number,
      mutants: Enum.map(build.mutants, &Mutation.to_wire/1),
      pruned: Enum.map(build.pruned, &Mutation.to_wire/1),
      invalid: Enum.map(build.invalid, &Mutation.to_wire/1),
      fallbacks: fallbacks(build.fallbacks),
      modules: Enum.map(build.modules, &inspect/1),
      timings: build.timings
    }
  end

  defp fallbacks(found),
    do: for({function, reason} <- found, do: %{function: function(function), reason: reason})

  defp function({module, name, arity}), do: Exception.format_mfa(module, name, arity)
  defp function(other), do: to_string(other)

  @doc "The operation `load_tests`."
  @spec load_tests(map, map) :: result
  def load_tests(args, ctx) do
    files = for path <- args["files"] || [], do: {:file, Path.expand(path)}
    sources = for %{"name" => name, "source" => source} <- args["sources"] || [], do: {:source, name, source}
    {suite, errors, warnings} = Loading.load(files ++ sources, ctx.tests)
    reply = %{tests: Enum.map(suite.tests, &Test.to_wire/1), errors: errors, warnings: warnings}
    {:ok, reply, %{tests: suite, baseline: nil}}
  end

  @doc "The operation `baseline`."
  @spec baseline(map, map) :: result
  def baseline(_args, %{tests: nil}), do: no_tests()

  def baseline(args, %{tests: suite, build: build} = ctx) do
    start = System.monotonic_time(:millisecond)
    {baseline, used} = compared(suite, ctx, build, args)

    reply = %{
      tests: reported(baseline),
      differs: baseline.differs,
      fallbacks: if(used, do: fallbacks(used.fallbacks -- build.fallbacks), else: []),
      recompiled: if(used, do: for(%{strategy: :recompile, id: id} <- used.mutants, do: id), else: []),
      ms: System.monotonic_time(:millisecond) - start
    }

    {:ok, reply, %{baseline: baseline, build: used}}
  end

  defp compared(suite, ctx, build, args) do
    baseline = baseline(suite, ctx, build, args)

    with [_ | _] = differs <- baseline.differs,
         tests = Suite.fetch(suite, Enum.map(differs, & &1.test)),
         {:ok, build} <- Fallback.find(build, suite, tests, ctx, args["timeout_ms"]) do
      {baseline(suite, ctx, build, args), build}
    else
      _ -> {baseline, build}
    end
  end

  defp baseline(suite, ctx, build, args) do
    plain = if build && args["compare_unswitched"] != false, do: &Code.with_plain(build, &1)
    Baseline.run(suite, ctx, build, seeds: seeds(args), plain: plain, cap_ms: args["timeout_ms"])
  end

  defp seeds(%{"seeds" => [_ | _] = seeds}), do: seeds
  defp seeds(args), do: Enum.take([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], max(Map.get(args, "runs", 1) - 1, 0))

  defp reported(baseline) do
    for {id, test} <- Enum.sort(baseline.tests), do: Map.put(test, :id, id)
  end

  @doc "The operation `run_mutants`."
  @spec run_mutants(map, map) :: result
  def run_mutants(_args, %{build: nil}),
    do: {:error, "no_build", "run_mutants needs the operation mutants first", %{}}

  def run_mutants(%{"mutants" => ids} = args, %{baseline: %Baseline{}} = ctx) do
    options = [all_tests?: args["all_tests"], limits: args["limits"], messages?: args["messages"] != false]
    Campaign.run(ids, ctx, options)
  end

  def run_mutants(%{"mutants" => _}, _),
    do: {:error, "no_baseline", "run_mutants needs the operation baseline first", %{}}

  def run_mutants(_args, _ctx), do: {:error, "bad_request", "run_mutants needs mutants, a list of ids", %{}}

  @doc "The operation `run_tests`."
  @spec run_tests(map, map) :: result
  def run_tests(_args, %{tests: nil}), do: no_tests()

  def run_tests(args, %{tests: suite}) do
    runs = for seed <- args["seeds"] || [0], do: %{seed: seed, failures: real_run(suite, seed, args)}
    {:ok, %{runs: runs}}
  end

  defp real_run(suite, seed, args) do
    options =
      [seed: seed, timeout: args["timeout_ms"] || 60_000] ++ if(args["async"], do: [], else: [max_cases: 1])

    ids = Map.new(suite.tests, &{{&1.module, &1.name}, &1.id})

    for %ExUnit.Test{state: {kind, _}} = test <- RealRun.run(Map.keys(suite.modules), options),
        kind in [:failed, :invalid] do
      %{test: ids[{test.module, test.name}], message: message(test)}
    end
  end

  defp message(test), do: Baseline.described(RealRun.result(test)).message

  defp no_tests, do: {:error, "no_tests", "load_tests comes first", %{}}
end
