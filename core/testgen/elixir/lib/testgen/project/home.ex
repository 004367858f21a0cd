defmodule Testgen.Project.Home do
  @moduledoc """
  The process that a project is loaded in, and that stays.

  What a `test_helper.exs` starts is linked to the process that evaluated it, and Mix's shell sends its messages to the
  process that runs a task. Both need one that outlives the request, which this is.
  """

  @look_every_ms 500

  @doc "Starts one."
  @spec start() :: pid
  def start, do: spawn(fn -> loop() end)

  @doc """
  Calls `fun` there, for at most `limit_ms`, of which the compiler may spend `file_limit_ms` with any one file.

  `lines` are what Mix's shell was told meanwhile as an error. On `:timeout` the process is ended with all that was
  started meanwhile, and `files` are those that were being compiled.
  """
  @spec call(pid, (() -> term), %{limit_ms: pos_integer, file_limit_ms: pos_integer}) ::
          {:ok, term, lines :: [String.t()]}
          | {:caught, kind :: atom, reason :: term, Exception.stacktrace(), lines :: [String.t()]}
          | {:timeout, files :: [Path.t()], after_ms :: pos_integer}
          | {:down, reason :: term}
  def call(home, fun, limits) do
    before = :erlang.processes()
    monitor = Process.monitor(home)
    send(home, {__MODULE__, self(), monitor, fun})
    await(%{home: home, monitor: monitor, before: before, limits: limits, start_ms: now(), seen: %{}})
  end

  defp await(%{monitor: monitor} = wait) do
    receive do
      {^monitor, answer} ->
        Process.demonitor(monitor, [:flush])
        answer

      {:DOWN, ^monitor, _, _, reason} ->
        {:down, reason}
    after
      @look_every_ms -> look(%{wait | seen: seen(wait.seen)})
    end
  end

  defp look(%{limits: limits} = wait) do
    slow = for {{_pid, file}, since_ms} <- wait.seen, now() - since_ms > limits.file_limit_ms, do: file

    cond do
      slow != [] ->
        abandon(wait, slow, limits.file_limit_ms)

      now() - wait.start_ms > limits.limit_ms ->
        abandon(wait, Enum.map(compiling(), &elem(&1, 1)), limits.limit_ms)

      true ->
        await(wait)
    end
  end

  # Since when each file has been seen being compiled.
  defp seen(before), do: Map.new(compiling(), &{&1, Map.get(before, &1, now())})

  defp now, do: System.monotonic_time(:millisecond)

  defp abandon(%{home: home, monitor: monitor, before: before}, files, after_ms) do
    Process.demonitor(monitor, [:flush])
    Process.exit(home, :kill)
    Enum.each(:erlang.processes() -- before, &Process.exit(&1, :kill))
    {:timeout, Enum.uniq(files), after_ms}
  end

  # The parallel compiler leaves the name of the file in the dictionary of the process that compiles it.
  defp compiling do
    for pid <- :erlang.processes(),
        {:dictionary, dictionary} <- [Process.info(pid, :dictionary)],
        {:elixir_compiler_file, file} <- dictionary,
        is_binary(file),
        do: {pid, file}
  end

  defp loop do
    receive do
      {__MODULE__, from, ref, fun} -> send(from, {ref, answer(fun)})
      _ -> :ok
    end

    loop()
  end

  defp answer(fun) do
    value = fun.()
    {:ok, value, lines([])}
  catch
    kind, reason -> {:caught, kind, reason, __STACKTRACE__, lines([])}
  end

  defp lines(lines) do
    receive do
      {:mix_shell, :error, [line]} -> lines([line | lines])
      {:mix_shell, _, _} -> lines(lines)
    after
      0 -> Enum.reverse(lines)
    end
  end
end
