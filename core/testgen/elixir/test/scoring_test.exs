defmodule Testgen.ScoringTest do
  @moduledoc "Each test builds the mutants of a small module in an agent and runs them against a given suite."
  use ExUnit.Case, async: true

  import Testgen.AgentClient

  @moduletag :tmp_dir

  defp outcomes(port, mutants, args \\ %{}) do
    {events, reply} = stream(port, "run_mutants", Map.put(args, "mutants", Enum.map(mutants, & &1["id"])))
    {Map.new(events, &{&1["mutant"], &1}), reply}
  end

  defp of(mutants, operator_group), do: Enum.filter(mutants, &(&1["group"] == operator_group))

  test "a boundary that no test looks at survives, what a test looks at is killed by it", %{tmp_dir: folder} do
    port = open_file(folder, "defmodule Given do\n  def adult?(age), do: age >= 18\nend\n")

    source = """
    defmodule GivenTest do
      use ExUnit.Case
      test "old", do: assert Given.adult?(30)
      test "young", do: refute Given.adult?(3)
    end
    """

    {mutants, %{"differs" => []}} = prepare(port, folder, source)
    {outcomes, %{"ok" => reply}} = outcomes(port, mutants)
    assert %{"poisoned" => false, "suspects" => []} = reply
    assert reply["done"] == Enum.map(mutants, & &1["id"])
    boundary = Enum.find(of(mutants, "comparison"), &(&1["replacement"] =~ ~r/age > 18|^>$/))
    assert outcomes[boundary["id"]]["status"] == "survived"

    assert Enum.any?(outcomes, fn {_, outcome} ->
             outcome["status"] == "killed" and outcome["killed_by"] != []
           end)
  end

  test "a test that compiles the module anew does not hide the mutants from the others", %{tmp_dir: folder} do
    code = "defmodule Given do\n  def twice(n), do: n * 2\n  def next(n), do: n + 1\nend\n"
    port = open_file(folder, code)

    source = """
    defmodule GivenTest do
      use ExUnit.Case

      test "anew" do
        Code.compile_string(#{inspect(code)})
        assert Given.next(1) == 2
      end

      test "next", do: assert Given.next(4) == 5
      test "twice", do: assert Given.twice(4) == 8
    end
    """

    {mutants, %{"differs" => []}} = prepare(port, folder, source)
    {outcomes, %{"ok" => %{"poisoned" => false}}} = outcomes(port, mutants)
    switched = for %{"strategy" => "switch", "id" => id} <- mutants, do: outcomes[id]["status"]
    assert Enum.uniq(switched) == ["killed"]
  end

  test "code that no test reaches has no coverage", %{tmp_dir: folder} do
    port = open_file(folder, "defmodule Given do\n  def a(x), do: x + 1\n  def b(x), do: x - 1\nend\n")
    source = "defmodule GivenTest do\n  use ExUnit.Case\n  test \"a\", do: assert Given.a(1) == 2\nend"
    {mutants, _} = prepare(port, folder, source)
    {outcomes, _} = outcomes(port, mutants)

    for mutant <- mutants, mutant["strategy"] == "switch" do
      expected = if mutant["function"] == "b/1", do: "no_coverage", else: "killed"
      assert outcomes[mutant["id"]]["status"] == expected, inspect(mutant)
    end
  end

  test "an endless loop is a timeout, soon, and the next mutants are judged as ever", %{tmp_dir: folder} do
    code = """
    defmodule Given do
      def count(n), do: count(n, 0)
      defp count(0, sum), do: sum
      defp count(n, sum), do: count(n - 1, sum + n)
    end
    """

    port = open_file(folder, code)
    source = "defmodule GivenTest do\n  use ExUnit.Case\n  test \"sum\", do: assert Given.count(4) == 10\nend"
    {mutants, _} = prepare(port, folder, source)
    {us, {outcomes, %{"ok" => %{"poisoned" => false}}}} = :timer.tc(fn -> outcomes(port, mutants) end)
    statuses = Enum.frequencies_by(outcomes, fn {_, outcome} -> outcome["status"] end)
    assert statuses["timeout"] > 0
    assert statuses["killed"] > 0
    assert us < 10_000_000
  end

  test "a mutant that fills memory is ended", %{tmp_dir: folder} do
    code = """
    defmodule Given do
      def down(n), do: down(n, [])
      defp down(n, list) when n <= 0, do: length(list)
      defp down(n, list), do: down(n - 1, [List.duplicate(n, 5_000) | list])
    end
    """

    port = open_file(folder, code)
    source = "defmodule GivenTest do\n  use ExUnit.Case\n  test \"down\", do: assert Given.down(3) == 3\nend"
    {mutants, _} = prepare(port, folder, source)

    {outcomes, %{"ok" => %{"poisoned" => false}}} =
      outcomes(port, mutants, %{"limits" => %{"extra_work" => 2_000_000_000}})

    assert Enum.any?(outcomes, fn {_, outcome} ->
             outcome["status"] == "timeout" and outcome["message"] =~ "memory"
           end)
  end

  test "state that tests leave behind does not change verdicts", %{tmp_dir: folder} do
    code = """
    defmodule Given do
      def start, do: Agent.start(fn -> 1 end, name: Given.Leaked)
      def bump, do: Agent.update(Given.Leaked, &(&1 + 1))
      def get, do: Agent.get(Given.Leaked, & &1)
    end
    """

    port = open_file(folder, code)

    source = """
    defmodule GivenTest do
      use ExUnit.Case
      test "counts" do
        {:ok, _} = Given.start()
        Given.bump()
        assert Given.get() == 2
      end
    end
    """

    {mutants, %{"tests" => [%{"status" => "passed"}]}} = prepare(port, folder, source)
    {first, _} = outcomes(port, mutants)
    {again, _} = outcomes(port, Enum.reverse(mutants))
    statuses = &Map.new(&1, fn {id, outcome} -> {id, outcome["status"]} end)
    assert statuses.(first) == statuses.(again)
    assert "killed" in Map.values(statuses.(first))
  end

  test "all tests that kill are named when all are asked for", %{tmp_dir: folder} do
    port = open_file(folder, "defmodule Given do\n  def add(a, b), do: a + b\nend\n")

    source = """
    defmodule GivenTest do
      use ExUnit.Case
      test "a", do: assert Given.add(2, 3) == 5
      test "b", do: assert Given.add(2, 4) == 6
    end
    """

    {mutants, _} = prepare(port, folder, source)
    plus = mutants |> of("arithmetic") |> hd()
    {one, _} = outcomes(port, [plus])
    {all, _} = outcomes(port, [plus], %{"all_tests" => true})
    assert length(one[plus["id"]]["killed_by"]) == 1
    assert length(all[plus["id"]]["killed_by"]) == 2
  end

  test "an attribute that a guard reads is mutated by compiling again, and the original comes back", %{
    tmp_dir: folder
  } do
    code =
      "defmodule Given do\n  @limit 10\n  def ok?(n) when n < @limit, do: true\n  def ok?(_), do: false\nend\n"

    port = open_file(folder, code)

    source = """
    defmodule GivenTest do
      use ExUnit.Case
      test "below", do: assert Given.ok?(9)
      test "above", do: refute Given.ok?(10)
    end
    """

    {mutants, _} = prepare(port, folder, source)
    recompiled = Enum.filter(mutants, &(&1["strategy"] == "recompile"))
    assert recompiled != []
    {outcomes, %{"ok" => %{"poisoned" => false}}} = outcomes(port, mutants)
    assert Enum.all?(recompiled, &(outcomes[&1["id"]]["status"] == "killed"))
    assert %{"runs" => [%{"failures" => []}]} = call!(port, "run_tests", %{"seeds" => [1]})
  end

  test "a function that looks at its own name is recompiled for each mutant, and its verdicts are right", %{
    tmp_dir: folder
  } do
    code = """
    defmodule Given do
      def who(n) when n > 0 do
        {:current_stacktrace, [_, {_, name, arity, _} | _]} = Process.info(self(), :current_stacktrace)
        {name, arity, n + 1}
      end

      def who(_), do: :nobody
      def twice(n) when n != 7, do: n * 2
    end
    """

    port = open_file(folder, code)

    source = """
    defmodule GivenTest do
      use ExUnit.Case
      test "who", do: assert Given.who(5) == {:who, 1, 6}
      test "nobody", do: assert Given.who(0) == :nobody
      test "twice", do: assert Given.twice(5) == 10
    end
    """

    {mutants, baseline} = prepare(port, folder, source)
    assert %{"differs" => [], "fallbacks" => [%{"function" => "Given.who/1", "reason" => reason}]} = baseline
    assert reason =~ "GivenTest test who ends otherwise"
    assert Enum.map(baseline["tests"], & &1["status"]) == ["passed", "passed", "passed"]

    {who, twice} = Enum.split_with(mutants, &(&1["function"] == "who/1"))
    assert Enum.sort(baseline["recompiled"]) == Enum.sort(Enum.map(who, & &1["id"]))
    assert Enum.all?(mutants, &(&1["strategy"] == "switch"))

    {outcomes, %{"ok" => %{"poisoned" => false}}} = outcomes(port, mutants)

    status = fn mutants, text ->
      for %{"original" => ^text, "id" => id} <- mutants, do: outcomes[id]["status"]
    end

    assert Enum.uniq(status.(who, "n + 1")) == ["killed"]
    assert Enum.uniq(status.(twice, "n * 2")) == ["killed"]
    boundary = Enum.find(who, &(&1["original"] == "n > 0" and &1["replacement"] == "n >= 0"))
    assert %{"status" => "killed", "killed_by" => [2]} = outcomes[boundary["id"]]

    # A further VM is told, and has nothing to find out.
    built = call!(port, "mutants", %{"path" => Path.join(folder, "code.ex"), "recompile" => ["Given.who/1"]})

    assert for(%{"strategy" => "recompile", "id" => id} <- built["mutants"], do: id) == baseline["recompiled"]
  end

  test "a test that depends on others accuses no function of being different when switched", %{
    tmp_dir: folder
  } do
    port = open_file(folder, "defmodule Given do\n  def add(a, b), do: a + b\nend\n")

    source = """
    defmodule GivenTest do
      use ExUnit.Case
      test "first", do: Application.put_env(:given, :seen, Given.add(1, 1))
      test "second", do: assert Application.get_env(:given, :seen) == 2
    end
    """

    call!(port, "mutants", %{"path" => Path.join(folder, "code.ex")})
    load(port, source)
    baseline = call!(port, "baseline", %{"runs" => 1})
    assert %{"fallbacks" => [], "recompiled" => []} = baseline
    assert Enum.map(baseline["tests"], & &1["status"]) == ["passed", "unstable"]
  end

  test "a recompiled mutant meets the tests that reach no other", %{tmp_dir: folder} do
    port =
      open_file(
        folder,
        "defmodule Given do\n  @limit 10\n  def limit, do: @limit\n  def next(n), do: n + 1\nend\n"
      )

    source = """
    defmodule GivenTest do
      use ExUnit.Case
      test "limit", do: assert Given.limit() == 10
      test "next", do: assert Given.next(4) == 5
    end
    """

    {mutants, _} = prepare(port, folder, source)
    limits = for %{"original" => "10", "id" => id} <- mutants, do: id
    {outcomes, _} = outcomes(port, mutants)
    assert limits != []
    assert Enum.map(limits, &outcomes[&1]["status"]) |> Enum.uniq() == ["killed"]
  end

  test "a test that fails whenever any mutant is active is not trusted", %{tmp_dir: folder} do
    port = open_file(folder, "defmodule Given do\n  def add(a, b), do: a + b\nend\n")

    source = """
    defmodule GivenTest do
      use ExUnit.Case
      test "forges" do
        Given.add(1, 1)
        assert Testgen.Mutation.Switch.active() in [0, :recording]
      end
    end
    """

    {mutants, _} = prepare(port, folder, source)
    {_, %{"error" => error}} = outcomes(port, mutants)
    assert error["kind"] == "untrusted_test"
    assert [_] = error["details"]["tests"]
  end

  test "it does not matter which mutant comes first: the last canary sees every test that killed", %{
    tmp_dir: folder
  } do
    port =
      open_file(folder, "defmodule Given do\n  def add(a, b), do: a + b\n  def big?(n), do: n > 100\nend\n")

    source = """
    defmodule GivenTest do
      use ExUnit.Case
      test "honest", do: assert Given.big?(1000)
      test "forges" do
        Given.add(1, 1)
        assert Testgen.Mutation.Switch.active() in [0, :recording]
      end
    end
    """

    {mutants, _} = prepare(port, folder, source)
    {survivors_first, forged} = Enum.split_with(mutants, &(&1["function"] == "big?/1"))
    {_, %{"error" => error}} = outcomes(port, survivors_first ++ forged)
    assert error["kind"] == "untrusted_test"
    assert error["message"] =~ "forges"
  end

  test "a test that fails for each number from the first mutant's to the last's is not trusted", %{
    tmp_dir: folder
  } do
    port = open_file(folder, "defmodule Given do\n  def add(a, b), do: a + b\nend\n")
    %{"mutants" => mutants} = call!(port, "mutants", %{"path" => Path.join(folder, "code.ex")})
    last = mutants |> Enum.map(& &1["id"]) |> Enum.max()

    source = """
    defmodule GivenTest do
      use ExUnit.Case
      test "forges" do
        Given.add(1, 1)
        refute Testgen.Mutation.Switch.active() in 1..#{last}
      end
    end
    """

    {mutants, _} = prepare(port, folder, source)
    {_, %{"error" => error}} = outcomes(port, mutants)
    assert error["kind"] == "untrusted_test"
  end

  test "a test that switches the mutant off is not trusted", %{tmp_dir: folder} do
    port = open_file(folder, "defmodule Given do\n  def add(a, b), do: a + b\nend\n")

    source = """
    defmodule GivenTest do
      use ExUnit.Case
      test "resets" do
        if is_integer(Testgen.Mutation.Switch.active()), do: Testgen.Mutation.Switch.deactivate()
        assert Given.add(1, 1) == 2
      end
    end
    """

    {mutants, _} = prepare(port, folder, source)
    {_, %{"error" => error}} = outcomes(port, mutants)
    assert error["kind"] == "untrusted_test"
  end

  test "state that cannot be put back ends the campaign as poisoned, with the suspects", %{tmp_dir: folder} do
    port = open_file(folder, "defmodule Given do\n  def add(a, b), do: a + b\nend\n")
    marker = Path.join(folder, "marker")

    # A file outlives everything that is put back: the test passes as long as no mutant has made it fail.
    source = """
    defmodule GivenTest do
      use ExUnit.Case
      test "remembers" do
        refute File.exists?(#{inspect(marker)})
        if Given.add(2, 3) != 5, do: File.write!(#{inspect(marker)}, "")
        assert Given.add(2, 3) == 5
      end
    end
    """

    {mutants, _} = prepare(port, folder, source)
    {_, %{"ok" => reply}} = outcomes(port, mutants)
    assert %{"poisoned" => true, "suspects" => [_ | _], "reason" => reason} = reply
    assert reason =~ "remembers"
  end

  test "tests that fail without a mutant take no part", %{tmp_dir: folder} do
    port = open_file(folder, "defmodule Given do\n  def add(a, b), do: a + b\nend\n")

    source =
      "defmodule GivenTest do\n  use ExUnit.Case\n  test \"wrong\", do: assert Given.add(1, 1) == 3\nend"

    {mutants, %{"tests" => [%{"status" => "failed"}]}} = prepare(port, folder, source)
    {outcomes, _} = outcomes(port, mutants)
    assert outcomes |> Map.values() |> Enum.map(& &1["status"]) |> Enum.uniq() == ["no_coverage"]
  end

  test "operations out of order say what comes first", %{tmp_dir: folder} do
    port = open_file(folder, "defmodule Given do\n  def one, do: 1\nend\n")
    assert call(port, "run_mutants", %{"mutants" => [1]})["error"]["kind"] == "no_build"
    assert call(port, "baseline")["error"]["kind"] == "no_tests"
    call!(port, "mutants", %{"path" => "code.ex"})
    assert call(port, "run_mutants", %{"mutants" => [1]})["error"]["kind"] == "no_baseline"
    assert call(port, "mutants", %{"path" => "nowhere.ex"})["error"]["kind"] == "unreadable"
  end
end
