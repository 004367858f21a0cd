defmodule Testgen.Mutation.WatchTest do
  use ExUnit.Case, async: false

  import Testgen.MutationSource
  alias Testgen.Mutation
  alias Testgen.Mutation.Switch

  defp seen(definitions, call) do
    {build, module} = build(definitions, watch: true)
    {:ok, build} = Mutation.load(build)
    Switch.start_recording(build, watch: true)
    value = value(module, call)
    seen = Switch.take_seen()
    Switch.stop_recording(build)
    unload(module)
    {value, for({point, operands} <- seen, do: {build.watched[point], operands})}
  end

  test "operands of comparisons are seen, computed once" do
    source = "def f(x), do: g(x) > 3\ndef g(x) do\n  send(self(), :once)\n  x * 2\nend"
    assert {{:ok, true}, seen} = seen(source, "M.f(5)")
    assert {{Kernel, :>}, [10, 3]} in seen
    assert_received :once
    refute_received :once
  end

  test "membership, prefixes and look-ups by key are seen, in pipelines too" do
    source = """
    def f(map) do
      name = map |> Map.get(:name, "none") |> String.trim()
      String.starts_with?(name, "Dr.") and map[:age] in [18, 19]
    end
    """

    assert {{:ok, true}, seen} = seen(source, ~s|M.f(%{name: " Dr. Who", age: 18})|)
    assert {{Map, :get}, [%{name: " Dr. Who", age: 18}, :name, "none"]} in seen
    assert {{String, :starts_with?}, ["Dr. Who", "Dr."]} in seen
    assert {{Access, :get}, [%{name: " Dr. Who", age: 18}, :age]} in seen
    assert {{Kernel, :in}, [18, [18, 19]]} in seen
  end

  test "values that clauses of functions, case and with are matched against are seen" do
    source = """
    def f({:ok, x}) when x > 1, do: g(x)
    def f(_), do: :other

    def g(x) do
      with {:a, y} <- h(x) do
        case y do
          7 -> :seven
          _ -> y
        end
      end
    end

    def h(x), do: {:a, x}
    """

    assert {{:ok, :seven}, seen} = seen(source, "M.f({:ok, 7})")
    subjects = for {{:heads, _}, operands} <- seen, do: operands
    assert subjects == [[{:ok, 7}], [{:a, 7}], [7]]
  end

  test "nothing is seen where the build is not to be watched, nor while a mutant is active" do
    {build, module} = build("def f(x), do: x > 3", watch: true)
    {:ok, build} = Mutation.load(build)
    Switch.activate(hd(build.mutants).id)
    module.f(5)
    assert Switch.take_seen() == []
    Switch.deactivate()
    unload(module)
    {build, module} = build("def f(x), do: x > 3")
    {:ok, build} = Mutation.load(build)
    Switch.start_recording(build, watch: true)
    module.f(5)
    assert Switch.take_seen() == []
    Switch.stop_recording(build)
    unload(module)
  end

  test "a loop's first operands are enough" do
    {_, seen} = seen("def f(0), do: 0\ndef f(n) when n > 0, do: f(n - 1)", "M.f(5_000)")
    assert length(seen) == 600
  end
end
