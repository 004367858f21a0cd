defmodule Testgen.Project.MixProject do
  @moduledoc """
  The stages of opening a Mix project inside this VM, as `mix test` would: mix.exs, configuration, dependencies,
  compilation, application, test helpers.

  Each function is one stage, and is called in the project's home process (`Testgen.Project.Home`).

  Umbrellas work from their root, and from the folder of one application. What is not covered: aliases of the task
  `test`, and `mix.exs` that changes what `mix test` does in other ways.
  """

  alias Mix.Project, as: M

  @doc "Starts Mix and loads `mix.exs` of the working directory; the module that it defines, or nil."
  @spec load_mix_file() :: module | nil
  def load_mix_file do
    {:ok, _} = Application.ensure_all_started(:mix)
    Mix.shell(Mix.Shell.Process)
    Mix.env(:test)
    Mix.Local.append_archives()
    Mix.Local.append_paths()
    compile_mix_file(System.get_env("MIX_EXS") || "mix.exs")
    M.get()
  end

  defp compile_mix_file(file) do
    before = Code.get_compiler_option(:no_warn_undefined)
    Code.put_compiler_option(:no_warn_undefined, :all)
    Code.compile_file(file)
    Code.put_compiler_option(:no_warn_undefined, before)
  end

  @doc "Evaluates `config/config.exs`."
  @spec load_config() :: term
  def load_config, do: Mix.Task.run("loadconfig")

  @doc "Checks the dependencies, compiles those that are local and changed, and puts all on the code path."
  @spec load_paths() :: term
  def load_paths, do: Mix.Task.run("loadpaths")

  @doc "Compiles what is not up to date, with protocols consolidated; the compiler's status and diagnostics."
  @spec compile() :: {:ok | :noop | :error, [map]}
  def compile do
    Application.load(:ex_unit)
    results = "compile" |> Mix.Task.run(["--return-errors"]) |> List.wrap()
    statuses = for {status, _} <- results, do: status

    {Enum.find([:error, :ok, :noop], :noop, &(&1 in statuses)),
     for({_, list} <- results, one <- list, do: one)}
  end

  @doc "Evaluates `config/runtime.exs` and loads the applications without starting them."
  @spec configure() :: term
  def configure, do: Mix.Task.run("app.config")

  @doc "Starts the project's applications; raises `Mix.Error` where one cannot start."
  @spec start_apps() :: term
  def start_apps, do: Mix.Task.run("app.start")

  @doc "Evaluates each `test_helper.exs`, once, with ExUnit's own run at exit switched off."
  @spec load_test_helpers() :: :ok
  def load_test_helpers do
    if M.umbrella?() do
      for %{app: app, opts: opts} <- Mix.Dep.Umbrella.cached(),
          do: M.in_project(app, opts[:path], fn _ -> helpers() end)
    else
      helpers()
    end

    :ok
  end

  defp helpers do
    for path <- test_paths(),
        file = Path.join(path, "test_helper.exs"),
        File.exists?(file),
        do: Code.require_file(file)
  end

  @doc "What the session keeps of the project."
  @spec describe() :: map
  def describe do
    config = M.config()
    apps = apps(config)

    %{
      app: config[:app],
      apps: apps,
      modules: Enum.flat_map(apps, &(Application.spec(&1, :modules) || [])),
      deps: Enum.map(Mix.Dep.cached(), & &1.app) -- apps,
      elixirc_paths: config[:elixirc_paths] || ["lib"],
      test_paths: test_paths(),
      build_path: M.build_path(),
      compile_path: config[:app] && M.compile_path()
    }
  end

  defp apps(config) do
    if M.umbrella?(config), do: Enum.map(Mix.Dep.Umbrella.cached(), & &1.app), else: List.wrap(config[:app])
  end

  defp test_paths, do: M.config()[:test_paths] || if(File.dir?("test"), do: ["test"], else: [])
end
