defmodule Testgen.Analysis.InferenceTest do
  use ExUnit.Case, async: true

  alias Testgen.Analysis

  defp functions(body) do
    {:ok, %{"modules" => [module | _]}} = Analysis.source("defmodule Sample do\n#{body}\nend", "sample.ex")
    module["functions"]
  end

  defp inferred(body, position \\ 0),
    do: body |> functions() |> hd() |> Map.fetch!("inferred") |> Enum.at(position)

  defp kind(body, position \\ 0), do: inferred(body, position)["t"]

  describe "a kind of value" do
    test "follows from the spec of what is called on the argument" do
      assert kind("def f(x), do: String.reverse(x)") == "string"
      assert kind("def f(x), do: Integer.digits(x)") == "integer"
      assert kind("def f(x), do: Enum.sum(x)") == "list"
      assert %{"t" => "remote", "module" => "Date"} = inferred("def f(x), do: Date.day_of_week(x)")
    end

    test "follows from operators" do
      assert kind("def f(x), do: x * 2") == "number"
      assert kind("def f(x), do: x <> \"!\"") == "string"
      assert kind("def f(x), do: x ++ [1]") == "list"
      assert kind("def f(x), do: not x") == "boolean"
      assert kind("def f(x), do: Enum.to_list(1..x)") == "integer"
    end

    test "follows from guards, defaults and patterns" do
      assert kind("def f(x) when is_binary(x), do: x") == "string"
      assert kind("def f(a, x \\\\ 3), do: {a, x}", 1) == "integer"
      assert %{"t" => "tuple", "of" => [%{"source" => ":ok"}, _]} = inferred("def f({:ok, x}), do: x")
      assert %{"t" => "struct", "name" => "Shop.Cart"} = inferred("def f(%Shop.Cart{} = c), do: c")
    end

    test "is not guessed where the code does nothing with it" do
      assert kind("def f(x), do: {:ok, x}") == "any"
      assert kind("def f(x), do: inspect(x)") == "any"
      assert kind("def f(x), do: \"\#{x}\"") == "any"
    end

    test "is one of several where clauses take several" do
      body = "def f(x) when is_list(x), do: hd(x)\ndef f(x) when is_map(x), do: map_size(x)"
      assert %{"t" => "union", "of" => members} = inferred(body)
      assert members |> Enum.map(& &1["t"]) |> Enum.sort() == ["list", "map"]
    end

    test "of a function has its number of arguments" do
      assert %{"t" => "function", "args" => [_, _]} = inferred("def f(g), do: g.(1, 2)")

      assert %{"t" => "function", "args" => [_], "return" => %{"t" => "boolean"}} =
               inferred("def f(g, list), do: Enum.filter(list, g)")
    end

    test "of a function may be known without its arguments" do
      body = """
      @spec run(Enumerable.acc(), Enumerable.reducer()) :: Enumerable.result()
      def run(acc, fun), do: Enumerable.reduce([1], acc, fun)
      """

      assert kind(body, 1) == "function"
      assert kind(body, 0) in ["tuple", "union"]
    end

    test "of what a server is called by is a process" do
      assert kind("def f(server), do: GenServer.call(server, :ping)") == "pid"
      assert kind("def f(arg), do: GenServer.start_link(__MODULE__, arg)") != "pid"
    end

    test "of what a protocol is called on is one that implements it" do
      defmodule Area do
        def __protocol__(:impls), do: {:consolidated, [BitString, Version]}
      end

      body = "def f(x), do: #{inspect(Area)}.area(x)"
      assert %{"t" => "union", "of" => members} = inferred(body)
      assert Enum.sort(Enum.map(members, & &1["t"])) == ["remote", "string"]
    end

    test "of a table of ETS is one" do
      assert kind("def f(t), do: :ets.lookup(t, :a)") == "table"
    end

    test "of a module says what is called on it" do
      assert %{"t" => "module", "callbacks" => ["area/1"]} = inferred("def f(shape), do: shape.area(2)")
    end

    test "is known through locals, pipes, captures and branches" do
      assert kind("def f(x) do\ny = x\nz = y\nString.length(z)\nend") == "string"
      assert kind("def f(x), do: x |> String.trim() |> String.length()") == "string"
      assert %{"of" => %{"t" => "string"}} = inferred("def f(x), do: Enum.map(x, &String.upcase/1)")
      assert %{"of" => %{"t" => "number"}} = inferred("def f(x), do: Enum.map(x, &(&1 + 1))")
      assert kind("def f(x, y), do: if(y, do: String.upcase(x), else: x)") == "string"
    end

    test "is known through private functions, deeper pieces too" do
      body = """
      def f(order), do: total(order)
      defp total(order), do: Enum.reduce(order.items, 0, fn item, sum -> sum + price(item) end)
      defp price(%{price: price, count: count}), do: price * count
      """

      assert %{"t" => "map", "fields" => [%{"key_source" => ":items", "value" => items}]} = inferred(body)
      assert %{"t" => "list", "of" => %{"fields" => fields}} = items

      assert for(f <- fields, do: {f["key_source"], f["value"]["t"]}) == [
               {":count", "number"},
               {":price", "number"}
             ]
    end

    test "is found where functions call each other without end" do
      body = """
      def f(%{left: left, right: right, value: value}), do: f(left) + g(right) + value
      def g(tree), do: f(tree)
      """

      assert kind(body) == "map"
    end

    test "does not follow a variable into another of its name" do
      assert kind("def f(x, y), do: Enum.each(y, fn x -> String.upcase(x) end)") == "any"
    end
  end

  describe "maps, structs and options" do
    test "have the keys that the code reads" do
      fields =
        inferred("def f(m), do: String.upcase(m.name) <> Map.get(m, :city, \"x\") <> m[:zip]")["fields"]

      assert Enum.map(fields, & &1["key_source"]) == [":city", ":name", ":zip"]
      assert Enum.map(fields, & &1["value"]["t"]) == ["string", "string", "string"]
    end

    test "may have keys that are strings, and be nested" do
      assert %{"fields" => [%{"key_source" => ~S("user"), "value" => inner}]} =
               inferred(~S|def f(m), do: String.trim(m["user"]["name"])|)

      assert %{"t" => "map", "fields" => [%{"key_source" => ~S("name"), "value" => %{"t" => "string"}}]} =
               inner
    end

    test "come in the shapes that patterns tell apart" do
      body = "def f(%{type: :circle, r: r}), do: r * 2\ndef f(%{type: :box, a: a}), do: String.length(a)"
      assert %{"t" => "union", "of" => [box, circle]} = inferred(body)
      assert Enum.map(box["fields"], & &1["key_source"]) == [":type", ":a"]
      assert Enum.map(circle["fields"], & &1["key_source"]) == [":type", ":r"]
    end

    test "of a keyword list are options, with the type of their default" do
      body = "def f(opts), do: {Keyword.get(opts, :size, 10), Keyword.fetch!(opts, :name) <> \"!\"}"
      assert %{"t" => "keyword", "fields" => fields} = inferred(body)

      assert for(f <- fields, do: {f["key_source"], f["value"]["t"]}) == [
               {":name", "string"},
               {":size", "integer"}
             ]
    end
  end

  describe "a text" do
    test "is split at the separators that the code names, into rows that patterns fix" do
      body = """
      def f(text) do
        [name, age] = String.split(text, ";")
        {name, String.to_integer(age)}
      end
      """

      assert %{"t" => "text", "splits" => [%{"separator" => ";", "parts" => [[name, age]]}]} = inferred(body)
      assert name["named"] == "name"
      assert %{"t" => "text", "formats" => ["integer"]} = age
    end

    test "has lines that are split again" do
      body = "def f(text), do: text |> String.split(\"\\n\") |> Enum.map(&String.split(&1, \",\"))"

      assert %{"splits" => [%{"separator" => "\n", "of" => %{"splits" => [%{"separator" => ","}]}}]} =
               inferred(body)
    end

    test "matches the regexes of the module, attributes among them" do
      body = "@plate ~r/^[A-Z]{2}-\\d+$/\ndef f(text), do: Regex.match?(@plate, text)"
      assert %{"t" => "text", "regexes" => ["^[A-Z]{2}-\\d+$"]} = inferred(body)
    end

    test "has the words and characters that patterns ask for" do
      body = """
      def f("GET " <> rest), do: f(rest)
      def f(<<?+, rest::binary>>), do: f(rest)
      def f(<<digit, rest::binary>>) when digit in ?0..?9, do: f(rest)
      """

      assert inferred(body)["words"] |> Enum.sort() == ["+", "0", "9", "GET "]
    end

    test "is read as numbers that are compared with others" do
      body = "def f(text), do: case(Integer.parse(text), do: ({n, _} when n > 120 -> :old))"
      assert %{"formats" => ["integer"], "numbers" => ["120"]} = inferred(body)
    end
  end

  test "a command line holds the switches that it is parsed with" do
    body =
      "def f(argv), do: OptionParser.parse(argv, strict: [dry_run: :boolean, count: :integer], aliases: [h: :help])"

    assert %{"t" => "list", "of" => %{"literals" => literals}} = inferred(body)
    assert literals == ["--dry-run", "--count=3", "-h"]

    body = "def f(argv) do\nknown = [quiet: :boolean]\nOptionParser.parse(argv, strict: known)\nend"
    assert %{"t" => "list", "of" => %{"literals" => ["--quiet"]}} = inferred(body)
  end

  test "a number says what it is compared with" do
    assert %{"t" => "integer", "near" => ["18"]} =
             inferred("def f(age), do: if(age >= 18, do: :in, else: :out)")
  end

  test "a text and a list say what their length is compared with" do
    assert %{"t" => "text", "sizes" => [64]} = inferred("def f(x), do: if(byte_size(x) > 64, do: 1, else: 2)")
    assert %{"t" => "list", "sizes" => [3]} = inferred("def f(x) when length(x) < 3, do: x")
  end

  test "a map that has to be a struct is one of the language's" do
    assert %{"t" => "union", "of" => [%{"module" => "Date"} | _]} =
             inferred("def f(%{__struct__: _} = x), do: x")
  end

  test "each clause tells the types of its head's variables" do
    body = "def f({:add, x}), do: x + 1\ndef f({:shout, x}), do: String.upcase(x)"
    clauses = body |> functions() |> hd() |> Map.fetch!("clauses")
    assert Enum.map(clauses, & &1["variables"]["x"]["t"]) == ["number", "string"]
  end
end
