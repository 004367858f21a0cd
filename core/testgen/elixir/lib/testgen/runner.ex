defmodule Testgen.Runner do
  @moduledoc """
  Runs tests by calling the functions of their modules, without ExUnit's own machinery around them.

  What a test sees is as in ExUnit: a process of its own, `setup_all` in another that stays until the module's last
  test, `setup`, describes, tags, `on_exit` called after the test's process has ended, `start_supervised`, `tmp_dir`, the
  seed. Log output is dropped instead of captured. It does not run tests at the same time, and it does not do
  parameterized modules: those go to ExUnit's own runner (`Testgen.Runner.RealRun`).
  """

  alias Testgen.Isolation.{Limits, Watch}
  alias Testgen.Runner.{RealRun, Result, Suite, Test, TmpDir}

  defstruct [:suite, :output, :limits, :check, seed: 0]

  @typedoc """
  `output`: the group leader of tests. `limits`: a function from a test to its limits. `check`: a function that is called
  after each test and says whether something that only the agent may change is as it was.
  """
  @type t :: %__MODULE__{
          suite: Suite.t(),
          output: pid,
          limits: (Test.t() -> Limits.t()),
          check: (() -> boolean),
          seed: non_neg_integer
        }

  @type step(acc) :: (Test.t(), Result.t(), acc -> {:cont, acc} | {:halt, acc})

  # ExUnit's own.
  @rand_algorithm if Version.match?(System.version(), ">= 1.16.0"), do: :exsss, else: :exs1024

  @doc """
  Runs `tests`, those of one module after each other, and folds their results with `step`, which can stop it.
  """
  @spec run(t, [Test.t()], acc, step(acc)) :: acc when acc: term
  def run(%__MODULE__{} = runner, tests, acc, step) do
    by_module(tests, runner, acc, step)
  end

  defp by_module([], _runner, acc, _step), do: acc

  defp by_module([%{module: module} | _] = tests, runner, acc, step) do
    {tests, rest} = Enum.split_while(tests, &(&1.module == module))

    case run_module(runner.suite.modules[module], module, tests, runner, acc, step) do
      {:cont, acc} -> by_module(rest, runner, acc, step)
      {:halt, acc} -> acc
    end
  end

  defp run_module(%{exunit?: true}, module, tests, runner, acc, step) do
    results = RealRun.results(module, tests, runner)
    fold(tests, acc, fn test, acc -> step.(test, Map.get(results, test.name, not_run()), acc) end)
  end

  defp run_module(%{setup_all?: false, context: context}, _module, tests, runner, acc, step) do
    fold(tests, acc, fn test, acc -> step.(test, run_test(runner, test, context), acc) end)
  end

  defp run_module(%{context: context}, module, tests, runner, acc, step) do
    case setup_all(module, context, runner, hd(tests)) do
      {:ok, context, owner} ->
        {control, acc} =
          fold(tests, acc, fn test, acc -> step.(test, run_test(runner, test, context), acc) end)

        end_setup_all(owner, control, acc, tests, step)

      {:failed, result} ->
        fold(tests, acc, fn test, acc -> step.(test, result, acc) end)
    end
  end

  defp not_run,
    do: %Result{status: :failed, failure: {:error, %RuntimeError{message: "ExUnit did not run it"}, []}}

  defp fold([], acc, _fun), do: {:cont, acc}

  defp fold([test | rest], acc, fun) do
    case fun.(test, acc) do
      {:cont, acc} -> fold(rest, acc, fun)
      {:halt, acc} -> {:halt, acc}
    end
  end

  ## setup_all

  defp setup_all(module, context, runner, test) do
    parent = self()
    tag = make_ref()
    limits = runner.limits.(test)

    {pid, monitor} =
      spawn_run(runner, limits, fn ->
        outcome = attempt(fn -> module.__ex_unit__(:setup_all, context) end)
        keeper = Process.monitor(parent)
        send(parent, {tag, outcome})

        receive do
          {^tag, :exit} -> :ok
          {:DOWN, ^keeper, _, _, _} -> :ok
        end
      end)

    case Watch.await(pid, monitor, tag, limits, :stays) do
      {:answer, {:ok, context}} -> {:ok, context, {pid, tag, limits}}
      outcome -> {:failed, outcome |> result({pid, tag, limits})}
    end
  end

  defp result({:answer, {:failed, failure}}, owner) do
    leave(owner)
    %Result{status: :failed, failure: failure}
  end

  defp result(outcome, {pid, _tag, limits}) do
    on_exit(pid, limits)
    ended(outcome, pid)
  end

  defp end_setup_all(owner, control, acc, tests, step) do
    case {leave(owner), control} do
      {:ok, control} -> {control, acc}
      {_failure, :halt} -> {:halt, acc}
      {failure, :cont} -> step.(List.last(tests), %Result{status: :failed, failure: failure}, acc)
    end
  end

  defp leave({pid, tag, limits}) do
    monitor = Process.monitor(pid)
    send(pid, {tag, :exit})

    receive do
      {:DOWN, ^monitor, _, _, _} -> on_exit(pid, limits)
    end
  end

  ## One test

  @doc "Runs one test in the context that its module's `setup_all` gave."
  @spec run_test(t, Test.t(), map) :: Result.t()
  def run_test(%__MODULE__{} = runner, %Test{} = test, context) do
    parent = self()
    tag = make_ref()
    limits = runner.limits.(test)
    work = reductions()
    start = System.monotonic_time()
    {pid, monitor} = spawn_run(runner, limits, fn -> answer(parent, tag, test, context, runner.seed) end)
    outcome = Watch.await(pid, monitor, tag, limits)
    tampered? = not runner.check.()

    %{
      (outcome
       |> ended(pid)
       |> exited(on_exit(pid, limits)))
      | duration_us: System.convert_time_unit(System.monotonic_time() - start, :native, :microsecond),
        reductions: reductions() - work,
        tampered?: tampered?
    }
  end

  defp reductions, do: :erlang.statistics(:exact_reductions) |> elem(0)

  defp spawn_run(runner, limits, fun) do
    %{output: output} = runner

    :erlang.spawn_opt(
      fn ->
        Process.group_leader(self(), output)
        ExUnit.OnExitHandler.register(self())
        fun.()
      end,
      [:monitor, Limits.heap_option(limits)]
    )
  end

  defp answer(parent, tag, %Test{module: module, name: name, tags: tags}, context, seed) do
    :rand.seed(@rand_algorithm, {:erlang.phash2(module), :erlang.phash2(name), seed})

    outcome =
      attempt(fn ->
        context = tags |> merge(context) |> Map.put(:test_pid, self()) |> TmpDir.put(tags)
        apply(module, name, [module.__ex_unit__(:setup, context)])
      end)

    send(parent, {tag, outcome})
    exit(:shutdown)
  end

  # Where a test's tags and what setup_all gave have a key in common, ExUnit changed its mind about who wins when
  # modules got tags of their own.
  if Map.has_key?(%ExUnit.TestModule{}, :tags) do
    defp merge(tags, context), do: Map.merge(context, tags)
  else
    defp merge(tags, context), do: Map.merge(tags, context)
  end

  defp attempt(fun) do
    {:ok, fun.()}
  catch
    kind, reason -> {:failed, {kind, Exception.normalize(kind, reason, __STACKTRACE__), __STACKTRACE__}}
  end

  defp ended({:answer, {:ok, _}}, _pid), do: %Result{status: :passed}
  defp ended({:answer, {:failed, failure}}, _pid), do: %Result{status: :failed, failure: failure}
  defp ended({:down, :killed}, _pid), do: %Result{status: :memory}
  defp ended({:down, reason}, pid), do: %Result{status: :failed, failure: {{:EXIT, pid}, reason, []}}
  defp ended({:ended, reason}, _pid), do: %Result{status: reason}
  defp ended(:unkillable, _pid), do: %Result{status: :unkillable}

  # Only the first failure counts, as in ExUnit.
  defp exited(%Result{status: :passed} = result, {_, _, _} = failure),
    do: %{result | status: :failed, failure: failure}

  defp exited(result, _), do: result

  # Called by the parent, after the owner has ended: called from inside, it would end the owner.
  defp on_exit(pid, limits) do
    ExUnit.OnExitHandler.run(pid, limits.timeout_ms)
  rescue
    # The owner was ended before it could register.
    MatchError -> :ok
  end
end
