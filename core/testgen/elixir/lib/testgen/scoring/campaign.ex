defmodule Testgen.Scoring.Campaign do
  @moduledoc """
  Runs mutants one after the other against the tests that reach them.

  Between mutants the VM is put back. Where something suspicious happened the tests that just ran are run once more
  without a mutant, and now and then all are: when one does not pass any more, the verdicts since the last time that all
  was well are suspects, the campaign stops as poisoned, and the caller goes on in a fresh VM.

  Whether verdicts can be trusted is `Testgen.Scoring.Trust`'s concern; a campaign also stops at a test whose verdicts
  are worth nothing.
  """

  alias Testgen.Mutation.Switch
  alias Testgen.Runner
  alias Testgen.Runner.{Loading, Result, Suite}
  alias Testgen.Scoring.{Baseline, Bench, Code, Limits, Trust}

  defstruct [
    :suite,
    :build,
    :baseline,
    :bench,
    :emit,
    :all_tests?,
    :strategies,
    :passing,
    :suite_us,
    :fingerprint,
    :messages?,
    form: :switched,
    num_done: 0,
    done: [],
    unverified: [],
    killers: MapSet.new(),
    since_us: 0,
    stop: nil
  ]

  @timeouts_are_enough 2

  @type t :: %__MODULE__{}
  @type reply :: {:ok, map} | {:error, String.t(), String.t(), map}

  @doc """
  Runs `ids`; `session` has `:tests`, `:build`, `:baseline` and `:emit`. Options: `:all_tests?`, `:limits`, `:messages?`.
  """
  @spec run([pos_integer], map, keyword) :: reply
  def run(ids, session, options) do
    campaign = new(session, options)

    try do
      ids
      |> Enum.reduce_while(campaign, &step/2)
      |> Trust.verify_all()
      |> switched()
      |> Trust.canary()
      |> reply()
    after
      Switch.deactivate()
      Bench.close(campaign.bench)
    end
  end

  defp new(%{tests: suite, build: build, baseline: baseline} = session, options) do
    costs = baseline.tests
    limits = Map.new(suite.tests, &{&1.id, Limits.for_test(costs[&1.id], options[:limits] || %{})})
    bench = Bench.new(suite, session, &limits[&1.id])

    %__MODULE__{
      suite: suite,
      build: build,
      baseline: baseline,
      bench: bench,
      emit: session.emit,
      all_tests?: options[:all_tests?] == true,
      messages?: Keyword.get(options, :messages?, true),
      passing: Enum.filter(suite.tests, &(costs[&1.id].status == :passed)),
      suite_us: costs |> Map.values() |> Enum.map(& &1.duration_us) |> Enum.sum(),
      strategies: Map.new(build.mutants, &{&1.id, &1.strategy}),
      fingerprint: Code.fingerprint(build)
    }
  end

  defp step(id, campaign) do
    campaign = id |> one(Map.get(campaign.strategies, id), campaign) |> Trust.now_and_then()
    if campaign.stop, do: {:halt, campaign}, else: {:cont, campaign}
  end

  ## One mutant

  defp one(id, nil, campaign),
    do: outcome(campaign, id, %{status: "invalid", message: "no such mutant in this build"})

  defp one(id, strategy, campaign) do
    case covering(id, strategy, campaign) do
      [] -> outcome(campaign, id, %{status: "no_coverage"})
      tests -> attempt(id, strategy, tests, campaign)
    end
  end

  defp covering(id, :switch, %{suite: suite, baseline: baseline}) do
    Suite.fetch(suite, Map.get(baseline.by_mutant, id, []))
  end

  # Not switched, so that no test can have recorded it, and one that reaches it may reach no other: all take part, first
  # those that reach any mutant, or use the modules at compile time.
  defp covering(_id, :recompile, %{passing: passing} = campaign) do
    Enum.sort_by(passing, &{campaign.baseline.tests[&1.id].replaces, not near?(&1, campaign)})
  end

  defp near?(test, %{baseline: baseline, suite: suite, build: build}) do
    baseline.tests[test.id].covers != [] or Loading.uses?(suite, test.file, build.modules)
  end

  defp attempt(id, :switch, tests, campaign) do
    campaign = switched(campaign)
    Switch.activate(id)
    runner = %{campaign.bench.runner | check: fn -> Switch.active() == id end}
    {us, {results, tampered}} = :timer.tc(fn -> Runner.run(runner, tests, {[], nil}, collector(campaign)) end)
    Switch.deactivate()
    judged(campaign, id, results, us, tampered)
  end

  defp attempt(id, :recompile, tests, campaign) do
    case Code.recompiled(campaign.build, campaign.suite, id) do
      {:ok, put_back} ->
        {us, {results, _}} =
          :timer.tc(fn -> Runner.run(campaign.bench.runner, tests, {[], nil}, collector(campaign)) end)

        put_back.()
        judged(%{campaign | form: :plain}, id, results, us, nil)

      {:error, message} ->
        outcome(%{campaign | form: :plain}, id, %{status: "invalid", message: message})
    end
  end

  # Recompiled mutants leave the original modules loaded, and a test may have compiled them anew.
  defp switched(%{form: :switched, build: build, fingerprint: fingerprint} = campaign) do
    if Code.fingerprint(build) == fingerprint, do: campaign, else: reloaded(campaign)
  end

  defp switched(campaign), do: reloaded(campaign)

  defp reloaded(%{build: build} = campaign) do
    {:ok, _} = Testgen.Mutation.load(build)
    {_, bench} = Bench.tidied(campaign.bench, :full)
    %{campaign | form: :switched, bench: bench, fingerprint: Code.fingerprint(build)}
  end

  defp collector(%{all_tests?: all_tests?}) do
    fn
      test, %Result{tampered?: true}, {results, _} ->
        {:halt, {results, test}}

      test, %Result{status: :passed}, {results, tampered} ->
        {:cont, {[{test, :passed} | results], tampered}}

      test, %Result{status: :unkillable} = result, {results, tampered} ->
        {:halt, {[{test, result} | results], tampered}}

      test, result, {results, tampered} ->
        results = [{test, result} | results]
        {if(all_tests? and not stuck?(results), do: :cont, else: :halt), {results, tampered}}
    end
  end

  # A mutant that keeps tests from ending does so for most: each would cost its whole limit.
  defp stuck?(results) do
    Enum.count(results, &match?({_, %Result{status: status}} when status in [:timeout, :memory], &1)) >=
      @timeouts_are_enough
  end

  ## The verdict

  defp judged(campaign, _id, _results, _us, %{} = tampered),
    do: Trust.untrusted(campaign, tampered, "changes the active mutant")

  defp judged(campaign, id, results, us, nil) do
    failures = for {test, %Result{} = result} <- results, do: {test, result}
    {look, suspect?} = suspicion(failures, campaign)
    {lost, bench} = Bench.tidied(campaign.bench, look)
    campaign = %{campaign | bench: bench, since_us: campaign.since_us + us}
    suspect? = suspect? or lost != []

    campaign
    |> outcome(id, Map.merge(verdict(failures, campaign), %{duration_us: us, suspect: suspect?}))
    |> Trust.unkillable(failures)
    |> Trust.recheck(suspect?, for({test, _} <- results, do: test), lost)
  end

  defp verdict([], _campaign), do: %{status: "survived"}

  defp verdict(failures, campaign) do
    failures = Enum.reverse(failures)
    killed = for {test, %Result{status: :failed}} <- failures, do: test.id
    {_, first} = Enum.find(failures, hd(failures), fn {_, result} -> result.status == :failed end)
    message = if campaign.messages?, do: Baseline.described(first).message
    %{status: if(killed == [], do: "timeout", else: "killed"), killed_by: killed, message: message}
  end

  defp suspicion(failures, campaign) do
    ended? = Enum.any?(failures, fn {_, result} -> result.status in [:timeout, :memory, :unkillable] end)
    replaced? = campaign.form == :switched and Code.fingerprint(campaign.build) != campaign.fingerprint
    {if(ended? or replaced?, do: :full, else: :glance), ended? or replaced?}
  end

  defp outcome(campaign, id, fields) do
    data = Map.merge(%{mutant: id, killed_by: [], message: nil, duration_us: 0, suspect: false}, fields)
    campaign.emit.("outcome", data)

    %{
      campaign
      | num_done: campaign.num_done + 1,
        done: [id | campaign.done],
        unverified: [id | campaign.unverified],
        killers: remember(data.killed_by, campaign.killers)
    }
  end

  # The tests that killed something since the last canary, which the next is shown to.
  defp remember([id | _], killers), do: MapSet.put(killers, id)
  defp remember([], killers), do: killers

  ## The reply

  defp reply(%{stop: nil} = campaign),
    do: {:ok, %{poisoned: false, reason: nil, suspects: [], done: done(campaign)}}

  defp reply(%{stop: {:poisoned, reason, suspects}} = campaign) do
    {:ok, %{poisoned: true, reason: reason, suspects: Enum.reverse(suspects), done: done(campaign)}}
  end

  defp reply(%{stop: {:untrusted, test, what}} = campaign) do
    message = "#{inspect(test.module)} #{test.name} #{what}: its verdicts are worth nothing."
    {:error, "untrusted_test", message, %{tests: [test.id], done: done(campaign)}}
  end

  defp done(campaign), do: Enum.reverse(campaign.done)
end
