defmodule Testgen.SwitchingStudy.Formatter do
  @moduledoc """
  An ExUnit formatter that writes one line per test, and, asked for it, first switches the whole project.

  Required before `mix test` starts (`elixir -r hook.exs -S mix test --formatter ...`). ExUnit starts its
  formatters after the application, the test helper and all test modules are loaded and before the first test
  runs: there, every source file named in `STUDY_FILES` is built and loaded with its mutants, none active.

  Lines of `STUDY_OUT`, tab-separated, ended by a line `end`:

      file  PATH  STATUS  MODULES  MUTANTS  PRUNED  INVALID  RECOMPILED  FALLBACKS  MESSAGE
      test  STATUS  MODULE  NAME  MESSAGE

  It does not cover modules compiled while tests run (tests that compile code of their own).
  """
  use GenServer

  @impl true
  def init(_opts) do
    out = File.open!(System.fetch_env!("STUDY_OUT"), [:write, :utf8])
    for path <- files(), do: write(out, ["file", path | switch(path)])
    {:ok, out}
  end

  @impl true
  def handle_cast({:test_finished, test}, out) do
    write(out, ["test", status(test.state), inspect(test.module), to_string(test.name), reason(test.state)])
    {:noreply, out}
  end

  # Newer releases send a module's tests as finished one by one; a module whose setup_all failed arrives here.
  def handle_cast({:module_finished, %{state: {:failed, _}} = module}, out) do
    for test <- module.tests,
        do: write(out, ["test", "invalid", inspect(module.name), to_string(test.name), reason(module.state)])

    {:noreply, out}
  end

  def handle_cast({:suite_finished, _times}, out) do
    write(out, ["end"])
    {:noreply, out}
  end

  def handle_cast(_event, out), do: {:noreply, out}

  defp files, do: System.get_env("STUDY_FILES", "") |> String.split("\n", trim: true)

  defp switch(path) do
    with {:ok, build} <- Testgen.Mutation.build(File.read!(path), path, []),
         {:ok, build} <- Testgen.Mutation.load(build) do
      described(build)
    else
      {:error, kind, message} -> [to_string(kind), "0", "0", "0", "0", "0", "0", message]
      {:error, message} -> ["error", "0", "0", "0", "0", "0", "0", inspect(message)]
    end
  rescue
    error -> ["crashed", "0", "0", "0", "0", "0", "0", Exception.format(:error, error, __STACKTRACE__)]
  end

  defp described(build) do
    recompiled = Enum.count(build.mutants, &(&1.strategy in [:recompile, "recompile"]))

    counts =
      [build.modules, build.mutants, build.pruned, build.invalid]
      |> Enum.map(&Integer.to_string(length(&1)))

    ["ok"] ++ counts ++ [Integer.to_string(recompiled), Integer.to_string(length(build.fallbacks)), ""]
  end

  defp status(nil), do: "passed"
  defp status({status, _}), do: to_string(status)

  defp reason({:failed, [{_kind, error, _stack} | _]}), do: text(error)
  defp reason({:failed, {_kind, error, _stack}}), do: text(error)
  defp reason(_state), do: ""

  defp text(error) when is_exception(error), do: Exception.message(error)
  defp text(error), do: inspect(error, limit: 20)

  defp write(out, cells), do: IO.puts(out, Enum.map_join(cells, "\t", &cell/1))

  defp cell(text) do
    text
    |> String.slice(0, 2000)
    |> String.replace(["\t", "\n", "\r"], " ")
  end
end
