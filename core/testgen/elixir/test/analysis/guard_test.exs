defmodule Testgen.Analysis.GuardTest do
  use ExUnit.Case, async: true

  alias Testgen.Analysis.Guard

  defp facts(source, attributes \\ %{}),
    do: source |> Code.string_to_quoted!() |> Guard.facts(%{n: 0, s: 1}, attributes)

  defp bounds(source, attributes \\ %{}),
    do: for(b <- facts(source, attributes).bounds, do: {b["arg"], b["op"], b["value"]})

  test "comparisons give bounds, turned round where the argument stands right" do
    assert bounds("n >= 18 and 99 >= n") == [{0, ">=", 18}, {0, "<=", 99}]
  end

  test "negative numbers and attributes are values" do
    assert bounds("n > -5") == [{0, ">", -5}]
    assert bounds("n < @limit", %{limit: 10}) == [{0, "<", 10}]
    assert bounds("n < @limit") == [{0, "<", "@limit"}]
  end

  test "ranges and lists of values are bounds" do
    assert bounds("n in 1..5") == [{0, ">=", 1}, {0, "<=", 5}]
    assert bounds("n in [:a, :b]") == [{0, "==", ":a"}, {0, "==", ":b"}]
    assert bounds("n in ~w(x y)") == [{0, "==", "\"x\""}, {0, "==", "\"y\""}]
    assert bounds("n in ~w(x y)a") == [{0, "==", ":x"}, {0, "==", ":y"}]
  end

  test "a measured argument says by what" do
    assert [%{"arg" => 1, "op" => ">", "value" => 3, "measure" => "byte_size"}] =
             facts("byte_size(s) > 3").bounds

    assert [%{"measure" => "rem 2", "value" => 0}] = facts("rem(n, 2) == 0").bounds
  end

  test "type checks are told by argument" do
    assert [%{"arg" => 0, "check" => "is_integer"}, %{"arg" => 1, "check" => "is_struct", "with" => ["Date"]}] =
             facts("is_integer(n) and is_struct(s, Date)").types
  end

  test "two arguments compared, other variables, and no guard give nothing" do
    assert bounds("n > s") == []
    assert bounds("other > 3") == []
    assert Guard.facts(nil, %{n: 0}, %{}) == %{bounds: [], types: []}
  end
end
