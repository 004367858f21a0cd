defmodule Testgen.RunnerTest do
  @moduledoc "Each test loads a test module into an agent and looks at how its tests end."
  use ExUnit.Case, async: true

  import Testgen.AgentClient

  @moduletag :tmp_dir

  setup %{tmp_dir: folder} do
    %{port: open_file(folder, "defmodule Given do\n  def one, do: 1\nend\n")}
  end

  defp statuses(port, source) do
    port |> outcomes(source) |> Map.new(fn {name, test} -> {name, test["status"]} end)
  end

  # What did not pass, with the reason: a comparison with [] shows it.
  defp not_passed(port, source) do
    for {name, %{"status" => status, "message" => message}} <- outcomes(port, source),
        status != "passed",
        do: {name, message}
  end

  defp outcomes(port, source) do
    names = for test <- load(port, source), into: %{}, do: {test["id"], test["name"]}
    for test <- call!(port, "baseline")["tests"], into: %{}, do: {names[test["id"]], test}
  end

  test "what the compiler warns of comes with the line, and is not printed", %{port: port} do
    source = """
    defmodule GivenTest do
      use ExUnit.Case, async: true

      test "one" do
        unused = Given.one()
        assert Given.one() == 1
        assert %{3 => 1, 3 => 2} != %{}
      end
    end
    """

    sources = [%{"name" => "given_test.exs", "source" => source}]

    assert %{"errors" => [], "warnings" => [first, second]} =
             call!(port, "load_tests", %{"sources" => sources})

    assert %{"file" => "given_test.exs", "line" => 5, "message" => "variable \"unused\" is unused" <> _} =
             first

    assert %{"line" => 7, "message" => "key 3 will be overridden in map"} = second
  end

  test "callbacks, describes, tags and contexts are as in ExUnit", %{port: port} do
    source = """
    defmodule GivenTest do
      use ExUnit.Case, async: true
      @moduletag level: :module
      setup_all do: {:ok, shared: self(), list: [:all]}
      setup context, do: {:ok, list: [:setup | context.list]}
      setup :named
      defp named(context), do: %{list: [:named | context.list]}

      test "order", context, do: assert context.list == [:named, :setup, :all]
      test "another process than setup_all's, which is alive", %{shared: pid} do
        assert pid != self() and Process.alive?(pid)
      end

      describe "inside" do
        setup context, do: {:ok, list: [:inner | context.list]}
        @tag level: :test, own: 1
        test "tags", context do
          assert %{level: :test, own: 1, describe: "inside", module: GivenTest, case: GivenTest} = context
          assert context.test == :"test inside tags"
          assert hd(context.list) == :inner
        end
      end

      test "module tag", %{level: level, line: line, file: file, async: true} do
        assert {level, is_integer(line), is_binary(file)} == {:module, true, true}
      end
    end
    """

    assert not_passed(port, source) == []
  end

  test "on_exit runs after the test's process has ended, in reverse, and its failure is the test's", %{
    port: port
  } do
    source = """
    defmodule GivenTest do
      use ExUnit.Case
      setup_all do
        {:ok, pid} = Agent.start(fn -> [] end, name: :log)
        on_exit(fn -> Agent.stop(pid) end)
      end
      test "a" do
        test = self()
        on_exit(fn -> Agent.update(:log, &[:first | &1]) end)
        on_exit(fn -> Agent.update(:log, &[Process.alive?(test) | &1]) end)
      end
      test "b", do: assert Agent.get(:log, & &1) in [[:first, false], []]
      test "c", do: on_exit(fn -> raise "late" end)
    end
    """

    assert %{"test a" => "passed", "test b" => "passed", "test c" => "failed"} = statuses(port, source)
  end

  test "start_supervised ends its children before the next test", %{port: port} do
    source = """
    defmodule GivenTest do
      use ExUnit.Case
      for n <- 1..3 do
        test "named server \#{n}" do
          refute Process.whereis(:supervised_here)
          start_supervised!({Agent, fn -> Process.register(self(), :supervised_here) end})
          assert Process.whereis(:supervised_here)
        end
      end
    end
    """

    assert port |> statuses(source) |> Map.values() == ["passed", "passed", "passed"]
  end

  test "tmp_dir, capture_io and capture_log work", %{port: port} do
    source = """
    defmodule GivenTest do
      use ExUnit.Case
      import ExUnit.CaptureIO
      import ExUnit.CaptureLog
      require Logger

      @tag :tmp_dir
      test "tmp", %{tmp_dir: dir}, do: assert File.ls!(dir) == []
      test "io", do: assert capture_io(fn -> IO.puts("x") end) == "x\\n"
      test "stderr", do: assert capture_io(:stderr, fn -> IO.puts(:stderr, "x") end) == "x\\n"
      test "log", do: assert capture_log(fn -> Logger.error("seen") end) =~ "seen"
      @tag :capture_log
      test "tagged", do: Logger.error("hidden")
    end
    """

    assert not_passed(port, source) == []
  end

  test "skip tags skip, with ExUnit's reason", %{port: port} do
    source = """
    defmodule GivenTest do
      use ExUnit.Case
      @tag skip: "not today"
      test "a", do: flunk()
      @tag :skip
      test "b", do: flunk()
      test "c", do: :ok
    end
    """

    assert statuses(port, source) == %{"test a" => "skipped", "test b" => "skipped", "test c" => "passed"}
  end

  test "failures are told in ExUnit's words", %{port: port} do
    source = """
    defmodule GivenTest do
      use ExUnit.Case
      test "a", do: assert 1 + 1 == 3
      test "b", do: raise "boom"
      test "c", do: spawn_link(fn -> exit(:linked) end) && Process.sleep(1000)
      test "d", do: throw(:ball)
      test "not written yet"
    end
    """

    load(port, source)
    messages = for test <- call!(port, "baseline")["tests"], do: {test["status"], test["message"]}

    assert [{"failed", a}, {"failed", b}, {"failed", c}, {"failed", d}, {"failed", e}] = messages
    assert a == "Assertion with == failed\nleft: 2\nright: 3"
    assert b =~ "(RuntimeError) boom"
    assert c =~ ":linked"
    assert d =~ "(throw) :ball"
    assert e =~ "Not implemented"
  end

  test "a setup_all that raises fails all tests of its module and no other", %{port: port} do
    source = """
    defmodule OneTest do
      use ExUnit.Case
      setup_all do: raise "no"
      test "a", do: :ok
    end
    defmodule TwoTest do
      use ExUnit.Case
      test "b", do: :ok
    end
    """

    assert statuses(port, source) == %{"test a" => "failed", "test b" => "passed"}
  end

  test "a test that hangs is a timeout by its own tag", %{port: port} do
    source = """
    defmodule GivenTest do
      use ExUnit.Case
      @tag timeout: 50
      test "waits", do: Process.sleep(:infinity)
      @tag timeout: 50
      test "works", do: Stream.cycle([1]) |> Stream.run()
    end
    """

    assert statuses(port, source) == %{"test waits" => "timeout", "test works" => "timeout"}
  end

  test "doctests run, and so do test types that a library registers", %{port: port, tmp_dir: folder} do
    Port.close(port)

    port =
      open_file(folder, """
      defmodule Given.Documented do
        @doc \"\"\"
            iex> Given.Documented.two()
            2
        \"\"\"
        def two, do: 2
      end
      """)

    source = """
    defmodule GivenTest do
      use ExUnit.Case
      doctest Given.Documented
      name = ExUnit.Case.register_test(__MODULE__, __ENV__.file, __ENV__.line, :property, "holds", [])
      def unquote(name)(_context), do: assert Given.Documented.two() == 2
    end
    """

    statuses = statuses(port, source)
    assert map_size(statuses) == 2
    assert Enum.uniq(Map.values(statuses)) == ["passed"]
  end

  test "a test that passes only after another is told", %{port: port} do
    source = """
    defmodule GivenTest do
      use ExUnit.Case
      test "puts", do: Application.put_env(:testgen_agent, :order, 1)
      test "gets", do: assert Application.get_env(:testgen_agent, :order) == 1
    end
    """

    load(port, source)
    mutants = call!(port, "mutants", %{"path" => "code.ex"})
    assert mutants["build"] == 1

    assert [%{"status" => "passed"}, %{"status" => "unstable", "message" => message}] =
             call!(port, "baseline")["tests"]

    assert message =~ "passes after other tests"
  end

  test "random numbers and contexts are those that ExUnit gives the same test", %{port: port} do
    source = """
    defmodule GivenTest do
      use ExUnit.Case
      @tag given: :tag
      setup_all do: {:ok, given: :setup_all}
      test "a", %{given: given}, do: flunk(inspect({given, :rand.uniform(1_000_000)}))
    end
    """

    load(port, source)
    [%{"message" => minimal}] = call!(port, "baseline", %{"seeds" => [0]})["tests"]
    [%{"failures" => [%{"message" => real}]}] = call!(port, "run_tests", %{"seeds" => [0]})["runs"]
    assert minimal == real
  end

  test "a test file that does not compile is an error, and others are loaded", %{port: port} do
    sources = [
      %{"name" => "bad_test.exs", "source" => "defmodule BadTest do"},
      %{
        "name" => "good_test.exs",
        "source" => "defmodule GoodTest do\n  use ExUnit.Case\n  test \"x\", do: :ok\nend"
      }
    ]

    reply = call!(port, "load_tests", %{"sources" => sources})
    assert [%{"file" => "bad_test.exs", "message" => message}] = reply["errors"]
    assert message =~ "TokenMissingError"
    assert [%{"module" => "GoodTest"}] = reply["tests"]
  end

  test "loading again replaces what was loaded", %{port: port} do
    source = &"defmodule GivenTest do\n  use ExUnit.Case\n  test \"#{&1}\", do: :ok\nend"
    assert [%{"name" => "test one"}] = load(port, source.("one"))
    assert [%{"name" => "test two"}] = load(port, source.("two"))

    assert call!(port, "run_tests", %{"seeds" => [1, 2]})["runs"] == [
             %{"seed" => 1, "failures" => []},
             %{"seed" => 2, "failures" => []}
           ]
  end

  test "run_tests runs the suite with ExUnit and names what fails", %{port: port} do
    source = """
    defmodule GivenTest do
      use ExUnit.Case, async: true
      test "a", do: assert Given.one() == 2
      test "b", do: assert Given.one() == 1
    end
    defmodule InvalidTest do
      use ExUnit.Case
      setup_all do: raise "no"
      test "c", do: :ok
    end
    """

    [a, _, c] = load(port, source)

    for async <- [true, false] do
      assert %{"runs" => [%{"seed" => 7, "failures" => failures}]} =
               call!(port, "run_tests", %{"seeds" => [7], "async" => async})

      assert failures |> Enum.map(& &1["test"]) |> Enum.sort() == Enum.sort([a["id"], c["id"]])
    end
  end
end
