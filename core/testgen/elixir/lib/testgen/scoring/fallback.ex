defmodule Testgen.Scoring.Fallback do
  @moduledoc """
  Finds the functions whose switched form does not do what the original does, and leaves them alone.

  A function may look at what switching changes: its own name in a stacktrace, its code's size. Tests that end otherwise
  with the switched modules tell; each is first run alone, on both forms, so that one that depends on other tests
  accuses nobody. Then functions are left alone until those tests end as with the original modules. The mutants of
  these functions are recompiled, one by one.
  """

  alias Testgen.Mutation
  alias Testgen.Mutation.Build
  alias Testgen.Runner
  alias Testgen.Runner.{Suite, Test}
  alias Testgen.Scoring.{Bench, Code, Limits}

  @doc """
  The build that is loaded now, without points in the functions at fault, or `:none` where there is no such function.

  `tests` are those that differ; none of them may take longer than `cap_ms`.
  """
  @spec find(Build.t(), Suite.t(), [Test.t()], map, pos_integer | nil) :: {:ok, Build.t()} | :none
  def find(%Build{} = build, %Suite{} = suite, tests, ctx, cap_ms) do
    bench = Bench.new(suite, ctx, &Limits.unmeasured(&1, cap_ms))

    try do
      plain = Code.with_plain(build, fn -> passing(tests, bench, fn -> :ok end) end)
      switched = switched(tests, bench, build)

      case Enum.filter(tests, &(&1.id in plain != &1.id in switched)) do
        [] -> :none
        tests -> Mutation.fall_back(build, &same?(&1, tests, plain, bench), reason(tests))
      end
    after
      Bench.close(bench)
    end
  end

  defp same?(build, tests, plain, bench) do
    switched = switched(tests, bench, build)
    Enum.all?(tests, &(&1.id in plain == &1.id in switched))
  end

  # A test may compile the module anew.
  defp switched(tests, bench, build) do
    fingerprint = Code.fingerprint(build)
    passing(tests, bench, fn -> Code.replaced?(build, fingerprint) end)
  end

  # Ids of the tests that pass, each alone from the same start.
  defp passing(tests, bench, after_each) do
    for test <- tests, passes?(test, bench, after_each), do: test.id
  end

  defp passes?(test, bench, after_each) do
    result = Runner.run(bench.runner, [test], nil, fn _, result, _ -> {:cont, result} end)
    Bench.tidied(bench, :full)
    after_each.()
    result.status == :passed
  end

  defp reason([test | others]) do
    more = if others == [], do: "", else: " (and #{length(others)} more)"
    "#{inspect(test.module)} #{test.name}#{more} ends otherwise when it is switched"
  end
end
