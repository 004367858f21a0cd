defmodule Testgen.Mutation.OperatorsTest do
  use ExUnit.Case, async: false

  import Testgen.MutationSource
  alias Testgen.Mutation.Operators

  # Per operator: definitions in which it fires, with what it makes of them; definitions in which it does not.
  @cases %{
    "arithmetic.operator" => {
      [
        {"def f(a, b), do: a + b", [{"a + b", "a - b"}]},
        {"def f(a, b), do: (a - 1) * b", [{"a - 1", "a + 1"}, {"(a - 1) * b", "a - 1 + b"}]},
        {"def f(a, b), do: a / b", [{"a / b", "a * b"}]},
        {"def f(a, b), do: div(a, b) |> rem(2)", [{"div(a, b)", "rem(a, b)"}]}
      ],
      [
        "def f(a), do: a <> \"x\"",
        "import Kernel, except: [+: 2]\ndef a + b, do: [a, b]\ndef f(x), do: x + 2",
        "def f(a), do: a + 0"
      ]
    },
    "arithmetic.sign" => {[{"def f(a), do: -a", [{"-a", "a"}]}], ["def f, do: -1", "def f(a), do: 2 - a"]},
    "arithmetic.bitwise" => {
      [
        {"import Bitwise\ndef f(a, b), do: a &&& b", [{"a &&& b", "a ||| b"}]},
        {"def f(a), do: Bitwise.bsl(a, 1)", [{"Bitwise.bsl(a, 1)", "Bitwise.bsr(a, 1)"}]}
      ],
      ["def a &&& b, do: [a, b]\ndef f(x), do: x &&& 1"]
    },
    "comparison.boundary" => {
      [{"def f(a), do: a < 1", [{"a < 1", "a <= 1"}]}, {"def f(a), do: a >= 1", [{"a >= 1", "a > 1"}]}],
      ["def f(a), do: a == 1", "def f(a) when a > 1, do: a"]
    },
    "comparison.opposite" => {
      [{"def f(a), do: a < 1", [{"a < 1", "a >= 1"}]}, {"def f(a), do: a == 1", [{"a == 1", "a != 1"}]}],
      ["def f(a), do: a =~ \"x\"", "def f(a) when a === 1, do: a"]
    },
    "boolean.connective" => {
      [
        {"def f(a, b), do: a and b", [{"a and b", "a or b"}]},
        {"def f(a, b), do: a || b", [{"a || b", "a && b"}]}
      ],
      ["def f(a) when is_atom(a) and a != nil, do: a"]
    },
    "boolean.negation" => {
      [{"def f(a), do: not a", [{"not a", "a"}]}, {"def f(a), do: !a", [{"!a", "a"}]}],
      ["def f(a), do: a not in [1]", "def f(a) when not is_nil(a), do: a"]
    },
    "condition.negated" => {
      [
        {"def f(a), do: if(a, do: 1)", [{"a", "!a"}]},
        {"def f(a) do\nif b = g(a), do: b\nend\ndef g(a), do: a", [{"b = g(a)", "!(b = g(a))"}]}
      ],
      [
        "def f(a), do: if(a > 1, do: 1)",
        "def f(a), do: if(a in [1], do: 1)",
        "def f, do: (cond do\ntrue -> 1\nend)"
      ]
    },
    "condition.forced" => {
      [
        {"def f(a), do: if(a > 1, do: 1)", [{"a > 1", "true"}, {"a > 1", "false"}]},
        {"def f(a) do\ncond do\na -> 1\ntrue -> 2\nend\nend", [{"a", "true"}, {"a", "false"}]}
      ],
      ["def f(a), do: (if b = a, do: b)", "def f(a), do: a > 1", "def f, do: (cond do\ntrue -> 1\nend)"]
    },
    "membership.in" => {
      [
        {"def f(a), do: a in [1]", [{"a in [1]", "a not in [1]"}]},
        {"def f(a, b), do: a not in b", [{"a not in b", "a in b"}]}
      ],
      ["def f(a) when a in [1], do: a", "def f(a), do: for(b <- a, do: b)"]
    },
    "literal.integer" => {
      [
        {"def f, do: 10", [{"10", "11"}]},
        {"def f(a), do: a > 0x0F", [{"0x0F", "16"}]},
        {"@n 3\ndef f, do: @n", [{"3", "4"}]},
        {"defstruct a: 1", [{"1", "2"}]}
      ],
      [
        "def f, do: ?a",
        "def f(a), do: a >= 1",
        "def f(1), do: nil",
        "@spec f() :: 1\ndef f, do: nil",
        "def f(a), do: <<a::8>>"
      ]
    },
    "literal.float" => {[{"def f, do: 1.5", [{"1.5", "2.5"}]}], ["def f(1.5), do: nil"]},
    "literal.string" => {
      [
        {~S|def f, do: "a"|, [{~S|"a"|, ~S|""|}]},
        {~S|def f, do: ""|, [{~S|""|, ~S|"mutant"|}]},
        {~S|def f(a), do: "#{a}!"|, [{~S|"#{a}!"|, ~S|""|}]}
      ],
      [
        ~S|def f, do: raise "a"|,
        ~S|def f("a"), do: nil|,
        ~S|@doc "a"|,
        ~S|def f(a), do: <<"a", a::8>>|,
        ~S|def f, do: ~s"a"|,
        ~S|def f(a), do: raise ArgumentError, message: "a #{a}"|
      ]
    },
    "literal.atom" => {
      [{"def f, do: :paid", [{":paid", ":mutant"}]}, {"def f(a), do: a[:key]", [{":key", ":mutant"}]}],
      [
        "def f, do: :ok",
        "def f, do: true",
        "def f, do: nil",
        "def f, do: String",
        "def f(:a), do: nil",
        "def f(a), do: [b: a]",
        "def f(a), do: a.b"
      ]
    },
    "literal.boolean" =>
      {[{"def f, do: true", [{"true", "false"}]}],
       ["def f(true), do: nil", "def f, do: (cond do\ntrue -> 1\nend)"]},
    "literal.list" => {
      [{"def f(a), do: [a, 1]", [{"[a, 1]", "[]"}]}, {"def f, do: []", [{"[]", "[:mutant]"}]}],
      ["def f(a), do: [1 | a]", "def f, do: 'ab'", "def f([]), do: nil", "def f(opts \\\\ []), do: opts"]
    },
    "function.renamed" => {
      [
        {"def f(a), do: g(a)\ndef g(a), do: a", [{"g(a)", "__MODULE__.g_mutant(a)"}]},
        {"def f(a), do: a |> g?()\ndef g?(a), do: a", [{"g?()", "__MODULE__.g_mutant()"}]}
      ],
      ["def f(a), do: String.trim(a)", "def f(a) when is_nil(a), do: length(a)"]
    },
    "function.removed" => {
      [
        {"def f(a) do\nIO.puts(a)\na\nend", [{"IO.puts(a)", "nil"}]},
        {"def f(a), do: String.trim(a)", [{"String.trim(a)", "a"}]},
        {"def f(a), do: Enum.sort(Enum.uniq(a))",
         [{"Enum.uniq(a)", "a"}, {"Enum.sort(Enum.uniq(a))", "Enum.uniq(a)"}]}
      ],
      ["def f(a), do: Enum.count(a)", "def f(a), do: a |> Enum.sort()"]
    },
    "function.argument_swapped" => {
      [
        {"def f(a, b), do: g(a, b)\ndef g(a, b), do: [a | b]", [{"g(a, b)", "g(b, a)"}]},
        {"def f(a, b), do: Date.diff(a, b)", [{"Date.diff(a, b)", "Date.diff(b, a)"}]}
      ],
      [
        "def f(a, b), do: Map.get(a, b)",
        "def f(a), do: g(a, a)\ndef g(a, b), do: [a | b]",
        "def f(a), do: g(a, fn -> 1 end)\ndef g(a, b), do: {a, b}",
        "def f(a, b), do: max(a, b)"
      ]
    },
    "function.sibling" => {
      [
        {"def f(a), do: Enum.min(a)", [{"Enum.min(a)", "Enum.max(a)"}]},
        {"def f(a), do: a |> Enum.filter(& &1)", [{"Enum.filter(& &1)", "Enum.reject(& &1)"}]},
        {"def f(a), do: Enum.map(a, &String.upcase/1)", [{"&String.upcase/1", "&String.downcase/1"}]},
        {"alias Enum, as: E\ndef f(a), do: E.all?(a)", [{"E.all?(a)", "E.any?(a)"}]}
      ],
      [
        "def f(a), do: Enum.count(a)",
        "def f(a), do: min(a)\ndef min(a), do: a",
        "def f(a), do: a.min"
      ]
    },
    "clause.dropped" => {
      [
        {"def f(1), do: 2\ndef f(a), do: a", [{"def f(1), do: 2", ""}, {"def f(a), do: a", ""}]},
        {"def f(a) do\ncase a do\n1 -> 2\n_ -> 3\nend\nend", [{"1 -> 2", ""}, {"_ -> 3", ""}]}
      ],
      ["def f(a), do: a", "def f(a), do: fn b -> a + b end"]
    },
    "clause.guard_dropped" => {
      [
        {"def f(a) when a > 1, do: a", [{"when a > 1", ""}]},
        {"def f(a), do: (fn b, c when b > c -> a end)", [{"when b > c", ""}]}
      ],
      ["def f(a), do: a"]
    },
    "clause.guard_operator" => {
      [
        {"def f(a) when a > 1, do: a", [{"a > 1", "a >= 1"}, {"a > 1", "a <= 1"}, {"1", "2"}]},
        {"def f(a, b) when is_atom(a) and is_atom(b), do: a",
         [{"is_atom(a) and is_atom(b)", "is_atom(a) or is_atom(b)"}]},
        {"def f(a) when a in [1, 2], do: a", [{"a in [1, 2]", "a not in [1, 2]"}]},
        {"def f(a) when not is_nil(a), do: a", [{"not is_nil(a)", "is_nil(a)"}]}
      ],
      ["def f(a) when is_atom(a), do: a", "def f(a), do: a > 1"]
    },
    "clause.pattern_literal" => {
      [
        {"def f(0), do: nil", [{"0", "1"}]},
        {"def f({true, [2 | _]}), do: nil", [{"true", "false"}, {"2", "3"}]},
        {"def f(%{a: 1}), do: nil", [{"1", "2"}]}
      ],
      [
        "def f(:a), do: nil",
        ~S|def f("a"), do: nil|,
        "def f(<<1, _::binary>>), do: nil",
        "def f(%{1 => _}), do: nil",
        "def f(-1), do: nil"
      ]
    },
    "pipeline.stage_dropped" => {
      [{"def f(a), do: a |> Enum.sort() |> hd()", [{" |> Enum.sort()", ""}, {" |> hd()", ""}]}],
      ["def f(a), do: a |> IO.inspect()", "def f(a), do: hd(a)", "def f(a), do: a |> dbg()"]
    },
    "with.clause_dropped" => {
      [
        {"def f(a) do\nwith :ok <- g(a), {:ok, b} <- h(a), do: b\nend\ndef g(_), do: :ok\ndef h(a), do: {:ok, a}",
         [{":ok <- g(a), ", ""}]}
      ],
      [
        "def f(a) do\nwith {:ok, b} <- a, {:ok, c} <- b, do: {b, c}\nend",
        "def f(a) do\nwith :ok <- a, do: 1\nend"
      ]
    },
    "for.filter_dropped" =>
      {[{"def f(a), do: for(b <- a, b > 1, do: b)", [{"b > 1", "true"}]}],
       ["def f(a), do: for(b <- a, c = b, do: c)", "def f(a), do: for(b <- a, do: b > 1)"]},
    "default.argument" => {
      [
        {"@size 3\ndef f(a, b \\\\ @size), do: {a, b}", [{"@size", "nil"}]},
        {"def f(a \\\\ :b), do: a", [{":b", "nil"}]}
      ],
      ["def f(a \\\\ 1), do: a", "def f(a \\\\ nil), do: a", "def f(a \\\\ []), do: a"]
    },
    "result.tuple" => {
      [
        {"def f(a), do: {:ok, a}", [{":ok", ":error"}]},
        {"def f({:error, a}), do: a", [{":error", ":ok"}]},
        {"def f, do: :error", [{":error", ":ok"}]}
      ],
      ["def f(a), do: [ok: a]", "def f(a), do: %{error: a}", "def f(a), do: a.ok", "def f(%{ok: a}), do: a"]
    },
    "struct.update" => {
      [
        {"def f(a), do: %{a | b: nil}", [{"%{a | b: nil}", "a"}]},
        {"defstruct [:a]\ndef f(s), do: %__MODULE__{s | a: nil}", [{"%__MODULE__{s | a: nil}", "s"}]}
      ],
      ["def f(a), do: %{b: a}", "def f(%{b: a}), do: a"]
    },
    "map.key" => {
      [
        {"def f(a), do: %{x: a, y: nil}", [{"x: a, ", ""}, {", y: nil", ""}]},
        {"def f(a), do: %{a => nil}", [{"a => nil", ""}]}
      ],
      [
        "defstruct [:a]\ndef f(a), do: %__MODULE__{a: a}",
        "def f(a), do: %{a | x: nil}",
        "def f, do: %{}",
        "def f(%{a: _}), do: nil"
      ]
    },
    "binary.segment" => {
      [
        {"def f(a), do: <<a::16-big-signed>>", [{"16", "32"}, {"big", "little"}, {"signed", "unsigned"}]},
        {"def f(a), do: <<a::utf8>>", [{"utf8", "utf16"}]},
        {"def f(a), do: <<a::size(4)>>", [{"4", "8"}]}
      ],
      ["def f(a), do: <<a>>", "def f(<<a::16>>), do: a", "def f(a), do: <<a::binary>>"]
    }
  }

  for {id, {fires, silent}} <- @cases do
    @id id
    @fires fires
    @silent silent

    test "#{id} fires where it should" do
      for {definitions, expected} <- @fires,
          do: assert({definitions, changes(definitions, @id)} == {definitions, expected})
    end

    test "#{id} leaves alone what it should" do
      for definitions <- @silent, do: assert({definitions, changes(definitions, @id)} == {definitions, []})
    end
  end

  test "every operator is tried here, those of LiveView in their own test" do
    assert Enum.sort(Map.keys(@cases)) ==
             Operators.all()
             |> Enum.map(& &1.id())
             |> Enum.reject(&String.starts_with?(&1, "liveview."))
             |> Enum.sort()
  end

  test "ids are distinct, and each begins with a word and a dot" do
    ids = Enum.map(Operators.all(), & &1.id())
    assert ids == Enum.uniq(ids)
    assert Enum.all?(ids, &(&1 =~ ~r/^[a-z]+\.[a-z_]+$/))
  end

  defmodule Own do
    @behaviour Testgen.Mutation.Operator
    alias Testgen.Mutation.{Change, Context, Source}

    def id, do: "own.answer"
    def group, do: "own"
    def describe, do: %{summary: "42 made 41.", examples: [{"42", "41"}], not: "Other numbers."}

    def mutations({:__block__, _, [42]}, %Context{site: :expression}),
      do: [Change.replace(Source.literal(41))]

    def mutations(_, _), do: []
  end

  test "an operator of the user's own is asked too" do
    {build, module} = build("def f, do: 42", operator_modules: [Own])
    unload(module)

    assert [%{original: "42", replacement: "41", group: "own"}] =
             Enum.filter(build.mutants, &(&1.operator == "own.answer"))
  end

  test "a change that cannot matter is listed with the reason and never run" do
    {build, module} = build("def f(a), do: (a + 0) |> IO.inspect()")
    unload(module)
    assert Enum.any?(build.pruned, &(&1.operator == "arithmetic.operator" and &1.reason =~ "adding"))
    assert Enum.any?(build.pruned, &(&1.operator == "pipeline.stage_dropped" and &1.reason =~ "gives back"))
  end
end
