defmodule Testgen.TypeTreeTest do
  use ExUnit.Case, async: true

  alias Testgen.Analysis.Names
  alias Testgen.TypeTree

  defp tree(source, types \\ %{}) do
    scope = TypeTree.scope(My.Mod, %{Names.new() | module: My.Mod}, types)
    source |> Code.string_to_quoted!() |> TypeTree.build(scope)
  end

  test "basic types are themselves" do
    for name <- ~w(integer float number atom boolean binary any none pid reference pos_integer) do
      assert tree("#{name}()") == %{"t" => name}
    end

    assert tree("String.t()") == %{"t" => "string"}
    assert tree("term()") == %{"t" => "any"}
    assert tree("no_return()") == %{"t" => "none"}
  end

  test "literals and ranges" do
    assert tree(":ok") == %{"t" => "literal", "source" => ":ok"}
    assert tree("1..10") == %{"t" => "range", "first" => 1, "last" => 10}
    assert tree("-5..-1") == %{"t" => "range", "first" => -5, "last" => -1}
    assert tree("byte()") == %{"t" => "range", "first" => 0, "last" => 255}
  end

  test "unions are flat" do
    assert %{"t" => "union", "of" => [%{"source" => ":a"}, %{"source" => ":b"}, %{"t" => "integer"}]} =
             tree(":a | :b | integer()")

    assert %{"t" => "union", "of" => [%{"source" => ":infinity"}, %{"t" => "non_neg_integer"}]} =
             tree("timeout()")
  end

  test "containers" do
    assert tree("[integer()]") == %{"t" => "list", "of" => %{"t" => "integer"}, "nonempty" => false}
    assert tree("[integer(), ...]") == %{"t" => "list", "of" => %{"t" => "integer"}, "nonempty" => true}

    assert tree("{:ok, atom()}") == %{
             "t" => "tuple",
             "of" => [%{"t" => "literal", "source" => ":ok"}, %{"t" => "atom"}]
           }

    assert %{"t" => "keyword", "of" => %{"t" => "integer"}} = tree("keyword(integer())")
    assert %{"t" => "keyword", "fields" => [%{"key_source" => ":a"}]} = tree("[a: integer()]")

    assert %{"t" => "function", "args" => [%{"t" => "integer"}], "return" => %{"t" => "atom"}} =
             tree("(integer() -> atom())")

    assert %{"t" => "function", "args" => nil} = tree("(... -> atom())")
  end

  test "map keys are required or not" do
    assert %{
             "fields" => [
               %{"key_source" => ":a", "required" => true},
               %{"key" => %{"t" => "string"}, "required" => false}
             ]
           } = tree("%{:a => integer(), optional(String.t()) => atom()}")
  end

  test "structs are named" do
    assert %{"t" => "struct", "name" => "My.Mod", "fields" => [%{"key_source" => ":a"}]} =
             tree("%__MODULE__{a: integer()}")
  end

  test "the module's own types stand in their place, with their parameters" do
    types = %{
      {:id, 0} => {:type, [], quote(do: pos_integer())},
      {:pair, 1} => {:type, [:a], Code.string_to_quoted!("{a, a}")},
      {:secret, 0} => {:opaque, [], quote(do: integer())}
    }

    assert tree("id()", types) == %{"t" => "pos_integer"}
    assert tree("pair(atom())", types) == %{"t" => "tuple", "of" => [%{"t" => "atom"}, %{"t" => "atom"}]}

    assert %{"t" => "opaque", "module" => "My.Mod", "name" => "secret", "resolved" => %{"t" => "integer"}} =
             tree("secret()", types)
  end

  test "a type that contains itself ends" do
    types = %{{:tree, 0} => {:type, [], quote(do: {:leaf, integer()} | {:node, tree(), tree()})}}

    assert %{"t" => "union", "of" => [_, %{"of" => [_, %{"t" => "recursive", "name" => "tree"}, _]}]} =
             tree("tree()", types)
  end

  test "types of other modules are looked up in their beams" do
    assert %{
             "t" => "remote",
             "module" => "Date",
             "name" => "t",
             "resolved" => %{"t" => "struct", "name" => "Date"}
           } = tree("Date.t()")

    assert %{"t" => "remote", "resolved" => nil} = tree("No.Such.t()")
  end

  test "a spec has arguments, return, and its constraints put in their place" do
    scope = TypeTree.scope(My.Mod, Names.new(), %{})
    spec = Code.string_to_quoted!("f(x, [y]) :: {x, y} when x: integer(), y: var")

    assert TypeTree.spec(spec, scope) == %{
             "args" => [
               %{"t" => "integer"},
               %{"t" => "list", "of" => %{"t" => "var", "name" => "y"}, "nonempty" => false}
             ],
             "return" => %{"t" => "tuple", "of" => [%{"t" => "integer"}, %{"t" => "var", "name" => "y"}]}
           }
  end
end
