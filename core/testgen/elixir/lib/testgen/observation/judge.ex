defmodule Testgen.Observation.Judge do
  @moduledoc """
  Runs candidates under whatever mutant is active, and asks their oracles: `:survived`, `:killed` or
  `:timeout`; `:broken` where the setup before the call raised, which a test would fail of too, but by accident.

  Limits come from what the candidate took when it was observed. What is printed goes to a sink, except where
  the oracle is about it.
  """

  alias Testgen.Isolation
  alias Testgen.Isolation.{Limits, Output, Watch}
  alias Testgen.Observation.{Candidate, LogSink, Oracle, Outcome, Probe}

  # Twice what observing allows, so that only a mutant can get there.
  @max_heap_bytes 32 * 1024 * 1024

  @type verdict :: :survived | :killed | :broken | :timeout
  @type t :: %{output: pid()}

  @doc "Starts what judging needs; `stop/1` ends it."
  @spec start() :: t()
  def start do
    LogSink.start()
    %{output: Output.start(65_536)}
  end

  @doc "Ends it."
  @spec stop(t()) :: :ok
  def stop(judge) do
    LogSink.stop()
    Output.stop(judge.output)
  end

  @doc """
  Judges light candidates one after another in one process; ends after `enough` timeouts. Latest verdict
  first.
  """
  @spec together([Candidate.t()], t(), pos_integer()) :: [{term(), verdict()}]
  def together(candidates, judge, enough), do: batch(candidates, judge, enough, [])

  defp batch([], _judge, _enough, verdicts), do: verdicts
  defp batch(_, _judge, 0, verdicts), do: verdicts

  defp batch(candidates, judge, enough, verdicts) do
    tag = make_ref()
    parent = self()

    pid =
      :erlang.spawn_opt(
        fn ->
          Process.group_leader(self(), judge.output)
          Enum.each(candidates, &send(parent, {tag, judge_here(&1)}))
          exit(:shutdown)
        end,
        [Limits.heap_option(Limits.new(max_heap_bytes: @max_heap_bytes))]
      )

    collect(candidates, pid, tag, judge, enough, verdicts)
  end

  defp judge_here(candidate) do
    verdict =
      case Outcome.of(candidate.thunk) do
        %{result: {:value, call}} -> verdict(candidate, Outcome.of(call))
        _ -> :broken
      end

    clean()
    verdict
  end

  defp verdict(candidate, outcome) do
    if Oracle.holds?(candidate.oracle, outcome), do: :survived, else: :killed
  end

  # The next candidate must not find what this one left in the process.
  defp clean, do: Enum.each(Process.get_keys(), &Process.delete/1)

  defp collect([], _pid, _tag, _judge, _enough, verdicts), do: verdicts

  defp collect([candidate | rest], pid, tag, judge, enough, verdicts) do
    case Watch.await(pid, Process.monitor(pid), tag, limits(candidate), :stays) do
      {:answer, verdict} -> collect(rest, pid, tag, judge, enough, [{candidate.id, verdict} | verdicts])
      {:down, :killed} -> batch(rest, judge, enough - 1, [{candidate.id, :timeout} | verdicts])
      {:down, _} -> batch(rest, judge, enough, [{candidate.id, :killed} | verdicts])
      {:ended, _} -> batch(rest, judge, enough - 1, [{candidate.id, :timeout} | verdicts])
      :unkillable -> raise "a run cannot be ended: start a fresh VM"
    end
  end

  @doc "Judges one candidate in isolation, with all that its oracle looks at."
  @spec alone(Candidate.t(), t()) :: verdict()
  def alone(candidate, judge) do
    case Probe.run(candidate, options(candidate, judge)) do
      {:outcome, outcome, _} -> verdict(candidate, outcome)
      limit when limit in [:timeout, :memory] -> :timeout
      {:setup_failed, _} -> :broken
      _died -> :killed
    end
  end

  defp options(candidate, judge) do
    logs = match?({:log, _}, candidate.oracle)
    # Only an oracle about messages has to wait for one that comes late.
    late_ms = if match?({:receive, _, _}, candidate.oracle), do: 20, else: 0

    %{
      seed: 1,
      limits: limits(candidate),
      output: judge.output,
      tracer: nil,
      logs: logs,
      errors: match?({:errors, _}, candidate.oracle),
      late_message_ms: late_ms
    }
  end

  @doc "Judges a whole test body, which raises where its assertions fail."
  @spec whole((() -> (() -> term())), Candidate.t()) :: verdict()
  def whole(expand, candidate) do
    limits = %{limits(candidate) | timeout_ms: 2_000, hard_timeout_ms: 5_000}

    case Isolation.run(fn -> expand.().() end, limits) do
      {:ok, _, _} -> :survived
      limit when limit in [:timeout, :memory] -> :timeout
      _ -> :killed
    end
  end

  # Ten times what it took, and never so little that a busy machine looks like a loop.
  defp limits(candidate) do
    Limits.new(
      timeout_ms: max(100, div(candidate.duration_us * 10, 1_000)),
      hard_timeout_ms: max(300, div(candidate.duration_us * 50, 1_000)),
      max_reductions: candidate.reductions * 30 + 1_500_000,
      max_heap_bytes: @max_heap_bytes
    )
  end
end
