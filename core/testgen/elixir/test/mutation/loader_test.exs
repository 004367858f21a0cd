defmodule Testgen.Mutation.LoaderTest do
  use ExUnit.Case, async: false

  import Testgen.MutationSource
  alias Testgen.Mutation
  alias Testgen.Mutation.Switch

  defmodule Unbound do
    @behaviour Testgen.Mutation.Operator
    alias Testgen.Mutation.{Change, Context}

    def id, do: "own.unbound"
    def group, do: "own"

    def describe,
      do: %{summary: "A variable that is not there.", examples: [{"7", "nope"}], not: "Other numbers."}

    def mutations({:__block__, _, [7]}, %Context{site: :expression}), do: [Change.replace({:nope, [], nil})]
    def mutations(_, _), do: []
  end

  setup do
    on_exit(&Switch.deactivate/0)
  end

  test "a mutant that does not compile is invalid, with the compiler's message, and the others stay" do
    {build, module} = build("def f, do: 7\ndef g(x), do: {x + 7, 8}", operator_modules: [Unbound])
    {:ok, loaded} = Mutation.load(build)

    assert ["own.unbound", "own.unbound"] == Enum.map(loaded.invalid, & &1.operator)
    assert Enum.all?(loaded.invalid, &(&1.message =~ "nope"))
    assert length(loaded.mutants) + 2 == length(build.mutants)
    assert Enum.all?(loaded.mutants, &(&1.strategy == :switch))
    assert loaded.fallbacks == []
    assert module.g(1) == {8, 8}
    unload(module)
  end

  test "the numbers of mutants stay the same when some are invalid" do
    {build, module} = build("def f, do: 7\ndef g(x), do: x - 1", operator_modules: [Unbound])
    {:ok, loaded} = Mutation.load(build)
    mutant = Enum.find(loaded.mutants, &(&1.original == "x - 1"))
    Switch.activate(mutant.id)
    assert module.g(1) == 2

    assert Map.new(build.mutants, &{&1.id, &1.key}) ==
             Map.new(loaded.mutants ++ loaded.invalid, &{&1.id, &1.key})

    unload(module)
  end

  test "the numbers of mutants have gaps, one of them below the first, that only the numbering decides" do
    numbers = fn numbering ->
      {build, module} = build("def f(x), do: {x + 1, x - 2, x * 3, x > 4}", numbering: numbering)
      unload(module)
      Enum.map(build.mutants, & &1.id)
    end

    assert numbers.(1) == numbers.(1)
    assert numbers.(1) != numbers.(2)

    for numbering <- 0..20, ids = numbers.(numbering) do
      assert ids == ids |> Enum.sort() |> Enum.uniq()
      assert hd(ids) > 1
      assert List.last(ids) - hd(ids) > length(ids) - 1
    end
  end

  test "recording tells the mutants that were reached, and no others" do
    {build, module} =
      build("def f(x) do\nif x > 1, do: x * 2, else: x - 3\nend\ndef g(1), do: 4\ndef g(x), do: x")

    {:ok, build} = Mutation.load(build)
    Switch.start_recording(build)
    assert module.f(5) == 10
    reached = Switch.stop_recording(build)
    originals = for mutant <- build.mutants, mutant.id in reached, do: mutant.original
    assert "x * 2" in originals and "x > 1" in originals
    refute "x - 3" in originals
    refute Enum.any?(build.mutants, &(&1.id in reached and &1.function == "g/1"))
    assert Switch.active() == 0
    unload(module)
  end

  test "mutants of chosen functions and lines only" do
    source = "def f(x), do: x + 1\ndef g(x) do\n  y = x - 2\n  y * 3\nend"
    {build, module} = build(source, functions: ["g/1"])
    assert Enum.uniq(Enum.map(build.mutants, & &1.function)) == ["g/1"]
    unload(module)
    {build, module} = build(source, lines: [{4, 4}])
    assert Enum.uniq(Enum.map(build.mutants, &(&1.start |> elem(0)))) == [4]
    unload(module)
  end

  test "an attribute that a guard reads, a struct's default and a macro are recompiled" do
    {build, module} =
      build("""
      @limit 3
      defstruct a: 5
      def f(x) when x > @limit, do: @limit
      def f(_), do: 0
      defmacro m(x), do: (if x == 1, do: 1, else: 2)
      """)

    limit = Enum.find(build.mutants, &(&1.original == "3"))
    default = Enum.find(build.mutants, &(&1.original == "5"))
    inside = Enum.filter(build.mutants, &(&1.function == "m/1"))
    assert Enum.all?([limit, default | inside], &(&1.strategy == :recompile))
    refute build.points |> Map.values() |> List.flatten() |> Enum.member?(limit.id)
    assert {:ok, [{^module, _}]} = Mutation.recompile(build, limit.id)
    assert module.f(4) == 0
    Mutation.unload(build)
    assert module.f(4) == 3
    unload(module)
  end

  test "an attribute that only running code reads is switched at every place that reads it" do
    {build, module} =
      build(
        "@limit 3\n@names [:a, :b]\ndef f(x), do: x > @limit\ndef g, do: @limit\ndef h(x), do: x in @names"
      )

    {:ok, build} = Mutation.load(build)
    limit = Enum.find(build.mutants, &(&1.original == "3"))
    name = Enum.find(build.mutants, &(&1.original == ":b"))
    assert {limit.strategy, name.strategy} == {:switch, :switch}
    assert {module.f(4), module.g(), module.h(:b)} == {true, 3, true}
    Switch.activate(limit.id)
    assert {module.f(4), module.g(), module.h(:b)} == {false, 4, true}
    Switch.activate(name.id)
    assert {module.f(4), module.g(), module.h(:b)} == {true, 3, false}
    Switch.deactivate()
    unload(module)
  end

  test "an attribute that is set twice, or read by another or in a function that is left alone, is recompiled" do
    for source <- [
          "@limit 3\ndef f, do: @limit\n@limit 4\ndef g, do: @limit",
          "@limit 3\n@twice @limit + 1\ndef f, do: {@limit, @twice}",
          "@limit 3\ndefmacro f, do: @limit\ndef g, do: @limit",
          "@limit 3\ndef f(@limit), do: @limit"
        ] do
      {build, module} = build(source)
      assert Enum.find(build.mutants, &(&1.original == "3")).strategy == :recompile
      unload(module)
    end
  end

  test "what does not parse, does not compile or has no module is said so" do
    assert {:error, :parse_error, "a.ex:1: " <> _} = Mutation.build("defmodule A do", "a.ex")
    assert {:error, :compile_error, message} = Mutation.build("defmodule A do\ndef f, do: nope\nend", "a.ex")
    assert message =~ "nope"
    assert {:error, :no_module, _} = Mutation.build("1 + 1", "a.ex")
  end

  test "a mutant travels as plain maps, lists, strings and numbers" do
    {build, module} = build("def f(x), do: x + 1")
    unload(module)
    wire = build.mutants |> Enum.find(&(&1.original == "x + 1")) |> Mutation.to_wire()

    assert %{
             "operator" => "arithmetic.operator",
             "key" => "arithmetic.operator@2:15#0",
             "start" => [2, 15],
             "end" => [2, 20]
           } = wire

    assert %{"original" => "x + 1", "replacement" => "x - 1", "strategy" => "switch", "function" => "f/1"} =
             wire
  end
end
