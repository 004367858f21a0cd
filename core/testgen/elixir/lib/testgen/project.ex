defmodule Testgen.Project do
  @moduledoc """
  Opens the project that the VM runs in, once, so that its modules, its configuration and its applications are there.

  The project's own files are only read; what is compiled goes to `MIX_BUILD_PATH`.
  """

  alias Testgen.Project.{Failure, Home, MixProject, SingleFiles}

  @load_limit_ms 900_000
  @file_limit_ms 60_000
  @start_limit_ms 30_000

  @doc """
  The operation `open_project`.

  Arguments: `root`, `mode` (`"mix"`, or `"file"` with `files`), `start_app`, `load_test_helper`, and if others are
  wanted `load_limit_ms` (each stage, 15 minutes), `file_limit_ms` (compiling one file, one minute), `start_limit_ms`
  (the application, and the test helpers, half a minute).

  Reply: `app`, `apps`, `modules` (how many), `warnings` (text), `started`, `start_error` and `helper_error` (text or
  nil), `compile_ms`, `deps_loaded`, `leftovers` (processes that compiling started and that were ended).

  An application that cannot start is no error: modules that do not need it still work. Error kinds are those of
  `Testgen.Project.Failure`.
  """
  @spec open(map, Testgen.Agent.Handlers.ctx()) :: Testgen.Agent.Handlers.result()
  def open(_args, %{project: %{}}),
    do: {:error, "already_open", "This VM has a project open; one VM serves one.", %{}}

  def open(%{"root" => root} = args, _ctx) do
    File.cd!(root)
    silence_exunit()
    home = Home.start()

    with {:ok, project, compiled} <- load(args["mode"] || "mix", home, args) do
      start_error = start_apps(project, args)
      # Tests log; `mix test` starts the logger with the application.
      {:ok, _} = Application.ensure_all_started(:logger)
      helper_error = load_helpers(project, home, args)
      project = Map.merge(project, %{root: root, home: home})
      {:ok, reply(project, compiled, start_error, helper_error, args), %{project: project}}
    end
  end

  def open(_args, _ctx), do: {:error, "bad_request", "open_project needs root", %{}}

  # Otherwise `ExUnit.start/1` in a test helper runs everything when the VM ends, and its formatter prints.
  defp silence_exunit do
    Application.load(:ex_unit)
    Application.put_env(:ex_unit, :autorun, false)
    Application.put_env(:ex_unit, :formatters, [])
    {:ok, _} = Application.ensure_all_started(:ex_unit)
    Code.put_compiler_option(:ignore_module_conflict, true)
  end

  defp load("mix", home, args) do
    with {:ok, _} <- stage(home, :mix_file, &mix_file/0, args),
         {:ok, _} <- stage(home, :config, &MixProject.load_config/0, args),
         {:ok, _} <- stage(home, :load, &MixProject.load_paths/0, args),
         {:ok, compiled} <- timed_compile(home, &MixProject.compile/0, args),
         {:ok, _} <- stage(home, :config, &MixProject.configure/0, args),
         {:ok, project} <- stage(home, :load, &MixProject.describe/0, args) do
      {:ok, Map.put(project, :mode, "mix"), compiled}
    end
  end

  defp load("file", home, %{"files" => [_ | _] = files} = args) do
    folder = Path.join(System.get_env("MIX_BUILD_PATH") || Path.join(System.tmp_dir!(), "testgen"), "ebin")

    with {:ok, compiled} <- timed_compile(home, fn -> single_files(files, folder) end, args) do
      {:ok, file_project(compiled, folder), compiled}
    end
  end

  defp load(mode, _home, _args),
    do: {:error, "bad_request", "mode #{inspect(mode)} is not mix, or file with files", %{}}

  defp file_project(%{modules: modules}, folder) do
    %{mode: "file", app: nil, apps: [], modules: modules, deps: [], elixirc_paths: [], test_paths: []}
    |> Map.merge(%{build_path: Path.dirname(folder), compile_path: folder})
  end

  defp mix_file do
    MixProject.load_mix_file() || Mix.raise("mix.exs defines no project")
  end

  defp single_files(files, folder) do
    case SingleFiles.compile(files, folder) do
      {:ok, modules, warnings} -> {:ok, warnings, modules}
      {:error, diagnostics} -> {:error, diagnostics}
    end
  end

  defp stage(home, stage, fun, args) do
    case Home.call(home, fun, limits(args["load_limit_ms"] || @load_limit_ms, args)) do
      {:ok, value, _lines} -> {:ok, value}
      {:caught, kind, reason, stack, lines} -> Failure.caught(stage, kind, reason, stack, lines)
      {:timeout, files, after_ms} -> Failure.hang(stage, after_ms, files)
      {:down, reason} -> Failure.died(stage, reason)
    end
  end

  defp limits(limit_ms, args),
    do: %{limit_ms: limit_ms, file_limit_ms: args["file_limit_ms"] || @file_limit_ms}

  defp timed_compile(home, fun, args) do
    before = :erlang.processes()
    start = System.monotonic_time(:millisecond)

    with {:ok, result} <- stage(home, :compile, fun, args) do
      compile_ms = System.monotonic_time(:millisecond) - start
      compiled(result, %{compile_ms: compile_ms, leftovers: end_strays(before), modules: []})
    end
  end

  defp compiled({:error, diagnostics}, _so_far), do: Failure.diagnostics(diagnostics)
  defp compiled({:ok, _warnings, []}, _so_far), do: {:error, "no_module", "The file defines no module.", %{}}

  defp compiled({:ok, warnings, modules}, so_far),
    do: {:ok, Map.merge(so_far, %{warnings: warnings, modules: modules})}

  defp compiled({_ok_or_noop, warnings}, so_far), do: {:ok, Map.put(so_far, :warnings, warnings)}

  # What a module's body spawned has no ancestors; what Mix and the compiler keep has.
  defp end_strays(before) do
    strays =
      for pid <- :erlang.processes() -- before,
          {:dictionary, dictionary} <- [Process.info(pid, :dictionary)],
          not List.keymember?(dictionary, :"$ancestors", 0),
          {:registered_name, []} == Process.info(pid, :registered_name) or
            Process.info(pid, :registered_name) == [],
          do: pid

    Enum.each(strays, &Process.exit(&1, :kill))
    length(strays)
  end

  # A home of its own: an application that hangs in its start must not take the project's home along.
  defp start_apps(%{mode: "mix", app: app}, %{"start_app" => true} = args) do
    limit = args["start_limit_ms"] || @start_limit_ms

    case Home.call(Home.start(), &MixProject.start_apps/0, limits(limit, args)) do
      {:ok, _, _} -> nil
      {:caught, kind, reason, _, lines} -> Enum.join(lines ++ [banner(kind, reason)], "\n")
      {:timeout, _, _} -> "#{inspect(app)} did not start within #{div(limit, 1000)} s"
      {:down, reason} -> "starting #{inspect(app)} ended its process: #{inspect(reason)}"
    end
  end

  defp start_apps(_project, _args), do: nil

  defp load_helpers(%{mode: "mix"}, home, %{"load_test_helper" => true} = args) do
    limit = args["start_limit_ms"] || @start_limit_ms
    answer = Home.call(home, &MixProject.load_test_helpers/0, limits(limit, args))
    silence_exunit()

    case answer do
      {:ok, _, _} -> nil
      {:caught, kind, reason, stack, _} -> helper_error(kind, reason, stack)
      {:timeout, _, _} -> "test_helper.exs did not end within #{div(limit, 1000)} s"
      {:down, reason} -> "test_helper.exs ended its process: #{inspect(reason)}"
    end
  end

  defp load_helpers(_project, _home, _args), do: nil

  defp helper_error(kind, reason, stack) do
    Exception.format_banner(kind, reason, stack) <> "\n" <> Exception.format_stacktrace(Enum.take(stack, 5))
  end

  defp banner(:error, %Mix.Error{message: message}), do: message
  defp banner(kind, reason), do: Exception.format_banner(kind, reason)

  defp reply(project, compiled, start_error, helper_error, args) do
    %{
      app: project.app,
      apps: project.apps,
      modules: length(project.modules),
      warnings: Enum.map_join(compiled.warnings, "\n", &"#{&1.file}: #{&1.message}"),
      started: args["start_app"] == true and project.mode == "mix" and start_error == nil,
      start_error: start_error,
      helper_error: helper_error,
      compile_ms: compiled.compile_ms,
      deps_loaded: project.deps,
      leftovers: compiled.leftovers
    }
  end
end
