defmodule Testgen.Analysis.PatternTest do
  use ExUnit.Case, async: true

  alias Testgen.Analysis.{Names, Pattern}

  defp tree(source), do: source |> Code.string_to_quoted!() |> Pattern.tree(%{Names.new() | module: My.Mod})

  test "variables, ignored ones and literals" do
    assert %{"p" => "var", "name" => "x", "source" => "x"} = tree("x")
    assert %{"p" => "ignore"} = tree("_")
    assert %{"p" => "ignore"} = tree("_rest")
    assert %{"p" => "literal", "value" => "-1"} = tree("-1")
    assert %{"p" => "literal", "value" => "\"a\""} = tree("\"a\"")
  end

  test "a default belongs to its pattern" do
    assert %{"p" => "var", "default" => "[]"} = tree("options \\\\ []")
  end

  test "containers have their parts" do
    assert %{"p" => "tuple", "of" => [%{"value" => ":ok"}, %{"p" => "var"}]} = tree("{:ok, x}")
    assert %{"p" => "tuple", "of" => [_, _, _]} = tree("{a, b, c}")
    assert %{"p" => "list", "of" => []} = tree("[]")
    assert %{"p" => "list", "of" => [_, _]} = tree("[a, b]")
    assert %{"p" => "cons", "heads" => [_, _], "tail" => %{"name" => "rest"}} = tree("[a, b | rest]")

    assert %{"p" => "map", "fields" => [%{"key" => "\"k\"", "value" => %{"p" => "var"}}]} =
             tree("%{\"k\" => v}")
  end

  test "structs are named in full" do
    assert %{"p" => "struct", "name" => "My.Mod"} = tree("%__MODULE__{}")

    assert %{"p" => "match", "left" => %{"name" => "Date"}, "right" => %{"p" => "var"}} =
             tree("%Date{} = date")
  end

  test "binaries by prefix or segments" do
    assert %{"p" => "prefix", "prefix" => "GET ", "rest" => %{"name" => "path"}} = tree("\"GET \" <> path")

    assert %{"p" => "binary", "segments" => ["size :: 8", "rest :: binary"]} =
             tree("<<size::8, rest::binary>>")
  end
end
