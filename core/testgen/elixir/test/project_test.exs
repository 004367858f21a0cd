defmodule Testgen.ProjectTest do
  use ExUnit.Case, async: true

  import Testgen.AgentClient

  @moduletag :tmp_dir
  @mix_file """
  defmodule Demo.MixProject do
    use Mix.Project
    def project, do: [app: :demo, version: "0.1.0", elixirc_paths: ["lib", "test/support"], deps: DEPS, elixir: "REQUIREMENT"]
    def application, do: [extra_applications: [:logger], mod: {Demo.Application, []}]
  end
  """

  defp mix_file(deps \\ "[]", requirement \\ "~> 1.14") do
    @mix_file |> String.replace("DEPS", deps) |> String.replace("REQUIREMENT", requirement)
  end

  defp demo(folder, files) do
    defaults = %{
      "mix.exs" => mix_file(),
      "config/config.exs" => "import Config\nconfig :demo, answer: 42\n",
      "lib/demo.ex" => """
      defmodule Demo do
        def answer, do: Application.fetch_env!(:demo, :answer)
      end

      defmodule Demo.Application do
        use Application
        def start(_, _), do: Supervisor.start_link([{Agent, fn -> 1 end}], strategy: :one_for_one)
      end
      """,
      "test/support/factory.ex" => "defmodule Demo.Factory do\n  def one, do: 1\nend\n",
      "test/test_helper.exs" =>
        "ExUnit.start(exclude: [:slow])\n{:ok, _} = Registry.start_link(keys: :unique, name: Demo.Names)\n"
    }

    write(folder, Map.merge(defaults, files))
    start(folder)
  end

  defp open(port, folder, args \\ %{}) do
    call(
      port,
      "open_project",
      Map.merge(%{"root" => folder, "start_app" => true, "load_test_helper" => true}, args)
    )
  end

  test "a Mix project is compiled, configured, started, and its test helper stays in force", %{
    tmp_dir: folder
  } do
    port = demo(folder, %{})
    assert %{"ok" => reply} = open(port, folder)
    assert %{"app" => "demo", "apps" => ["demo"], "modules" => 3, "started" => true} = reply
    assert %{"start_error" => nil, "helper_error" => nil} = reply

    source = """
    defmodule GivenTest do
      use ExUnit.Case
      test "config", do: assert Demo.answer() == 42
      test "support", do: assert Demo.Factory.one() == 1
      test "what the helper started lives", do: assert Process.whereis(Demo.Names)
      @tag :slow
      test "excluded by the helper", do: flunk("no")
    end
    """

    load(port, source)
    %{"tests" => tests} = call!(port, "baseline")
    assert Enum.map(tests, & &1["status"]) == ~w(passed passed passed skipped)
  end

  test "an application that cannot start is told, and modules still work", %{tmp_dir: folder} do
    lib = """
    defmodule Demo do
      def answer, do: 42
    end

    defmodule Demo.Application do
      use Application
      def start(_, _), do: {:error, :no_database}
    end
    """

    port = demo(folder, %{"lib/demo.ex" => lib})
    assert %{"ok" => %{"started" => false, "start_error" => message}} = open(port, folder)
    assert message =~ "no_database"

    load(
      port,
      "defmodule GivenTest do\n  use ExUnit.Case\n  test \"works\", do: assert Demo.answer() == 42\nend\n"
    )

    assert %{"tests" => [%{"status" => "passed"}]} = call!(port, "baseline")
  end

  test "a syntax error and a compile error are told once, with their place", %{tmp_dir: folder} do
    port = demo(folder, %{"lib/demo.ex" => "defmodule Demo do\n  def f( do\nend\n"})
    assert %{"error" => %{"kind" => "parse_error", "message" => message}} = open(port, folder)
    assert message =~ ~r"lib/demo.ex:\d+.*missing terminator: \)"
    assert length(String.split(message, "missing terminator")) == 2

    File.rm_rf!(folder)
    port = demo(folder, %{"lib/demo.ex" => "defmodule Demo do\n  def f, do: undefined_thing()\nend\n"})
    assert %{"error" => %{"kind" => "compile_error", "message" => message}} = open(port, folder)
    assert message =~ "undefined_thing"
  end

  test "missing dependencies, an Elixir that is too old, and a broken mix.exs have kinds of their own", %{
    tmp_dir: folder
  } do
    port = demo(folder, %{"mix.exs" => mix_file("[{:other, path: \"nowhere\"}]")})
    assert %{"error" => %{"kind" => "deps_missing", "message" => message}} = open(port, folder)
    assert message =~ "other"

    File.rm_rf!(folder)
    port = demo(folder, %{"mix.exs" => mix_file("[]", ">= 99.0.0")})
    assert %{"error" => %{"kind" => "old_elixir"}} = open(port, folder)

    File.rm_rf!(folder)

    port =
      demo(folder, %{"mix.exs" => "defmodule Demo.MixProject do\n  use Mix.Project\n  raise \"oh no\"\nend\n"})

    assert %{"error" => %{"kind" => "mix_file", "message" => message}} = open(port, folder)
    assert message =~ "oh no"
  end

  test "a module that loops while it is compiled is named", %{tmp_dir: folder} do
    port = demo(folder, %{"lib/forever.ex" => "defmodule Forever do\n  Process.sleep(:infinity)\nend\n"})
    reply = open(port, folder, %{"file_limit_ms" => 3_000})
    assert %{"error" => %{"kind" => "load_hang", "message" => message}} = reply
    assert message =~ "lib/forever.ex"
  end

  test "a process that a module's body starts is ended and counted", %{tmp_dir: folder} do
    write(folder, %{"code.ex" => "defmodule Starts do\n  spawn(fn -> Process.sleep(:infinity) end)\nend\n"})
    port = start(folder)
    args = %{"root" => folder, "mode" => "file", "files" => [Path.join(folder, "code.ex")]}
    assert %{"leftovers" => 1, "modules" => 1} = call!(port, "open_project", args)
  end

  test "a file that is not UTF-8 has a kind of its own", %{tmp_dir: folder} do
    write(folder, %{"code.ex" => <<"defmodule Latin do\n  def name, do: \"J", 252, "rgen\"\nend\n">>})
    port = start(folder)
    args = %{"root" => folder, "mode" => "file", "files" => [Path.join(folder, "code.ex")]}
    assert %{"error" => %{"kind" => "not_utf8"}} = call(port, "open_project", args)
  end

  test "a file without a module has a kind of its own", %{tmp_dir: folder} do
    write(folder, %{"code.ex" => "1 + 1\n"})
    port = start(folder)
    args = %{"root" => folder, "mode" => "file", "files" => [Path.join(folder, "code.ex")]}
    assert %{"error" => %{"kind" => "no_module"}} = call(port, "open_project", args)
  end

  test "a test helper that raises is told, and the project is open all the same", %{tmp_dir: folder} do
    port = demo(folder, %{"test/test_helper.exs" => "ExUnit.start()\nraise \"helper\"\n"})
    assert %{"ok" => %{"helper_error" => message, "modules" => 3}} = open(port, folder)
    assert message =~ "helper"
  end

  test "an umbrella opens from its root", %{tmp_dir: folder} do
    app = fn name, deps ->
      """
      defmodule #{name}.MixProject do
        use Mix.Project
        def project, do: [app: :#{String.downcase(name)}, version: "0.1.0", deps: #{deps}]
        def application, do: [extra_applications: []]
      end
      """
    end

    write(folder, %{
      "mix.exs" =>
        "defmodule Umb.MixProject do\n  use Mix.Project\n  def project, do: [apps_path: \"apps\", deps: []]\nend\n",
      "apps/one/mix.exs" => app.("One", "[]"),
      "apps/one/lib/one.ex" => "defmodule One do\n  def one, do: 1\nend\n",
      "apps/one/test/test_helper.exs" => "ExUnit.start()\nApplication.put_env(:one, :helper, true)\n",
      "apps/two/mix.exs" => app.("Two", "[{:one, in_umbrella: true}]"),
      "apps/two/lib/two.ex" => "defmodule Two do\n  def two, do: One.one() + 1\nend\n",
      "apps/two/test/test_helper.exs" => "ExUnit.start()\n"
    })

    port = start(folder)
    assert %{"ok" => reply} = open(port, folder)
    assert Enum.sort(reply["apps"]) == ["one", "two"]
    assert reply["modules"] == 2

    load(port, """
    defmodule GivenTest do
      use ExUnit.Case
      test "both", do: assert Two.two() == 2
      test "helpers ran", do: assert Application.get_env(:one, :helper)
    end
    """)

    assert ["passed", "passed"] = for(test <- call!(port, "baseline")["tests"], do: test["status"])
  end
end
