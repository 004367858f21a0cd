defmodule Testgen.ObservationTest do
  # Tracing, the log handler and the active mutant belong to the whole VM.
  use ExUnit.Case, async: false

  alias Testgen.Mutation
  alias Testgen.Observation

  @moduletag :capture_log

  @source ~S'''
  defmodule Observed.Shop do
    defstruct [:id, :name, price: 0]

    def total(items, discount \\ 0) when is_list(items) do
      sum = Enum.sum(items)
      if sum > 100, do: sum - discount, else: sum
    end

    def free?(items), do: total(items) == 0
    def flag(x), do: x > 1
    def none, do: nil
    def third(x), do: x / 3
    def new(name), do: %__MODULE__{id: make_ref(), name: name}
    def start(n), do: Agent.start_link(fn -> n end)
    def named(n), do: Agent.start_link(fn -> n end, name: __MODULE__)
    def value(pid), do: Agent.get(pid, & &1)
    def stamp(name), do: %{name: name, at: DateTime.utc_now()}
    def today, do: Date.utc_today()
    def save(reason), do: {:error, %{reason: reason}}
    def save!(reason), do: raise(File.Error, reason: reason, action: "write to file", path: "x")
    def past?(date), do: Date.compare(date, Date.utc_today()) == :lt
    def days_since(date), do: Date.diff(Date.utc_today(), date)
    def coin, do: Enum.random([:heads, :tails])
    def shuffled(list), do: list |> Enum.shuffle() |> Enum.sort()
    def greet(name), do: IO.puts("Hello, #{name}")
    def shout(name), do: (IO.puts("Hello, #{name}"); String.upcase(name))
    def ask, do: IO.gets("Name? ")
    def complain(text), do: IO.puts(:stderr, "shop: " <> text)
    def warn(text), do: (require Logger; Logger.error("shop: " <> text); :ok)
    def order!(0), do: raise(ArgumentError, "cannot order 0 items")
    def order!(n) when n < 0, do: raise(ArgumentError, "cannot order\n  #{n} items")
    def order!(n) when n > 99, do: raise("too many items for one order, namely #{inspect(make_ref())}")
    def order!(n), do: Map.fetch!(%{1 => :one}, n)
    def escape, do: throw({:found, 3})
    def leave, do: exit({:shutdown, :closed})
    def notify(pid), do: (send(pid, {:ordered, 3}); :ok)
    def late(pid), do: (spawn(fn -> send(pid, :later) end); :ok)
    def forever, do: forever()
    defmacro spin, do: Enum.each(Stream.cycle([1]), & &1)
    def range(n), do: Enum.to_list(1..n)
    def text, do: "first line\nsecond \"line\"\nthird \\ line\n"
    def adder(n), do: fn x -> x + n end
    def served, do: (flag = :atomics.new(1, []); {spawn(fn -> serve(flag) end), flag})
    def serve(flag), do: receive do: (:go -> (work_ms(3); :atomics.put(flag, 1, 1); serve(flag)))
    def work_ms(n), do: work_until(System.monotonic_time(:millisecond) + n)
    def work_until(at), do: if(System.monotonic_time(:millisecond) <= at, do: work_until(at))
    def waits(flag), do: :atomics.get(flag, 1) == 1
    def read(path), do: File.read(path)
    def place(path), do: path
    def ids, do: MapSet.new([1, 2])
    def count, do: :persistent_term.get(:shop_count, 0) + 1
    def counted, do: (n = count(); :persistent_term.put(:shop_count, n); n)
  end
  '''

  setup_all do
    Code.compile_string(@source, "shop.ex")
    :ok
  end

  defp context(build \\ nil) do
    test = self()
    %{emit: fn event, data -> send(test, {event, data}) && :ok end, build: build, project: nil}
  end

  @module "Observed.Shop"

  defp observe(candidates, context \\ context()) do
    requests =
      for {candidate, id} <- Enum.with_index(candidates) do
        {setup, call} = if is_tuple(candidate), do: candidate, else: {[], candidate}
        %{"id" => id, "setup" => setup, "call" => call}
      end

    args = %{"module" => @module, "aliases" => [["Shop", @module]], "candidates" => requests, "runs" => 2}
    {:ok, %{"count" => count}, changes} = Observation.observe(args, context)
    {Enum.map(1..count, fn _ -> receive do: ({"observation", data} -> data) end), changes}
  end

  defp one(candidate) do
    {[observation], _} = observe([candidate])
    observation
  end

  defp written({_, call}), do: written(call)
  defp written(call), do: Enum.join(one(call)["assertion"], "\n")

  describe "the assertion of" do
    @assertions [
      {"Shop.total([1, 2])", "assert Shop.total([1, 2]) == 3"},
      {"[1, 2] |> Shop.total()", "assert [1, 2] |> Shop.total() == 3"},
      {"Shop.total [1, 2]", "assert Shop.total([1, 2]) == 3"},
      {"Shop.total([1]) + 1", "assert Shop.total([1]) + 1 == 2"},
      {"Shop.total([1]) == 1", "assert Shop.total([1]) == 1"},
      {"Shop.free?([])", "assert Shop.free?([])"},
      {"Shop.free?([1])", "refute Shop.free?([1])"},
      {"Shop.flag(1)", "assert Shop.flag(1) == false"},
      {"Shop.none()", "assert Shop.none() == nil"},
      {"Shop.third(1)", "assert_in_delta Shop.third(1), 0.333333333, 1.0e-8"},
      {"Shop.third(3)", "assert Shop.third(3) == 1.0"},
      {"Shop.new(\"pen\")",
       "assert %Shop{id: id, name: \"pen\"} = Shop.new(\"pen\")\nassert is_reference(id)"},
      {"Shop.start(1)", "assert {:ok, pid} = Shop.start(1)\nassert is_pid(pid)"},
      {"Shop.stamp(\"ann\")", "assert %{at: %DateTime{}, name: \"ann\"} = Shop.stamp(\"ann\")"},
      {"Shop.today()", "assert %Date{} = Shop.today()"},
      {"Shop.days_since(~D[2020-01-01])", "assert is_integer(Shop.days_since(~D[2020-01-01]))"},
      {"Shop.coin()", "assert is_atom(Shop.coin())"},
      {"Shop.shuffled([2, 1])", "assert Shop.shuffled([2, 1]) == [1, 2]"},
      {"Shop.greet(\"Ann\")", "assert capture_io(fn -> Shop.greet(\"Ann\") end) == \"Hello, Ann\\n\""},
      {"Shop.shout(\"Ann\")",
       "assert with_io(fn -> Shop.shout(\"Ann\") end) == {\"ANN\", \"Hello, Ann\\n\"}"},
      {"Shop.ask()", "assert with_io(fn -> Shop.ask() end) == {:eof, \"Name? \"}"},
      {"with_io(\"Ann\", fn -> Shop.ask() end)",
       "assert with_io(\"Ann\", fn -> Shop.ask() end) == {\"Ann\", \"Name? \"}"},
      {"Shop.complain(\"low\")",
       "assert capture_io(:stderr, fn -> Shop.complain(\"low\") end) == \"shop: low\\n\""},
      {"Shop.warn(\"low\")", "assert capture_log(fn -> Shop.warn(\"low\") end) =~ \"shop: low\""},
      {"Shop.order!(0)", "assert_raise ArgumentError, \"cannot order 0 items\", fn -> Shop.order!(0) end"},
      {"Shop.order!(-1)", "assert_raise ArgumentError, ~r/^cannot order/, fn -> Shop.order!(-1) end"},
      {"Shop.order!(2)", "assert_raise KeyError, fn -> Shop.order!(2) end"},
      {"Shop.total(1)", "assert_raise FunctionClauseError, fn -> Shop.total(1) end"},
      {"Shop.escape()", "assert catch_throw(Shop.escape()) == {:found, 3}"},
      {"Shop.leave()", "assert catch_exit(Shop.leave()) == {:shutdown, :closed}"},
      {"Shop.notify(self())", "assert Shop.notify(self()) == :ok\nassert_receive {:ordered, 3}"},
      {"Shop.late(self())", "assert Shop.late(self()) == :ok\nassert_receive :later"},
      {"Shop.range(300)", "assert [1, 2, 3 | _] = list = Shop.range(300)\nassert length(list) == 300"},
      {"Shop.adder(1)", "assert is_function(Shop.adder(1), 1)"},
      {"Shop.ids()", "assert Shop.ids() == MapSet.new([1, 2])"}
    ]

    for {call, assertion} <- @assertions do
      test call do
        assert written(unquote(call)) == unquote(assertion)
      end
    end

    test "a long raise names the stable beginning of its message" do
      assert written("Shop.order!(100)") =~
               ~r/^assert_raise RuntimeError, ~r\/\^too many items for one order, namely/
    end

    test "text of several lines is a heredoc" do
      assert "assert Shop.text() == \"\"\"" <> _ = written("Shop.text()")
    end

    test "several statements is about the last of them" do
      assert written("x = [1_000]\ny = Shop.total(x)") == "x = [1_000]\nassert Shop.total(x) == 1000"

      assert written("pen = Shop.total([1]); Shop.total([pen, 2])") ==
               "pen = Shop.total([1])\nassert Shop.total([pen, 2]) == 3"

      assert written("{:ok, _} = Shop.start(1)") == "assert {:ok, pid} = Shop.start(1)\nassert is_pid(pid)"
    end

    test "an exception has the fields of its source" do
      assert written("{Shop.none(), ArgumentError.exception(\"x\")}") ==
               ~S|assert {Shop.none(), ArgumentError.exception("x")} == {nil, %ArgumentError{message: "x"}}|
    end

    test "a call after a setup leaves the setup to the test" do
      assert one({["{:ok, pid} = Shop.start(3)"], "Shop.value(pid)"})["assertion"] == [
               "assert Shop.value(pid) == 3"
             ]
    end
  end

  test "every assertion holds when it is run as it is written" do
    calls = for {call, _} <- @assertions, do: call
    {observations, _} = observe(calls ++ ["Shop.text()", "Shop.order!(100)"])

    for observation <- observations do
      imports =
        "import ExUnit.Assertions\nimport ExUnit.CaptureIO\nimport ExUnit.CaptureLog\nalias #{@module}\n"

      assert observation["assertion"] != [], inspect(observation)
      Code.eval_string(imports <> Enum.join(observation["assertion"], "\n"))
    end
  end

  describe "what cannot be asserted" do
    test "what the machine does not let it do is no behaviour of the code" do
      for call <- ["Shop.save(:erofs)", "Shop.save!(:enetunreach)"] do
        assert %{"status" => "unstable", "message" => message} = one(call)
        assert message =~ "machine"
      end

      assert one("Shop.save(:enoent)")["status"] == "ok"
    end

    test "an answer that depends on today is unstable" do
      assert %{"status" => "unstable", "assertion" => [], "message" => message} =
               one("Shop.past?(~D[2020-01-01])")

      assert message =~ "clock"
    end

    test "an endless loop is a timeout" do
      assert %{"status" => "timeout", "assertion" => []} = one("Shop.forever()")
    end

    test "a macro that does not end is invalid" do
      assert %{"status" => "invalid", "message" => "its macros did not end" <> _} =
               one({["require Shop"], "Shop.spin()"})
    end

    test "a syntax error, an unknown function and a failing setup are invalid" do
      assert %{"status" => "invalid"} = one("Shop.total(")
      assert %{"status" => "invalid", "message" => message} = one("Shop.nothing()")
      assert message =~ "Shop.nothing/0"
      assert %{"status" => "invalid", "message" => setup} = one({["raise \"no\""], "Shop.total([])"})
      assert setup =~ "its setup raised RuntimeError"
      assert %{"status" => "invalid"} = one("Shop.total(unknown)")
    end

    test "what a test never needs, and what leaves the module alone, is refused" do
      assert %{"status" => "refused", "message" => "System.halt: stops the VM"} =
               one("Shop.total([System.halt()])")

      assert %{"status" => "refused", "message" => "it does not use " <> _} = one("Enum.sum([1])")
    end
  end

  test "an exception says whether the code meant it" do
    assert %{"status" => "raise", "exception" => "ArgumentError", "deliberate" => true} =
             one("Shop.order!(0)")

    assert %{"exception" => "FunctionClauseError", "deliberate" => false} = one("Shop.total(1)")
  end

  test "candidates do not see what others left" do
    {observations, _} = observe(["Shop.counted()", "Shop.named(1)", "Shop.counted()", "Shop.named(2)"])
    assert Enum.map(observations, & &1["status"]) == ["ok", "ok", "ok", "ok"]

    assert [["assert Shop.counted() == 1"], [_, _], ["assert Shop.counted() == 1"], [_, _]] =
             Enum.map(observations, & &1["assertion"])

    assert Process.whereis(Observed.Shop) == nil
  end

  test "aliases of the test file are seen through" do
    args = %{
      "module" => @module,
      "aliases" => [["S", "System"], ["Shop", @module]],
      "candidates" => [%{"id" => 0, "call" => "Shop.total([S.halt()])"}]
    }

    {:ok, _, _} = Observation.observe(args, context())
    assert_receive {"observation", %{"status" => "refused", "message" => "System.halt: stops the VM"}}
  end

  test "a prelude that does not compile is an error of the request" do
    args = %{"module" => @module, "prelude" => "import No.Such", "candidates" => []}
    assert {:error, "invalid_prelude", message, _} = Observation.observe(args, context())
    assert message =~ "No.Such"
  end

  describe "the kill matrix" do
    setup do
      {:ok, build} =
        Mutation.build(@source, "shop.ex", functions: ["total/2", "flag/1", "greet/1", "named/1", "forever/0"])

      {:ok, build} = Mutation.load(build)
      on_exit(fn -> Mutation.unload(build) end)
      {:ok, build: build}
    end

    defp kill_matrix(candidates, build) do
      {observations, changes} = observe(candidates, context(build))
      {:ok, reply, _} = Observation.kill_matrix(%{}, Map.merge(context(build), changes))
      {observations, reply, kills([])}
    end

    defp kills(found) do
      receive do
        {"kills", data} -> kills([data | found])
      after
        0 -> Map.new(found, &{&1["mutant"], &1})
      end
    end

    defp mutant(build, original, replacement) do
      Enum.find(build.mutants, &(&1.original == original and &1.replacement =~ replacement)) ||
        flunk(
          "no mutant #{original} -> #{replacement} in #{inspect(Enum.map(build.mutants, &{&1.original, &1.replacement}))}"
        )
    end

    test "tells which candidates kill which mutants, and who passes them", %{build: build} do
      {observations, reply, kills} =
        kill_matrix(["Shop.total([100, 1], 5)", "Shop.total([100], 5)", "Shop.flag(1)"], build)

      assert %{"poisoned" => false, "run" => run} = reply
      assert run == map_size(kills)

      boundary = mutant(build, "sum > 100", "sum >= 100")
      assert boundary.id in Enum.at(observations, 0)["covers"]
      assert boundary.id in Enum.at(observations, 1)["covers"]
      refute boundary.id in Enum.at(observations, 2)["covers"]
      assert kills[boundary.id]["killed_by"] == [1]

      minus = mutant(build, "sum - discount", "sum + discount")
      assert kills[minus.id]["killed_by"] == [0]
    end

    test "asks oracles about output and state, and puts both back", %{build: build} do
      {_, reply, kills} = kill_matrix(["Shop.greet(\"Ann\")", "Shop.named(1)", "Shop.named(2)"], build)
      assert %{"poisoned" => false} = reply
      assert Enum.any?(kills, fn {_, kill} -> 0 in kill["killed_by"] end)
      assert Process.whereis(Observed.Shop) == nil
      assert Mutation.Switch.active() == 0
    end

    test "knows candidates again under a newer build", %{build: build} do
      {_, changes} = observe(["Shop.total([100], 5)"])
      assert [%{covers: []}] = Map.values(changes.candidates)
      {:ok, _, %{candidates: candidates}} = Observation.kill_matrix(%{}, Map.merge(context(build), changes))
      assert [%{covers: [_ | _]}] = Map.values(candidates)
      assert kills([])[mutant(build, "sum > 100", "sum >= 100").id]["killed_by"] == [0]
    end

    test "without a build is an error", %{} do
      assert {:error, "no_build", _, _} = Observation.kill_matrix(%{}, context())
    end
  end

  describe "the kill matrix in a VM that a mutant changes for good" do
    # An atom, once made, stays until the VM ends.
    @marks """
    defmodule Observed.Marks do
      def mark(n), do: if(n > 1, do: String.to_atom("observed_mark_" <> Integer.to_string(n)), else: :nothing)

      def marked?(n) when n > 0 do
        is_atom(String.to_existing_atom("observed_mark_" <> Integer.to_string(n)))
      rescue
        ArgumentError -> false
      end
    end
    """

    setup do
      {:ok, build} = Mutation.build(@marks, "marks.ex")
      {:ok, build} = Mutation.load(build)
      on_exit(fn -> Mutation.unload(build) end)
      {:ok, build: build}
    end

    defp marks(n, mutants, build) do
      calls = ["Observed.Marks.mark(#{n})", "Observed.Marks.marked?(#{n})"]
      candidates = for {call, id} <- Enum.with_index(calls), do: %{"id" => id, "call" => call}
      args = %{"module" => "Observed.Marks", "candidates" => candidates}
      {:ok, _, changes} = Observation.observe(args, context(build))
      ids = Enum.map(mutants, & &1.id)
      {:ok, reply, _} = Observation.kill_matrix(%{"mutants" => ids}, Map.merge(context(build), changes))
      reply
    end

    test "names the mutants whose kills mean nothing", %{build: build} do
      marking = mutant(build, "n > 1", "n >= 1")
      later = mutant(build, "n > 0", "n >= 0")
      reply = marks(1, [marking, later], build)
      assert %{"poisoned" => true, "suspects" => suspects} = reply
      assert Enum.sort(suspects) == Enum.sort([marking.id, later.id])
      assert reply["reason"] =~ "marked?(1)"
    end

    test "names none where all is well", %{build: build} do
      assert %{"poisoned" => false, "suspects" => []} = marks(-1, [mutant(build, "n > 0", "n >= 0")], build)
    end
  end

  test "a prelude may define modules, and again in the next request" do
    args = %{
      "module" => @module,
      "aliases" => [["Shop", @module], ["Answering", "Observed.ShopStubs.Answering"]],
      "prelude" => "defmodule Observed.ShopStubs.Answering do\n  def name, do: \"ann\"\nend",
      "candidates" => [%{"id" => 0, "call" => "Shop.new(Answering.name()).name"}]
    }

    for _ <- 1..2 do
      {:ok, %{"count" => 1}, _} = Observation.observe(args, context())
      assert_receive {"observation", %{"assertion" => [~S|assert Shop.new(Answering.name()).name == "ann"|]}}
    end

    taken = %{args | "prelude" => "defmodule Observed.Shop do\nend"}
    assert {:error, "invalid_prelude", message, _} = Observation.observe(taken, context())
    assert message =~ "replaces a module that exists"
  end

  test "what depends on whether a process was quick enough is not steady" do
    setup = ["{pid, flag} = Shop.served()", "send(pid, :go)"]
    assert %{"assertion" => ["assert is_boolean(Shop.waits(flag))"]} = one({setup, "Shop.waits(flag)"})
  end

  test "a candidate that uses tmp_dir has an empty folder, elsewhere in each run" do
    setup = [~S|path = Path.join(tmp_dir, "a.txt")|, ~S|File.write!(path, "one\n")|]
    assert %{"assertion" => [~S|assert Shop.read(path) == {:ok, "one\n"}|]} = one({setup, "Shop.read(path)"})
    assert %{"value" => "{1, []}"} = one({[], "{Shop.place(1), File.ls!(tmp_dir)}"})
    assert %{"oracle" => "pattern"} = one({["path = tmp_dir"], "Shop.place(path)"})
  end

  test "a mutant that loops is a timeout, not a kill" do
    source = """
    defmodule Observed.Countdown do
      def down(n) when n > 0, do: down(n - 1)
      def down(_), do: :done
    end
    """

    {:ok, build} = Mutation.build(source, "countdown.ex")
    {:ok, build} = Mutation.load(build)
    loop = Enum.find(build.mutants, &(&1.original == "n - 1" and &1.replacement =~ "n + 1"))

    args = %{
      "module" => "Observed.Countdown",
      "candidates" => [%{"id" => 0, "call" => "Observed.Countdown.down(3)"}]
    }

    {:ok, _, changes} = Observation.observe(args, context(build))
    {:ok, _, _} = Observation.kill_matrix(%{"mutants" => [loop.id]}, Map.merge(context(build), changes))
    assert_receive {"kills", %{"killed_by" => [], "timeout_by" => [0]}}
  end

  test "a mutant that fails a candidate before its call is told from one that the call tells" do
    source = """
    defmodule Observed.Till do
      def open(n) when n > 0, do: n
      def take(n), do: n + 1
    end
    """

    {:ok, build} = Mutation.build(source, "till.ex")
    {:ok, build} = Mutation.load(build)
    refusing = mutant(build, "n > 0", "n <= 0")

    candidates = [
      %{"id" => 0, "setup" => ["till = Observed.Till.open(1)"], "call" => "Observed.Till.take(till)"},
      %{"id" => 1, "call" => "Observed.Till.open(1)"}
    ]

    {:ok, _, changes} =
      Observation.observe(%{"module" => "Observed.Till", "candidates" => candidates}, context(build))

    {:ok, _, _} = Observation.kill_matrix(%{"mutants" => [refusing.id]}, Map.merge(context(build), changes))
    assert_receive {"kills", %{"killed_by" => killed_by, "broken_by" => [0]}}
    assert Enum.sort(killed_by) == [0, 1]
  end

  test "a mutant that has to be recompiled is judged by the whole test" do
    source = """
    defmodule Observed.Limits do
      @limit 10
      def limit(n) when n == @limit, do: n
      def limit(_), do: 0
      def other, do: 1
    end
    """

    {:ok, build} = Mutation.build(source, "limits.ex")
    {:ok, build} = Mutation.load(build)
    ids = for mutant <- build.mutants, mutant.strategy == :recompile, do: mutant.id
    assert ids != []
    candidates = [%{"id" => 0, "call" => "Limits.limit(10)"}, %{"id" => 1, "call" => "Limits.other()"}]

    args = %{
      "module" => "Observed.Limits",
      "aliases" => [["Limits", "Observed.Limits"]],
      "candidates" => candidates
    }

    {:ok, _, changes} = Observation.observe(args, context(build))

    {:ok, %{"poisoned" => false}, _} =
      Observation.kill_matrix(%{"mutants" => ids}, Map.merge(context(build), changes))

    assert_receive {"kills", %{"killed_by" => [0]}}
    assert apply(Observed.Limits, :limit, [10]) == 10
  end
end
