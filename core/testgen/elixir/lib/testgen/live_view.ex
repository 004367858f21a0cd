defmodule Testgen.LiveView do
  @moduledoc """
  The operations `live_facts` and `live_walk`: what a project's LiveViews are, and what they show when somebody uses
  them.

  Nothing here names a function of LiveView at compile time: the agent has no dependencies, and the project may have
  none either.
  """

  alias Testgen.Denylist
  alias Testgen.LiveView.{Facts, Walk}
  alias Testgen.Observation.LogSink
  alias Testgen.Scoring.{Bench, Limits}

  @limits %{timeout_ms: 2_000, max_reductions: 50_000_000}

  @doc """
  Handles `live_facts`: `modules` (names). See `Testgen.LiveView.Facts`.
  """
  @spec facts(map, map) :: Testgen.Agent.Handlers.result()
  def facts(%{"modules" => names}, %{project: %{modules: modules}}), do: {:ok, Facts.of(names, modules)}
  def facts(_args, _ctx), do: {:error, "bad_request", "live_facts needs modules and an open project", %{}}

  @doc """
  Handles `live_walk`: `endpoint`, `prelude` (directives) and `walks`, each with `id`, `mount` (an expression that may
  name `conn`) and `steps` (expressions that may name `view`).

  Emits a `walked` event for each, with a `trace` of `Testgen.LiveView.Walk`. Between two of them the VM is put back.
  """
  @spec walk(map, map) :: Testgen.Agent.Handlers.result()
  def walk(%{"walks" => walks} = args, ctx) do
    mounts = walks |> Enum.map(& &1["mount"]) |> Enum.uniq()

    with {:ok, place} <- opened(args, mounts) do
      LogSink.start()
      bench = Bench.new(nil, ctx, &Limits.unmeasured(&1, nil))

      try do
        Enum.reduce(walks, bench, &one(&1, &2, place, ctx))
        {:ok, %{"count" => length(walks)}}
      after
        Bench.close(bench)
        LogSink.stop()
      end
    end
  end

  defp opened(args, mounts) do
    case refused([args["prelude"] | mounts]) do
      [] -> Walk.place(args["endpoint"], args["prelude"], mounts)
      [violation | _] -> {:error, "refused", "#{violation["call"]}: #{violation["reason"]}", %{}}
    end
  end

  defp one(%{"id" => id, "mount" => mount, "steps" => steps}, bench, place, ctx) do
    trace =
      case refused([mount | steps]) do
        [] -> Walk.run(mount, steps, place, @limits, bench.runner.output)
        [violation | _] -> [%{"status" => "refused", "message" => violation["reason"]}]
      end

    ctx.emit.("walked", %{"id" => id, "trace" => trace})
    {_lost, bench} = Bench.tidied(bench, :glance)
    bench
  end

  defp refused(sources) do
    case sources |> Enum.join("\n") |> Code.string_to_quoted(emit_warnings: false) do
      {:ok, quoted} -> Denylist.violations(quoted)
      {:error, _} -> [%{"reason" => "it does not parse"}]
    end
  end
end
