defmodule Testgen.Analysis.LiteralTest do
  use ExUnit.Case, async: true

  alias Testgen.Analysis.{Literal, Source}

  defp literals(source) do
    {:ok, quoted} = Source.parse(source, "a.ex")
    for literal <- Literal.collect(quoted), do: {literal["kind"], literal["source"], literal["line"]}
  end

  test "each kind is told, with its line" do
    source = ~S'''
    f(1, 2.5, "text", :name, true)
    g(~r/a+b/i, 'letters', ~c"more", -3)
    '''

    assert literals(source) == [
             {"integer", "1", 1},
             {"float", "2.5", 1},
             {"string", "\"text\"", 1},
             {"atom", ":name", 1},
             {"boolean", "true", 1},
             {"regex", "~r/a+b/i", 2},
             {"charlist", "~c\"letters\"", 2},
             {"charlist", "~c\"more\"", 2},
             {"integer", "-3", 2}
           ]
  end

  test "word lists are their words" do
    assert literals("~w(a b)") == [{"string", "\"a\"", 1}, {"string", "\"b\"", 1}]
    assert literals("~w(a b)a") == [{"atom", ":a", 1}, {"atom", ":b", 1}]
  end

  test "text around an interpolation counts, blanks between do not" do
    assert literals(~S("Dear #{name}, #{x} #{y}")) == [{"string", "\"Dear \"", 1}, {"string", "\", \"", 1}]
  end

  test "keys of maps and keywords are atoms, do blocks are not" do
    assert literals("if x, do: %{a: 1}, else: [b: 2]") == [
             {"atom", ":a", 1},
             {"integer", "1", 1},
             {"atom", ":b", 1},
             {"integer", "2", 1}
           ]
  end

  test "docs, specs, aliases and nil are no literals" do
    assert literals("@doc \"x\"\n@spec f(1) :: :a\nalias A.B\nf(nil, A)") == []
  end

  test "a value that comes twice is told once" do
    assert literals("f(1)\ng(1)") == [{"integer", "1", 1}]
  end
end
