defmodule Testgen.Observation.SketchTest do
  use ExUnit.Case, async: true

  alias Testgen.Observation.Sketch

  test "tuples, lists and maps are told with their parts" do
    assert Sketch.of({:ok, %{n: 1}, ["a", "b"]}) == %{
             "t" => "tuple",
             "of" => [
               %{"t" => "literal", "source" => ":ok"},
               %{
                 "t" => "map",
                 "fields" => [
                   %{
                     "key" => %{"t" => "literal", "source" => ":n"},
                     "key_source" => ":n",
                     "required" => true,
                     "value" => %{"t" => "integer"}
                   }
                 ]
               },
               %{"t" => "list", "of" => %{"t" => "string"}}
             ]
           }
  end

  test "structs are told by name, functions by arity, processes as such" do
    assert %{"t" => "struct", "name" => "MapSet"} = Sketch.of(MapSet.new())
    assert %{"t" => "function", "args" => [_, _]} = Sketch.of(&Kernel.+/2)
    assert Sketch.of(self()) == %{"t" => "pid"}
    assert Sketch.of(make_ref()) == %{"t" => "reference"}
  end

  test "it ends a few levels down" do
    assert [[[[[1]]]]] |> Sketch.of() |> inspect() =~ ~s("any")
  end
end
