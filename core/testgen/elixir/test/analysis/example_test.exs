defmodule Testgen.Analysis.ExampleTest do
  use ExUnit.Case, async: true

  alias Testgen.Analysis.Example

  test "an example has its expression and what it answers" do
    doc = "Adds.\n\n    iex> Calc.add(1, 2)\n    3\n\nMore."

    assert [%{"line" => 12, "lines" => [%{"expr" => "Calc.add(1, 2)", "expected" => "3", "raises" => nil}]}] =
             Example.extract(doc, 10)
  end

  test "adjacent prompts are one example, a blank line makes two" do
    doc = "iex> x = 1\niex> x + 1\n2\n\niex> 3\n3\n"

    assert [%{"lines" => [%{"expr" => "x = 1", "expected" => nil}, %{"expr" => "x + 1"}]}, %{"lines" => [_]}] =
             Example.extract(doc, 1)
  end

  test "an example may have several expectations" do
    assert [%{"lines" => [%{"expected" => "1"}, %{"expected" => "2"}]}] =
             Example.extract("iex> a()\n1\niex> b()\n2", 1)
  end

  test "expressions and expectations go over several lines" do
    doc = """
    iex> %{
    ...>   a: 1
    ...> }
    %{
      a: 1
    }
    """

    assert [%{"lines" => [%{"expr" => "%{\n  a: 1\n}", "expected" => "%{\n  a: 1\n}"}]}] =
             Example.extract(doc, 1)
  end

  test "a raise has its exception and message, over several lines too" do
    doc = "iex> f()\n** (ArgumentError) bad\nthing\n"

    assert [
             %{
               "lines" => [
                 %{
                   "expected" => nil,
                   "raises" => %{"exception" => "ArgumentError", "message" => "bad\nthing"}
                 }
               ]
             }
           ] = Example.extract(doc, 1)
  end

  test "numbered prompts and fences are understood" do
    doc = "```elixir\niex(1)> f()\n...(1)> |> g()\n:ok\n```\ntext"
    assert [%{"lines" => [%{"expr" => "f()\n|> g()", "expected" => ":ok"}]}] = Example.extract(doc, 1)
  end

  test "an expectation that is no source is marked" do
    assert [%{"lines" => [%{"opaque" => true}]}] = Example.extract("iex> self()\n#PID<0.1.0>", 1)
  end

  test "text without a prompt, and no doc, have none" do
    assert Example.extract("Say iex for the shell.", 1) == []
    assert Example.extract(nil, 1) == []
  end
end
