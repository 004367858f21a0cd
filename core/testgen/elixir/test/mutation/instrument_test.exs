defmodule Testgen.Mutation.InstrumentTest do
  use ExUnit.Case, async: false

  import Testgen.MutationSource
  alias Testgen.Mutation
  alias Testgen.Mutation.{Source, Switch}

  # Each: a name, definitions, calls. With no mutant active the instrumented module gives what the original gives;
  # with one active, what the file with that mutant in its text gives.
  @sources [
    {"operators and nested calls",
     """
     def f(a, b), do: max(a * b - div(a, 2), g(a) + g(b)) ** 2
     defp g(x), do: -x + 1.5
     """, ["M.f(1, 2)", "M.f(5, 7)", "M.f(-3, 2)", "M.f(:a, 1)"]},
    {"clauses, guards and patterns",
     """
     def f([]), do: :empty
     def f([x]) when is_integer(x) and x > 3 when is_binary(x), do: {:one, x}
     def f([0, true | rest]), do: {:rest, rest}
     def f(%{kind: 1, at: [2]} = map), do: map
     def f({:ok, {1, x}}) when x in [1, 2, 3] or is_nil(x), do: x
     """,
     [
       "M.f([])",
       "M.f([4])",
       "M.f([3])",
       ~s{M.f(["x"])},
       "M.f([0, true, 1])",
       "M.f(%{kind: 1, at: [2]})",
       "M.f({:ok, {1, 2}})"
     ] ++
       [
         "M.f({:ok, {1, nil}})",
         "M.f({:ok, {1, 9}})",
         "M.f({:error, {1, 2}})",
         "M.f(:none)",
         "M.f([1, true])",
         "M.f({:ok, {2, 2}})"
       ]},
    {"default arguments",
     """
     def f(a, b \\\\ 2, c \\\\ default())
     def f(0, b, c), do: {:zero, b, c}
     def f(a, b, c) when a > b, do: a - b + c
     def f(a, b, c), do: [a, b, c]
     def g(a, opts \\\\ [x: 1, y: :z]), do: {a, opts[:x], opts[:y]}
     defp default, do: 7
     """,
     ["M.f(0)", "M.f(1)", "M.f(3)", "M.f(3, 1)", "M.f(3, 1, 1)", "M.g(1)", "M.g(1, x: 4)", "M.g(1, [])"]},
    {"attributes that change between clauses",
     """
     @x 1
     def f(:a), do: @x
     @x 2
     def f(:b), do: @x
     @x 3
     def f(_), do: @x + 1
     """, ["M.f(:a)", "M.f(:b)", "M.f(:c)"]},
    {"case, cond, if and unless",
     """
     def f(x) do
       y = case x do
         1 -> :one
         {:ok, n} when n > 1 -> n
         "s" -> "t"
         _ -> nil
       end
       z = if y, do: 1, else: 2
       unless x == 1 do
         cond do
           is_tuple(x) -> {y, z}
           w = y -> {w, z, :bound}
           true -> z
         end
       end
     end
     def g(x) do
       if y = h(x) do
         y + 1
       else
         {:no, x}
       end
     end
     defp h(x), do: x > 1 && x
     """, ["M.f(1)", "M.f({:ok, 2})", "M.f({:ok, 1})", ~s{M.f("s")}, "M.f(:x)", "M.g(1)", "M.g(2)"]},
    {"pipelines",
     """
     def f(list) do
       list
       |> Enum.map(&(&1 * 2))
       |> Enum.filter(fn x -> x > 2 end)
       |> sum(10)
       |> then(&{:ok, &1})
       |> case do
         {:ok, n} when n > 15 -> n
         other -> other
       end
     end
     def g(map), do: map.list |> Enum.sort() |> List.first() |> Kernel.+(1)
     defp sum(list, start), do: Enum.reduce(list, start, &+/2)
     """, ["M.f([1, 2, 3])", "M.f([])", "M.f([1])", "M.g(%{list: [3, 1]})", "M.g(%{list: []})"]},
    {"captures",
     """
     def f(list), do: Enum.map(list, &{&1, &1 + 1, "v\#{&1}"})
     def g(list), do: Enum.map(list, &h(&1, 2))
     def h(a, b), do: a - b
     def j(list), do: Enum.sort_by(list, &(-&1))
     def k(list), do: Enum.map(list, &(&1 |> Integer.to_string() |> String.pad_leading(2, "0")))
     """, ["M.f([1, 2])", "M.g([1, 2])", "M.j([1, 3, 2])", "M.k([1, 10])"]},
    {"with",
     """
     def f(x) do
       with {:ok, a} <- g(x),
            :ok <- check(a),
            b = a + 1,
            {:ok, c} when c > 2 <- g(b) do
         {a, b, c}
       else
         :error -> :failed
         {:error, 1} -> :one
         {:ok, _} -> :small
       end
     end
     def h(x), do: with({:ok, y} <- g(x), do: y)
     defp g(0), do: :error
     defp g(9), do: {:error, 1}
     defp g(x), do: {:ok, x}
     defp check(5), do: {:error, 1}
     defp check(_), do: :ok
     """, ["M.f(0)", "M.f(1)", "M.f(2)", "M.f(5)", "M.f(8)", "M.f(9)", "M.h(0)", "M.h(1)"]},
    {"comprehensions",
     """
     def f(list), do: for(x <- list, x > 1, y = x * 2, y < 20, into: %{}, do: {x, y})
     def g(list), do: for({:ok, x} <- list, reduce: 0, do: (acc -> acc + x))
     def h(binary), do: for(<<c <- binary>>, c != ?a, into: "", do: <<c + 1>>)
     def i(a, b), do: for(x <- a, y <- b, x != y, uniq: true, do: {x, y})
     """,
     ["M.f([1, 2, 3, 30])", "M.g([{:ok, 1}, {:error, 5}, {:ok, 2}])", ~s|M.h("abc")|, "M.i([1, 2], [2, 3])"]},
    {"receive and after",
     """
     def f(message) do
       send(self(), message)
       receive do
         {:a, 1} -> :one
         {:a, n} when n > 2 -> n
         :b -> :bee
       after
         5 -> flush()
       end
     end
     defp flush do
       receive do
         other -> {:other, other}
       after
         0 -> :nothing
       end
     end
     """, ["M.f({:a, 1})", "M.f({:a, 3})", "M.f({:a, 2})", "M.f(:b)"]},
    {"rescue, catch, else and after",
     """
     def f(x) do
       try do
         g(x)
       rescue
         e in ArgumentError -> {:argument, e.message}
         _ in [ArithmeticError, KeyError] -> :other
       catch
         :throw, {:x, 1} -> :one
         :exit, reason -> {:exit, reason}
       else
         1 -> :one
         n when n > 5 -> :many
         _ -> :some
       after
         send(self(), :done)
       end
     end
     def h(x) do
       g(x)
     rescue
       ArithmeticError -> :arithmetic
     catch
       {:x, 1} -> :thrown
     else
       3 -> :three
       n -> n + 1
     end
     defp g(:arg), do: raise(ArgumentError, "bad \#{1 + 1}")
     defp g(:key), do: Map.fetch!(%{}, :a)
     defp g(:throw), do: throw({:x, 1})
     defp g(:exit), do: exit(:gone)
     defp g(n), do: n + 0
     """,
     for(f <- ["f", "h"], x <- [":arg", ":key", ":throw", ":exit", "1", "3", "9", ":a"], do: "M.#{f}(#{x})")},
    {"binaries, strings and sigils",
     ~S'''
     def f(n), do: <<n::16-big, div(n, 2)::8, "abc", 1.5::float, g(n)::binary>>
     def g(n), do: "n is #{n + 1}" <> "; " <> ~s(#{n}) <> """
       heredoc #{n * 2}
     """
     def h(<<a::8, rest::binary>>) when a > 64, do: {a, rest}
     def h("pre" <> rest), do: rest
     def h(<<0, _::binary>>), do: ~w(a b)a
     def i(s), do: s =~ ~r/a+/ and String.contains?(s, "b")
     ''',
     [
       "M.f(300)",
       "M.g(1)",
       ~S|M.h("Abc")|,
       ~S|M.h("prefix")|,
       "M.h(<<0, 1>>)",
       "M.h(<<1>>)",
       ~S|M.i("aab")|,
       ~S|M.i("a")|
     ]},
    {"structs and maps",
     """
     defstruct a: 1, b: []
     def new(a), do: %__MODULE__{a: a}
     def f(%__MODULE__{a: 1} = s), do: %{s | a: 2}
     def f(%__MODULE__{} = s), do: %__MODULE__{s | b: [1]}
     def g(m), do: %{m | x: m.x + 1} |> Map.put(:y, %{k: m.x, l: 1})
     """, ["M.f(M.new(1))", "M.f(M.new(2))", "M.g(%{x: 1})"]},
    {"a rebound variable and a match inside an argument",
     """
     def f(x) do
       y = x + 1
       y = if y > 3, do: y * 2, else: y
       w = g(z = y, 2)
       w + z
     end
     defp g(a, b), do: a - b
     """, ["M.f(1)", "M.f(5)"]},
    {"super and overridable functions",
     """
     use Testgen.Mutation.InstrumentTest.Overridable
     def greet(1), do: super(1) <> "!"
     def greet(n), do: super(n + 1)
     """, ["M.greet(1)", "M.greet(2)"]},
    {"definitions made by loops, guards and delegates",
     """
     for {name, value} <- [one: 1, two: 2], do: def(unquote(name)(), do: unquote(value))
     def f(unquote(3)), do: :three
     def f(n) when n > 5, do: n + 1
     for n <- [1, 2], do: def(f(unquote(n)), do: unquote(n) * 2)
     defguard is_small(x) when x < 3
     def g(x) when is_small(x), do: :small
     def g(_), do: :big
     defdelegate size(x), to: Kernel, as: :length
     """, ["M.one()", "M.f(3)", "M.f(6)", "M.f(2)", "M.f(0)", "M.g(1)", "M.g(4)", "M.size([1])"]},
    {"code that asks where it is",
     """
     def f(1), do: {__ENV__.function, __MODULE__ == M}
     def f(_), do: {elem(__ENV__.function, 0), 2}
     def g(x) do
       quote do
         unquote(x) + 1
       end
     end
     """, ["M.f(1) |> elem(0)", "M.f(2)", "M.g(1) |> Macro.to_string()"]},
    {"short circuits and negations",
     """
     def f(a, b), do: (a && b) || !a
     def g(a, b), do: (a and not b) or (b and raise "both")
     def h(a, b), do: a == b or a in [1, 2] and b not in 1..3
     """,
     for(f <- ["f", "g", "h"], a <- ["true", "false"], b <- ["true", "false"], do: "M.#{f}(#{a}, #{b})") ++
       ["M.h(1, 5)", "M.h(1, 2)", "M.f(nil, 1)"]},
    {"nested modules and implementations",
     """
     defmodule Inner do
       defstruct v: 0
       def f(x), do: x * 3
       defimpl String.Chars do
         def to_string(%{v: 0}), do: "zero"
         def to_string(s), do: "v=" <> Integer.to_string(s.v + 1)
       end
     end
     def f(x), do: Inner.f(x) + 1
     def g(x), do: to_string(struct(Inner, v: x))
     """, ["M.f(1)", "M.g(0)", "M.g(4)"]},
    {"anonymous functions",
     """
     def f(x) do
       add = fn
         a, 1 -> a + 1
         a, b when b > 3 -> a - b
         _, _ -> :none
       end
       {add.(x, 1), add.(x, 5), add.(x, 2)}
     end
     def g(x), do: Enum.map([x], fn 1 -> :one end)
     """, ["M.f(1)", "M.g(1)"]}
  ]

  defmodule Overridable do
    defmacro __using__(_) do
      quote do
        def greet(n), do: "hello #{n}"
        defoverridable greet: 1
      end
    end
  end

  setup do
    on_exit(&Switch.deactivate/0)
  end

  for {name, source, calls} <- @sources do
    @source source
    @calls calls

    test "with no mutant active, instrumented code does what it did: #{name}" do
      {build, module} = build(@source)
      original = Enum.map(@calls, &value(module, &1))
      {:ok, build} = Mutation.load(build)
      assert build.fallbacks == []
      assert Enum.map(@calls, &value(module, &1)) == original
      Enum.each(build.modules, &unload/1)
    end

    test "a switched mutant does what its text does: #{name}" do
      {build, module} = build(@source)
      {:ok, build} = Mutation.load(build)
      mutants = Enum.filter(build.mutants, &(&1.strategy == :switch))
      assert mutants != []

      switched = for mutant <- mutants, do: {mutant, switched_values(module, mutant, @calls)}

      for {mutant, values} <- switched do
        case Mutation.recompile(build, mutant.id) do
          {:ok, _} ->
            assert {mutant.key, mutant.replacement, Enum.map(@calls, &value(module, &1))} ==
                     {mutant.key, mutant.replacement, values}

          {:error, message} ->
            flunk("#{mutant.key} #{mutant.original} -> #{mutant.replacement}: #{message}")
        end
      end

      Enum.each(build.modules, &unload/1)
    end

    test "every mutant's text stands where it says: #{name}" do
      {build, _} = build(@source)

      for mutant <- build.mutants do
        assert Source.slice(build.source, mutant.range) == mutant.original
        text = Source.splice(build.source, mutant.range, mutant.replacement)
        assert {:ok, _} = Source.parse(text, "mutant.ex")
      end

      Enum.each(build.modules, &unload/1)
    end
  end

  defp switched_values(module, mutant, calls) do
    Switch.activate(mutant.id)
    values = Enum.map(calls, &value(module, &1))
    Switch.deactivate()
    values
  end

  test "a function without a clause fails under its own name" do
    {build, module} = build("def f(1), do: 1\ndef f(2), do: 2")
    {:ok, _} = Mutation.load(build)
    error = assert_raise FunctionClauseError, fn -> module.f(3) end
    assert {error.module, error.function, error.arity} == {module, :f, 1}

    try do
      {:wrapped, module.f(3)}
    rescue
      FunctionClauseError -> assert [{^module, :f, [3], _}, {__MODULE__, _, 1, _} | _] = __STACKTRACE__
    end

    unload(module)
  end

  test "the file's modules are back as they were after unloading" do
    {build, module} = build("def f(x), do: x + 1")
    before = :code.get_object_code(module)
    {:ok, build} = Mutation.load(build)
    Switch.activate(hd(build.mutants).id)
    assert module.f(1) != 2
    Mutation.unload(build)
    assert module.f(1) == 2
    assert :code.get_object_code(module) == before
    unload(module)
  end

  test "loading a build again compiles nothing" do
    {build, module} = build("def f(x), do: x + 1")
    {:ok, build} = Mutation.load(build)
    md5 = module.module_info(:md5)
    Mutation.unload(build)
    {:ok, _} = Mutation.load(%{build | ast: :gone})
    assert module.module_info(:md5) == md5
    Switch.activate(hd(build.mutants).id)
    assert module.f(1) != 2
    Switch.deactivate()
    Mutation.unload(build)
    unload(module)
  end

  test "two builds of one source number their mutants alike" do
    source = "def f(x), do: x + 1\ndef g(1), do: 2\ndef g(x), do: x"
    {one, _} = build(source)
    {two, _} = build(source)
    assert Enum.map(one.mutants, &{&1.id, &1.key}) == Enum.map(two.mutants, &{&1.id, &1.key})
    assert one.mutants != []
  end

  test "nothing under quote, in documentation, specs or an unknown macro's arguments is mutated" do
    {build, _} =
      build("""
      require Logger
      @moduledoc "about 1"
      @doc "about 2"
      @spec f(1) :: 2
      def f(x) do
        Logger.debug("x is \#{x + 1}")
        quote do: unquote(x) + 1
      end
      """)

    assert build.mutants == []
  end

  test "mutants that would let variables out of a branch are left to recompiling" do
    {build, module} = build("def f(x) do\n  h(y = x, [x + 1])\n  y\nend\ndefp h(a, b), do: [a | b]")
    assert Enum.any?(build.mutants, &(&1.strategy == :recompile))
    {:ok, build} = Mutation.load(build)
    assert build.fallbacks == []
    unload(module)
  end
end
