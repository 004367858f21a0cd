defmodule Testgen.Scoring.Limits do
  @moduledoc """
  Limits of tests under a mutant, from what the same test took without one.

  Work (reductions) tells loops apart from slow machines, so that it is the limit that matters: ten times the test's own
  and two million more, which is some hundredths of a second. Time is for what waits: five times the test's own and
  0.4 s more; a test that works all the time is given ten times that.
  """

  alias Testgen.Isolation.Limits

  @defaults %{
    "work_factor" => 10,
    "extra_work" => 2_000_000,
    "time_factor" => 5,
    "extra_ms" => 400,
    "hard_factor" => 10,
    "max_heap_mb" => 256,
    "max_binary_mb" => 256
  }

  @doc "The limits of a test that did `reductions` in `duration_us`; `options` overrides the factors by name."
  @spec for_test(%{duration_us: non_neg_integer, reductions: non_neg_integer}, map) :: Limits.t()
  def for_test(%{duration_us: us, reductions: reductions}, options) do
    options = Map.merge(@defaults, options)

    timeout_ms = div(us * options["time_factor"], 1000) + options["extra_ms"]

    Limits.new(
      timeout_ms: timeout_ms,
      hard_timeout_ms: timeout_ms * options["hard_factor"],
      max_reductions: reductions * options["work_factor"] + options["extra_work"],
      max_heap_bytes: options["max_heap_mb"] * 1024 * 1024,
      max_binary_bytes: options["max_binary_mb"] * 1024 * 1024
    )
  end

  @doc """
  Limits of a test whose cost is not known: the time that its tags or ExUnit give it, at most `cap_ms` (nil for a
  minute).
  """
  @spec unmeasured(Testgen.Runner.Test.t(), pos_integer | nil) :: Limits.t()
  def unmeasured(test, nil), do: unmeasured(test, 60_000)

  def unmeasured(test, cap_ms) do
    timeout =
      case Map.get(test.tags, :timeout, ExUnit.configuration()[:timeout] || 60_000) do
        ms when is_integer(ms) -> min(ms, cap_ms)
        :infinity -> cap_ms
      end

    Limits.new(
      timeout_ms: max(timeout, 1),
      hard_timeout_ms: max(timeout, 1),
      max_heap_bytes: 512 * 1024 * 1024
    )
  end
end
