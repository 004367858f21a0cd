defmodule Testgen.Scoring.Bench do
  @moduledoc """
  What tests are run on while they are scored: a runner, and a snapshot of the VM to go back to.

  Everything is put back after each mutant: `tidy/1` looks at a glance first, and at everything where something shows,
  where asked, and now and then.
  """

  alias Testgen.Isolation.{Output, Snapshot}
  alias Testgen.Mutation.Switch
  alias Testgen.Runner

  # The glance does not see everything that can change.
  @full_look_every 200

  defstruct [:runner, :snapshot, looks: 0]

  @type t :: %__MODULE__{runner: Runner.t(), snapshot: Snapshot.t(), looks: non_neg_integer}

  @doc "A bench for a suite in a session, no mutant active."
  @spec new(Testgen.Runner.Suite.t(), map, (Runner.Test.t() -> Testgen.Isolation.Limits.t())) :: t
  def new(suite, ctx, limits) do
    Switch.deactivate()
    quiet_console()
    output = Output.start(0)
    runner = %Runner{suite: suite, output: output, limits: limits, check: fn -> true end}
    %__MODULE__{runner: runner, snapshot: Snapshot.take([output | own(ctx)])}
  end

  defp own(%{project: %{home: home}}), do: [home]
  defp own(_), do: []

  # Log lines of thousands of runs are nobody's; tests that capture them have a handler of their own.
  if Version.match?(System.version(), ">= 1.15.0") do
    defp quiet_console, do: :logger.set_handler_config(:default, :level, :none)
  else
    defp quiet_console, do: Process.whereis(Logger) && Logger.configure_backend(:console, level: :emergency)
  end

  @doc "Ends the bench's own process."
  @spec close(t) :: :ok
  def close(%__MODULE__{runner: runner}), do: Output.stop(runner.output)

  @doc """
  Brings the VM back to the snapshot; `:lost` where something could not be put back.
  """
  @spec tidy(t, :glance | :full) :: {:ok, t} | {:lost, [String.t()], t}
  def tidy(bench, look \\ :glance)

  def tidy(%__MODULE__{looks: looks} = bench, :glance) when looks < @full_look_every do
    if settled?(bench.snapshot, 20), do: {:ok, %{bench | looks: looks + 1}}, else: tidy(bench, :full)
  end

  def tidy(%__MODULE__{} = bench, _full) do
    case Snapshot.restore(bench.snapshot) do
      {:ok, snapshot} -> {:ok, %{bench | snapshot: snapshot, looks: 0}}
      {:lost, reasons, snapshot} -> {:lost, reasons, %{bench | snapshot: snapshot, looks: 0}}
    end
  end

  @doc "As `tidy/2`; what could not be put back, and the bench."
  @spec tidied(t, :glance | :full) :: {lost :: [String.t()], t}
  def tidied(bench, look) do
    case tidy(bench, look) do
      {:ok, bench} -> {[], bench}
      {:lost, reasons, bench} -> {reasons, bench}
    end
  end

  # Processes linked to a test end a moment after it.
  defp settled?(snapshot, 0), do: Snapshot.same?(snapshot)

  defp settled?(snapshot, tries) do
    if :erlang.system_info(:process_count) > snapshot.num_pids do
      :erlang.yield()
      settled?(snapshot, tries - 1)
    else
      Snapshot.same?(snapshot)
    end
  end
end
