defmodule Testgen.Observation.Probe do
  @moduledoc """
  Runs one candidate once, isolated, and tells how it ended.

  The setup runs first, in the same process; only the call's printing, messages, logs and influences are
  looked at. Each run has a process and a random seed of its own. A process that has messages coming from
  others it waits a moment for.
  """

  alias Testgen.Isolation
  alias Testgen.Isolation.{Limits, Output}
  alias Testgen.Observation.{Candidate, Influence, LogSink, Outcome, Settling, Supervised}

  @late_message_ms 10
  @settle_ms 20
  @errors {__MODULE__, :errors}

  @typedoc "`:outcome` of the call, or why there is none."
  @type result ::
          {:outcome, Outcome.t(), Influence.t()}
          | {:setup_failed, String.t()}
          | {:died, term()}
          | :timeout
          | :memory

  @typedoc """
  `output` is a `Testgen.Isolation.Output` that outlives the runs: one for each would be a process that comes
  and goes, and look like a leak. `errors` takes over standard error, `late_message_ms` is how long a message
  is waited for, `settle` lets the processes that the setup started come to rest before the call.
  """
  @type options :: %{
          required(:seed) => integer(),
          required(:limits) => map(),
          required(:output) => pid(),
          required(:tracer) => pid() | nil,
          required(:logs) => boolean(),
          optional(:errors) => boolean(),
          optional(:settle) => boolean(),
          optional(:late_message_ms) => non_neg_integer()
        }

  @doc "Runs `candidate` under `options`."
  @spec run(Candidate.t(), options()) :: result()
  def run(candidate, options) do
    if options.logs, do: LogSink.clear()

    limits = options.limits |> Limits.new() |> Map.put(:capture_io, false)

    case Isolation.run(fn -> in_process(candidate, options) end, limits) do
      {:ok, {:ran, outcome}, _} -> {:outcome, finish(outcome, options), influence(options)}
      {:ok, {:setup_failed, _} = failed, _} -> failed
      {kind, reason, _, _} when kind in [:raise, :throw, :exit] -> {:died, reason}
      limit when limit in [:timeout, :memory] -> limit
    end
  end

  defp in_process(candidate, options) do
    Process.group_leader(self(), options.output)
    :rand.seed(:exsss, {options.seed, options.seed * 7, 11})
    others = Settling.processes()

    ran =
      case Outcome.of(candidate.thunk) do
        %{result: {:value, call}} -> {:ran, observe(call, options, others)}
        failed -> {:setup_failed, Outcome.describe(failed)}
      end

    Supervised.stop()
    ran
  end

  defp observe(call, options, others) do
    if options[:settle], do: Settling.wait(others, @settle_ms)
    before = flush([])
    Output.take(options.output)
    call = if options[:errors], do: capturing(call), else: call
    processes = :erlang.system_info(:process_count)
    {:reductions, start} = Process.info(self(), :reductions)
    started = System.monotonic_time()
    if options.tracer, do: Influence.watch(options.tracer)
    outcome = Outcome.of(call)
    if options.tracer, do: Influence.unwatch()
    duration = System.monotonic_time() - started
    {:reductions, stop} = Process.info(self(), :reductions)
    {output, asked} = Output.take_all(options.output)
    busy? = before != [] or :erlang.system_info(:process_count) != processes or linked?()

    %{
      outcome
      | messages:
          outcome
          |> messages(busy?, others, Map.get(options, :late_message_ms, @late_message_ms))
          |> Enum.reject(&system_message?/1),
        output: output,
        asked: asked,
        errors: Process.delete(@errors) || "",
        tied: busy?,
        duration_us: System.convert_time_unit(duration, :native, :microsecond),
        reductions: stop - start
    }
  end

  # Standard error is one for the whole VM: it is taken over only where somebody wants to know.
  defp capturing(call) do
    fn ->
      {value, errors} = ExUnit.CaptureIO.with_io(:stderr, call)
      Process.put(@errors, errors)
      value
    end
  end

  defp linked?, do: Process.info(self(), :links) != {:links, []}

  defp messages(%{result: {:value, _}}, true, others, late_ms) do
    Settling.wait(others, late_ms)
    flush([])
  end

  defp messages(_, _, _, _), do: flush([])

  defp flush(messages) do
    receive do
      message -> flush([message | messages])
    after
      0 -> Enum.reverse(messages)
    end
  end

  # Replies that came too late, and the ends of processes, belong to nobody's assertion.
  defp system_message?({:EXIT, _, _}), do: true
  defp system_message?({:DOWN, _, _, _, _}), do: true
  defp system_message?({ref, _}) when is_reference(ref), do: true
  defp system_message?({:io_reply, _, _}), do: true
  defp system_message?(_), do: false

  defp finish(outcome, %{logs: true}), do: %{outcome | logs: LogSink.take()}
  defp finish(outcome, _), do: outcome

  defp influence(%{tracer: nil}), do: Influence.none()
  defp influence(%{tracer: tracer}), do: Influence.take(tracer)
end
