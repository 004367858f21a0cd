defmodule Testgen.Analysis.ConstructorsTest do
  use ExUnit.Case, async: true

  alias Testgen.Analysis.Constructors

  defp of(type), do: Constructors.of([%{"specs" => [%{"args" => [type]}], "inferred" => []}], "Sample")

  defp names(entries), do: Enum.map(entries, & &1["function"])

  test "functions that give a value make it, those that take one change it" do
    assert %{"Macro.Env" => %{"makers" => _, "steps" => steps}} =
             of(%{"t" => "struct", "name" => "Macro.Env", "fields" => []})

    assert "prune_compile_info" in names(steps)
    refute "location" in names(steps)
  end

  test "the module's own struct and those of the language are left out" do
    assert of(%{"t" => "struct", "name" => "Sample", "fields" => []}) == %{}
    assert of(%{"t" => "remote", "module" => "Date", "name" => "t", "resolved" => nil}) == %{}
  end

  test "types inside others are found" do
    struct = %{"t" => "struct", "name" => "Task", "fields" => []}
    assert Constructors.named([%{"t" => "list", "of" => %{"t" => "tuple", "of" => [struct]}}]) == ["Task"]
  end

  test "a module that is not there has no constructors" do
    assert %{"Nowhere" => %{"makers" => [], "steps" => []}} =
             of(%{"t" => "struct", "name" => "Nowhere", "fields" => []})
  end
end
