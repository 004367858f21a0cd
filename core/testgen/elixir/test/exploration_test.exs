defmodule Testgen.ExplorationTest do
  use ExUnit.Case, async: false

  import Testgen.MutationSource
  alias Testgen.{Exploration, Mutation, Observation}
  alias Testgen.Mutation.Switch

  # Observes the seeds, then explores; the inputs found, by the function that they call, and the reply.
  defp explore(definitions, seeds, options \\ []) do
    {build, module} = build(definitions, watch: true)
    {:ok, build} = Mutation.load(build)
    test = self()
    emit = fn event, data -> send(test, {event, data}) && :ok end
    name = inspect(module)
    candidates = for {seed, id} <- Enum.with_index(seeds, 1), do: candidate(id, seed)
    ctx = %{emit: emit, build: build}
    args = %{"module" => name, "aliases" => [["M", name]], "candidates" => candidates}
    {:ok, _, changes} = Observation.observe(args, ctx)

    args = %{
      "candidates" => for({seed, id} <- Enum.with_index(seeds, 1), do: [id, function(seed)]),
      "mutants" => for(mutant <- build.mutants, do: mutant.id),
      "raises" => options[:raises] || [],
      "literals" => options[:literals] || [],
      "aliases" => [["M", name]],
      "variable" => "box",
      "budget_ms" => options[:budget_ms] || 20_000,
      "patience" => options[:patience] || 60,
      "seed" => 3
    }

    {:ok, reply, _} = Exploration.explore(args, Map.merge(ctx, changes))
    assert Switch.active() == 0
    unload(module)
    {inputs([]), reply, build}
  end

  defp candidate(id, {setup, call}), do: %{"id" => id, "setup" => setup, "call" => call}
  defp candidate(id, call), do: candidate(id, {[], call})

  defp function({_, call}), do: function(call)
  defp function(call), do: "#{Regex.run(~r/M\.(\w+)/, call) |> List.last()}/1"

  defp inputs(found) do
    receive do
      {"input", data} -> inputs([data | found])
      {_, _} -> inputs(found)
    after
      0 -> Enum.reverse(found)
    end
  end

  defp left(build, reply), do: for(mutant <- build.mutants, mutant.id in reply["left"], do: mutant.key)

  test "a comparison with a value that nobody would guess is met" do
    source = """
    def f(%{code: code, amount: amount}) do
      if code == "QX-7781" and amount * 3 >= 4242, do: :special, else: :usual
    end
    """

    {inputs, reply, build} = explore(source, [~s|M.f(%{code: "A", amount: 1})|])
    assert left(build, reply) == []
    assert Enum.any?(inputs, &(&1["call"] =~ ~s(code: "QX-7781")))
    assert Enum.any?(inputs, &(&1["call"] =~ "amount: 1414"))
  end

  test "clauses, guards and keys that the seed is far from are reached" do
    source = """
    def f(text) do
      case String.split(text, ",") do
        [name, "on", rest] -> {:ok, name <> rest}
        [_, _] -> :two
        _ -> :other
      end
    end

    def g(map), do: if(map[:mode] == :fast and map[:level] in 3..5, do: h(map[:level]), else: :slow)
    defp h(level) when level > 4, do: :high
    defp h(_), do: :low
    """

    {_, reply, build} = explore(source, [~s|M.f("hello")|, "M.g(%{})"])
    assert left(build, reply) == []
  end

  test "what was found is written in the seed's own form, simple, and tells its mutant from the original" do
    {inputs, _, build} =
      explore("def new(n), do: {:box, n}\ndef f({:box, n}), do: n > 100", [{["box = M.new(3)"], "M.f(box)"}])

    boundary = Enum.find(build.mutants, &(&1.operator == "comparison.boundary"))
    found = Enum.find(inputs, &(boundary.id in &1["mutants"] and &1["reason"] == "kills"))
    assert found["setup"] == ["box = M.new(100)"]
    assert found["call"] == "M.f(box)"
  end

  test "a mutant that never ends is left alone after few tries" do
    {time, {_, reply, build}} =
      :timer.tc(fn ->
        explore("def f(n) when n <= 0, do: 0\ndef f(n), do: f(n - 1) + 1", ["M.f(3)"], patience: 5)
      end)

    endless = Enum.find(build.mutants, &(&1.original == "n - 1" and &1.replacement == "n + 1"))
    refute endless.id in reply["left"]
    assert time < 15_000_000
  end

  test "inputs whose outcome no test may pin are not sent" do
    source = "def f(n), do: if(n > 10, do: raise(ArithmeticError), else: div(100, n - 5))"
    {inputs, _, _} = explore(source, ["M.f(1)"], patience: 20)
    refute Enum.any?(inputs, &(&1["reason"] == "kills" and &1["call"] == "M.f(5)"))
    {inputs, _, _} = explore(source, ["M.f(1)"], patience: 40, raises: ["ArithmeticError"])
    assert Enum.any?(inputs, &(&1["call"] =~ ~r/M\.f\(1\d\)/))
  end

  test "state that a run leaves behind does not reach the next" do
    source = """
    def f(n) do
      before = :persistent_term.get(:exploration_test, 0)
      :persistent_term.put(:exploration_test, n)
      before + n
    end
    """

    {inputs, _, _} = explore(source, ["M.f(2)"], patience: 10)
    assert Enum.all?(inputs, &(&1["call"] =~ ~r/\AM\.f\(-?\d+\)\z/))
    assert :persistent_term.get(:exploration_test, :none) == :none
  end

  test "values that calls made are handed on, taken out of what they came in" do
    source = """
    def new(size) when size > 0, do: {:queue.new(), size}
    def put({queue, room}, item) when room > 0, do: {:ok, {:queue.in(item, queue), room - 1}, room}
    def put({_, _}, _), do: :full
    def all({queue, _}), do: :queue.to_list(queue)
    """

    {inputs, reply, build} =
      explore(source, ["M.new(2)", "M.put(1, :a)", "M.all(:b)"], raises: ["FunctionClauseError"])

    assert left(build, reply) == []
    full = Enum.find(build.mutants, &(&1.original == ":full"))
    found = Enum.find(inputs, &(full.id in &1["mutants"] and &1["reason"] == "kills"))
    assert ["box = M.new(1)", "{:ok, box, _} = M.put(box, " <> _] = found["setup"]
    assert "M.put(box, " <> _ = found["call"]
  end

  test "what an argument's own call starts is started by each run, and its end is not the search's" do
    source = """
    use Agent
    def start_link(_), do: Agent.start_link(fn -> 0 end)
    def add(agent, n), do: Agent.get_and_update(agent, fn sum -> {sum + n > 41, sum + n} end)
    """

    {_, reply, build} = explore(source, ["M.add(start_supervised!(M), 5)"], patience: 40)
    boundary = Enum.find(build.mutants, &(&1.operator == "comparison.boundary"))
    refute boundary.id in reply["left"]
  end

  test "operations on a process are put one after the other until they tell a mutant" do
    source = """
    use Agent
    def start_link(_), do: Agent.start_link(fn -> 0 end)
    def add(agent, n), do: Agent.get_and_update(agent, fn sum -> {over(sum + n), sum + n} end)
    defp over(sum), do: if(sum > 21, do: :bust, else: sum)
    """

    seed = fn n -> {["agent = start_supervised!(M)"], "M.add(agent, #{n})"} end
    {inputs, reply, build} = explore(source, [seed.(7), seed.(5)], patience: 80)
    bust = Enum.find(build.mutants, &(&1.original == ":bust"))
    refute bust.id in reply["left"]

    assert Enum.any?(
             inputs,
             &(bust.id in &1["mutants"] and hd(&1["setup"]) == "agent = start_supervised!(M)")
           )
  end

  test "without a build there is nothing to explore" do
    assert {:error, "no_build", _, _} = Exploration.explore(%{}, %{build: nil})
  end
end
