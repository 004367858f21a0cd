defmodule Testgen.Runner.RealRun do
  @moduledoc """
  Runs test modules with ExUnit's own runner, for what the minimal one does not do and to verify with the real thing.
  """

  alias Testgen.Runner
  alias Testgen.Runner.{Result, Test}

  defmodule Formatter do
    @moduledoc "Sends each finished test to the process named in the options."
    use GenServer

    @impl true
    def init(opts), do: {:ok, Keyword.fetch!(opts, :testgen_receiver)}

    @impl true
    def handle_cast({:test_finished, test}, receiver) do
      send(receiver, {__MODULE__, test})
      {:noreply, receiver}
    end

    def handle_cast({:module_finished, %{state: {:failed, _}} = module}, receiver) do
      send(receiver, {__MODULE__, module})
      {:noreply, receiver}
    end

    def handle_cast(_, receiver), do: {:noreply, receiver}
  end

  @doc "Runs whole `modules`; the finished `ExUnit.Test`s, and the `ExUnit.TestModule`s whose setup failed."
  @spec run([module], keyword) :: [struct]
  def run(modules, options) do
    config = ExUnit.configuration()
    receiver = self()

    ExUnit.configure([formatters: [Formatter], testgen_receiver: receiver, after_suite: []] ++ options)

    try do
      ExUnit.run(modules)
      finished([])
    after
      ExUnit.configure(Keyword.take(config, [:formatters, :after_suite, :seed, :max_cases, :timeout]))
    end
  end

  defp finished(so_far) do
    receive do
      {Formatter, test} -> finished([test | so_far])
    after
      0 -> Enum.reverse(so_far)
    end
  end

  @doc "Results by test name, for a module that the minimal runner does not do."
  @spec results(module, [Test.t()], Runner.t()) :: %{atom => Result.t()}
  def results(module, tests, %Runner{} = runner) do
    limits = runner.limits.(hd(tests))
    timeout = limits.timeout_ms

    for %ExUnit.Test{} = test <- run([module], seed: runner.seed, timeout: timeout), reduce: %{} do
      results -> Map.update(results, test.name, result(test), &worse(&1, result(test)))
    end
  end

  # A parameterized test runs once for each set of parameters.
  defp worse(%Result{status: :passed}, other), do: other
  defp worse(result, _), do: result

  @doc "How a finished test of ExUnit's ended."
  @spec result(ExUnit.Test.t()) :: Result.t()
  def result(%ExUnit.Test{state: nil, time: us}), do: %Result{status: :passed, duration_us: us}
  def result(%ExUnit.Test{state: {:skipped, _}}), do: %Result{}
  def result(%ExUnit.Test{state: {:excluded, _}}), do: %Result{}

  def result(%ExUnit.Test{state: {:failed, [{:error, %ExUnit.TimeoutError{}, _} = failure | _]}, time: us}) do
    %Result{status: :timeout, failure: failure, duration_us: us}
  end

  def result(%ExUnit.Test{state: {:failed, [failure | _]}, time: us}) do
    %Result{status: :failed, failure: failure, duration_us: us}
  end

  def result(%ExUnit.Test{state: {:invalid, %{state: {:failed, [failure | _]}}}}) do
    %Result{status: :failed, failure: failure}
  end

  def result(%ExUnit.Test{state: other}) do
    %Result{status: :failed, failure: {:error, %RuntimeError{message: inspect(other)}, []}}
  end
end
