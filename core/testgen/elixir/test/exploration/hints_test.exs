defmodule Testgen.Exploration.HintsTest do
  use ExUnit.Case, async: true

  alias Testgen.Exploration.{Edits, Hints}

  defp hints(what, operands), do: Hints.of([{1, operands}], %{1 => what}, Edits.pool([]))

  test "a comparison wants the other side, and numbers one beside it" do
    assert {"EUR", "USD"} in hints({Kernel, :==}, ["EUR", "USD"])
    found = hints({Kernel, :<}, [3, 10])
    for want <- [9, 10, 11], do: assert({3, want} in found)
    assert {:shift, 7} in found
    assert {:resize, 3, 10} in found
  end

  test "nothing wants what only a mutant has" do
    assert hints({Kernel, :==}, [:open, :mutant]) == [{:mutant, :open}]
  end

  test "a set wants its members, and what lies just outside a range" do
    assert hints({Kernel, :in}, [:a, [:b, :c]]) == [a: :b, a: :c]
    found = hints({Kernel, :in}, [0, 8..11])
    for want <- [7, 8, 11, 12], do: assert({0, want} in found)
  end

  test "a key that is missing is put in, one that is there taken out" do
    assert {%{}, %{name: "a"}} in hints({Map, :get}, [%{}, :name])
    assert {%{name: 1}, %{}} in hints({Map, :fetch!}, [%{name: 1}, :name])
    assert Enum.any?(hints({Keyword, :get}, [[], :size, 10]), &match?({[], [size: _]}, &1))
  end

  test "a prefix, a suffix and a separator are written into the text" do
    assert {"Who", "Dr.Who"} in hints({String, :starts_with?}, ["Who", "Dr."])
    assert {"a", "a.ex"} in hints({String, :ends_with?}, ["a", [".ex", ".exs"]])
    assert {"a", "a;a"} in hints({String, :split}, ["a", ";"])
  end

  test "what was never watched gives no hint" do
    assert Hints.of([{2, [1, 2]}], %{1 => {Kernel, :==}}, Edits.pool([])) == []
    assert hints({Kernel, :==}, [self(), self()]) == []
  end

  test "a hint is put wherever its value stands in the input" do
    assert Edits.hinted([%{currency: "EUR"}, 1], {"EUR", "USD"}) == [[%{currency: "USD"}, 1]]
    assert Edits.hinted(["3 EUR", 3], {"EUR", "USD"}) == [["3 USD", 3]]
    assert Edits.hinted([[1, 2], 2], {2, 9}) == [[[1, 9], 2], [[1, 2], 9]]
    assert Edits.hinted(["age: 15"], {15, 16}) == [["age: 16"]]
    assert Edits.hinted([[1, 2]], {:resize, 2, 3}) == [[[1, 2, 1]]]
    assert [~N[2024-01-06 10:00:00]] in Edits.hinted([~N[2024-01-04 10:00:00]], {:shift, 2})
    assert Edits.hinted([1], {"EUR", "USD"}) == []
  end
end
