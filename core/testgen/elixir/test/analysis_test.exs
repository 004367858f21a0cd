defmodule Testgen.AnalysisTest do
  use ExUnit.Case, async: true

  alias Testgen.Analysis

  defp modules(source) do
    {:ok, %{"modules" => modules}} = Analysis.source(source, "lib/sample.ex")
    modules
  end

  defp function(source, name) do
    modules = modules(source)
    Enum.find_value(modules, fn module -> Enum.find(module["functions"], &(&1["name"] == name)) end)
  end

  describe "what a file defines" do
    test "nested modules have their full names, in the order of the file" do
      source = """
      defmodule Outer do
        defmodule Inner do
          def a, do: 1
        end

        def b, do: Inner.a()
      end

      defmodule Other do
      end
      """

      assert ["Outer", "Outer.Inner", "Other"] == source |> modules() |> Enum.map(& &1["name"])
      assert [%{"module" => "Outer.Inner", "function" => "a", "arity" => 0}] = function(source, "b")["calls"]
    end

    test "protocols, implementations, exceptions and behaviours are told apart" do
      source = """
      defprotocol Shape do
        def area(shape)
      end

      defmodule Square do
        defstruct [:side]

        defimpl Shape do
          def area(square), do: square.side * square.side
        end
      end

      defimpl Shape, for: [Integer, Float] do
        def area(number), do: number
      end

      defmodule Odd do
        defexception message: "odd"
      end

      defmodule Store do
        @callback put(term()) :: :ok
      end
      """

      kinds = source |> modules() |> Map.new(&{&1["name"], &1["kind"]})

      assert kinds == %{
               "Shape" => "protocol",
               "Square" => "module",
               "Shape.Square" => "impl",
               "Shape.Integer" => "impl",
               "Shape.Float" => "impl",
               "Odd" => "exception",
               "Store" => "behaviour"
             }
    end

    test "a module inside a condition is found, one inside a quote is not" do
      source = """
      if true do
        defmodule Inside do
        end
      end

      defmodule Maker do
        defmacro make do
          quote do
            defmodule Quoted do
            end
          end
        end
      end
      """

      assert ["Inside", "Maker"] == source |> modules() |> Enum.map(& &1["name"])
    end

    test "a struct has its fields, their defaults and the enforced ones" do
      [module] = modules("defmodule S do\n @enforce_keys [:a]\n defstruct [:a, b: 1 + 1]\nend")

      assert module["struct"] == %{
               "fields" => [%{"name" => "a", "default" => "nil"}, %{"name" => "b", "default" => "1 + 1"}],
               "enforced" => ["a"]
             }
    end

    test "aliases are followed in behaviours and uses" do
      source = """
      defmodule A do
        alias My.{One, Two}
        alias My.Three, as: Third
        use One
        @behaviour Two
        @behaviour Third.Deep
      end
      """

      assert [%{"uses" => ["My.One"], "behaviours" => ["My.Two", "My.Three.Deep"]}] = modules(source)
    end

    test "attributes that document are no attributes" do
      [module] =
        modules("defmodule A do\n @moduledoc \"x\"\n @limit 10\n @doc \"y\"\n def a, do: @limit\nend")

      assert module["attributes"] == [%{"name" => "limit", "source" => "10"}]
      assert module["moduledoc"] == "x"
    end
  end

  describe "a function" do
    test "has its clauses, guards and lines" do
      source = """
      defmodule A do
        def f(0), do: :zero
        def f(n) when n > 0 do
          :more
        end
      end
      """

      function = function(source, "f")
      assert %{"arity" => 1, "kind" => "def", "line" => 2, "end_line" => 5} = function

      assert [
               %{"args" => ["0"], "guard" => nil, "line" => 2},
               %{"args" => ["n"], "guard" => "n > 0", "line" => 3}
             ] = function["clauses"]
    end

    test "with default arguments is listed once, its head without a body being no clause" do
      source = "defmodule A do\n def f(a, b \\\\ 1, c \\\\ 2)\n def f(a, b, c), do: a + b + c\nend"
      assert %{"arity" => 3, "defaults" => 2, "clauses" => [%{"line" => 3}]} = function(source, "f")
    end

    test "keeps the doc before it, its impl, and a spec from anywhere" do
      source = """
      defmodule A do
        @doc "What it does."
        @impl true
        def f(a), do: a

        @doc false
        def g(a), do: a

        @spec f(integer()) :: integer()
      end
      """

      assert %{
               "doc" => "What it does.",
               "impl" => "true",
               "specs" => [%{"source" => "f(integer()) :: integer()"}]
             } = function(source, "f")

      assert %{"doc" => nil, "hidden" => true, "specs" => []} = function(source, "g")
    end

    test "that is private is listed apart" do
      [module] = modules("defmodule A do\n def f, do: g()\n defp g, do: 1\nend")
      assert ["f"] == Enum.map(module["functions"], & &1["name"])
      assert ["g"] == Enum.map(module["private_functions"], & &1["name"])
    end

    test "names its arguments by what the clauses call them" do
      source =
        "defmodule A do\n def f(%Date{}, 0, _), do: 1\n def f(date, count, _rest), do: {date, count}\nend"

      assert ["date", "count", "rest"] = function(source, "f")["arg_names"]
    end

    test "made by a macro is listed as generated once its module is compiled" do
      source = """
      defmodule Testgen.AnalysisTest.Generated do
        for {name, value} <- [one: 1, two: 2] do
          def unquote(name)(), do: unquote(value)
        end

        def written(a, b \\\\ 2), do: a + b
      end
      """

      Code.compile_string(source)
      functions = hd(modules(source))["functions"]

      assert [{"written", false}, {"one", true}, {"two", true}] ==
               Enum.map(functions, &{&1["name"], &1["generated"]})
    end
  end

  describe "calls and raises" do
    test "calls through pipes have their full arity, operators are none" do
      source = ~S'''
      defmodule A do
        def f(s), do: s |> String.trim() |> String.split(",") |> helper() |> Enum.map(&String.upcase/1)
        defp helper(l), do: l ++ [1 + 2]
      end
      '''

      calls = function(source, "f")["calls"]
      assert %{"module" => "String", "function" => "split", "arity" => 2} in calls
      assert %{"module" => nil, "function" => "helper", "arity" => 1} in calls
      assert %{"module" => "String", "function" => "upcase", "arity" => 1} in calls
      assert length(calls) == 5
    end

    test "a field access is no call" do
      assert [] == function("defmodule A do\n def f(user), do: user.name\nend", "f")["calls"]
    end

    test "raises have their message, or the text before the first interpolation" do
      source = ~S'''
      defmodule A do
        alias My.Error
        def f(1), do: raise("one")
        def f(2), do: raise(ArgumentError, "two is #{2}")
        def f(3), do: raise(Error, code: 3)
        def f(4), do: raise(ArgumentError, message: "four")
      end
      '''

      assert [
               %{"exception" => "RuntimeError", "message" => "one"},
               %{"exception" => "ArgumentError", "message" => nil, "prefix" => "two is "},
               %{"exception" => "My.Error", "message" => nil, "prefix" => nil},
               %{"exception" => "ArgumentError", "message" => "four"}
             ] = function(source, "f")["raises"]
    end
  end

  describe "what cannot be analysed" do
    @describetag :tmp_dir

    test "a syntax error has Elixir's own message, line and column" do
      assert {:error, "parse_error", message, %{"line" => 2, "column" => 12}} =
               Analysis.source("defmodule A do\n  def f(), )\nend", "lib/a.ex")

      assert message =~ "lib/a.ex:2: "
      assert message =~ "unexpected token"
    end

    test "a file without a module says so" do
      assert {:error, "no_module", "lib/a.ex defines no module", _} =
               Analysis.source("IO.puts(1)", "lib/a.ex")

      assert {:error, "no_module", _, _} = Analysis.source("", "lib/a.ex")
    end

    test "bytes that are no UTF-8 are refused with their line", %{tmp_dir: tmp_dir} do
      path = Path.join(tmp_dir, "latin.ex")
      File.write!(path, "defmodule A do\n  def f, do: \"caf\xE9\"\nend")
      assert {:error, "not_utf8", message, %{"line" => 2}} = Analysis.handle(%{"path" => path}, %{})
      assert message =~ "line 2"
    end

    test "a missing file and a folder are errors with their reason", %{tmp_dir: tmp_dir} do
      assert {:error, "unreadable", message, _} = Analysis.handle(%{"path" => "no/such.ex"}, %{})
      assert message =~ "no such file"
      assert {:error, "unreadable", _, _} = Analysis.handle(%{"path" => tmp_dir}, %{})
    end

    test "a byte order mark and CRLF change nothing but the bytes", %{tmp_dir: tmp_dir} do
      path = Path.join(tmp_dir, "windows.ex")
      File.write!(path, "\uFEFFdefmodule A do\r\n  def f(x) when x > 3, do: x\r\nend\r\n")
      assert {:ok, %{"modules" => [module]}} = Analysis.handle(%{"path" => path}, %{})
      assert %{"end_line" => 3, "functions" => [%{"line" => 2, "guard_bounds" => [%{"value" => 3}]}]} = module
    end
  end
end
