defmodule Testgen.Exploration.HeadsTest do
  use ExUnit.Case, async: true

  alias Testgen.Exploration.Heads

  defp wants(head, values), do: head |> clause() |> Heads.wants(values)

  defp clause(head) do
    case head do
      {:when, _, parts} -> {Enum.drop(parts, -1), List.last(parts)}
      pattern -> {[pattern], nil}
    end
  end

  defp head(source) do
    [{:->, _, [[head], _]}] = Code.string_to_quoted!("(#{source} -> 1)")
    head
  end

  test "literals are wanted where they do not stand yet, deep inside too" do
    assert wants(head("{:ok, %{state: :open}}"), [{:ok, %{state: :closed}}]) == [closed: :open]
    assert wants(head("[_, 3]"), [[1, 2]]) == [{2, 3}, {:shift, 1}]
    assert wants(head("{:ok, x}"), [{:ok, 1}]) == []
  end

  test "another shape is wanted whole" do
    assert {nil, {:error, :full}} in wants(head("{:error, :full}"), [nil])
    assert {[], [7]} in wants(head("[7 | _]"), [[]])
    assert {%{}, %{"id" => 5}} in wants(head(~s|%{"id" => 5}|), [%{}])
  end

  test "prefixes are put before a text, and taken from it" do
    assert {"1", "+1"} in wants(head(~s|"+" <> rest|), ["1"])
    assert {"+1", "1"} in wants(head(~s|"+" <> rest|), ["+1"])
  end

  test "guards want their boundaries, and another kind than the one they test" do
    found = wants(head("{n, _} when n > 3"), [{5, 0}])
    for want <- [2, 3, 4], do: assert({5, want} in found)
    assert {"x", 1} in wants(head("%{email: e} when is_binary(e)"), [%{email: "x"}])
  end

  test "closeness counts the parts that fit" do
    clause = clause(head("[_, {:b, 2}, %{c: 3}]"))

    fits =
      for values <- [[[]], [[1]], [[1, {:b, 1}]], [[1, {:b, 2}, %{c: 3}]]],
          do: Heads.closeness(clause, values)

    assert fits == Enum.sort(fits) and fits == Enum.uniq(fits)
  end
end
