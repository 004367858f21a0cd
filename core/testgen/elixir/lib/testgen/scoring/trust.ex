defmodule Testgen.Scoring.Trust do
  @moduledoc """
  Whether the verdicts of a campaign mean what they say.

  Tests that passed the baseline pass without a mutant, always: the ones that just ran are run again after anything
  suspicious, all of them now and then. Where one does not, twice, something is not as it was, and all verdicts since
  the last time that all was well are suspects.

  Now and then a mutant that does not exist is activated (a canary), one of the numbers that are free among those of the
  mutants. A test that fails under it and not without looks at the active mutant, and so does one that changes which is
  active.

  What it does not see: a test that looks at the active mutant and guesses which numbers are free, and one that forges what ExUnit
  or the agent themselves do; the first is for the denylist, the second for sticky code.
  """

  alias Testgen.Mutation.Switch
  alias Testgen.Runner
  alias Testgen.Runner.{Result, Suite, Test}
  alias Testgen.Scoring.{Bench, Campaign}

  @canary_every 100

  # All tests are run again without a mutant when mutants have taken this many times as long as they do.
  @verify_share 20

  @doc "Stops a campaign in which a test could not be ended."
  @spec unkillable(Campaign.t(), [{Test.t(), Result.t()}]) :: Campaign.t()
  def unkillable(campaign, failures) do
    if Enum.any?(failures, fn {_, result} -> result.status == :unkillable end) do
      %{campaign | stop: {:poisoned, "a test cannot be ended", []}}
    else
      campaign
    end
  end

  @doc "Runs `tests` once more without a mutant where the last one was suspicious, and all where that is due."
  @spec recheck(Campaign.t(), boolean, [Test.t()], lost :: [String.t()]) :: Campaign.t()
  def recheck(%{stop: nil} = campaign, true, tests, lost), do: verify(campaign, tests, lost, :some)

  def recheck(%{stop: nil, since_us: since_us, suite_us: suite_us} = campaign, false, _tests, _lost) do
    if since_us > max(suite_us * @verify_share, 1_000_000), do: verify_all(campaign), else: campaign
  end

  def recheck(campaign, _suspect, _tests, _lost), do: campaign

  @doc "Runs all tests that passed the baseline once more without a mutant, if there are verdicts since the last time."
  @spec verify_all(Campaign.t()) :: Campaign.t()
  def verify_all(%{stop: nil, unverified: [_ | _]} = campaign),
    do: verify(campaign, campaign.passing, [], :all)

  def verify_all(campaign), do: campaign

  # Without a mutant all tests pass; when one does not, twice, something is not as it was.
  defp verify(campaign, tests, lost, extent) do
    {failed, campaign} = failing(tests, campaign)
    {failed, campaign} = if failed == [], do: {failed, campaign}, else: failing(failed, campaign)

    cond do
      failed != [] -> %{campaign | stop: {:poisoned, drift(failed, lost), campaign.unverified}}
      extent == :all -> %{campaign | unverified: [], since_us: 0}
      true -> campaign
    end
  end

  defp failing(tests, campaign) do
    failed = Runner.run(campaign.bench.runner, tests, [], &failures/3)
    {_, bench} = Bench.tidied(campaign.bench, :full)
    {Enum.reverse(failed), %{campaign | bench: bench}}
  end

  defp failures(_test, %Result{status: :passed}, failed), do: {:cont, failed}
  defp failures(test, _result, failed), do: {:cont, [test | failed]}

  defp drift([test | _], lost) do
    because = if lost == [], do: "", else: "; not put back: #{Enum.join(lost, ", ")}"
    "without a mutant, #{inspect(test.module)} #{test.name} does not pass any more#{because}"
  end

  @doc "Shows a canary, once in a while."
  @spec now_and_then(Campaign.t()) :: Campaign.t()
  def now_and_then(%{num_done: num_done} = campaign) when rem(num_done, @canary_every) == 1,
    do: canary(campaign)

  def now_and_then(campaign), do: campaign

  @doc "Runs the tests that killed since the last time under a mutant that does not exist."
  @spec canary(Campaign.t()) :: Campaign.t()
  def canary(%{stop: nil, form: :switched, killers: killers} = campaign) do
    tests = Suite.fetch(campaign.suite, Enum.sort(killers))
    id = canary_id(campaign.build)
    Switch.activate(id)
    runner = %{campaign.bench.runner | check: fn -> Switch.active() == id end}
    failed = Runner.run(runner, tests, [], &failures/3)
    Switch.deactivate()
    {_, bench} = Bench.tidied(campaign.bench, :full)
    suspected(Enum.reverse(failed), %{campaign | bench: bench, killers: MapSet.new()})
  end

  def canary(campaign), do: campaign

  # Looks like any other: neither above nor below them all. There is a free number below the first mutant's.
  defp canary_id(build) do
    taken = MapSet.new(build.mutants ++ build.invalid, & &1.id)
    1..Enum.max(taken, fn -> 1 end) |> Enum.reject(&(&1 in taken)) |> Enum.random()
  end

  defp suspected([], campaign), do: campaign

  defp suspected([test | _] = failed, campaign) do
    case failing(failed, campaign) do
      {[], campaign} -> untrusted(campaign, test, "fails when a mutant that does not exist is active")
      {failed, campaign} -> %{campaign | stop: {:poisoned, drift(failed, []), campaign.unverified}}
    end
  end

  @doc "Stops a campaign at a test that does what no honest test does."
  @spec untrusted(Campaign.t(), Test.t(), String.t()) :: Campaign.t()
  def untrusted(campaign, test, what), do: %{campaign | stop: {:untrusted, test, what}}
end
