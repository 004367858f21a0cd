defmodule Testgen.Observation.BlameTest do
  use ExUnit.Case, async: true

  alias Testgen.Observation.Blame

  defp blame(fun) do
    fun.()
    flunk("it did not raise")
  rescue
    error -> Blame.of(error, __STACKTRACE__)
  end

  # So that the compiler does not see the mistake.
  defp given(value), do: :persistent_term.get(:none, value)

  test "a missing key is told with the map that lacks it" do
    assert %{"key" => ":name", "value" => "%{age: 3}"} = blame(fn -> Map.fetch!(given(%{age: 3}), :name) end)
    assert %{"key" => ":name", "value" => "nil"} = blame(fn -> given(nil).name end)
    assert blame(fn -> Map.fetch!(given(%{}), self()) end) == nil
  end

  test "an argument that a spec does not allow is told with its type" do
    assert %{"value" => "3", "wants" => %{"t" => "binary"}} = blame(fn -> String.upcase(given(3)) end)
    assert %{"value" => ":a", "wants" => %{"t" => kind}} = blame(fn -> byte_size(given(:a)) end)
    assert kind in ["bitstring", "binary"]
  end

  test "an operand that is no number wants one" do
    assert %{"value" => "\"a\"", "wants" => %{"t" => "number"}} =
             blame(fn -> apply(given(:erlang), :+, [1, "a"]) end)
  end

  test "what cannot be called wants to be a function of the arity it is called with" do
    assert %{"value" => "3", "wants" => %{"t" => "function"}} = blame(fn -> given(3).(1) end)
  end

  test "a protocol wants a value that implements it" do
    assert %{"value" => "3", "wants" => %{"t" => "list"}} = blame(fn -> Enum.to_list(given(3)) end)
    assert %{"value" => "{}", "wants" => %{"t" => "string"}} = blame(fn -> to_string(given({})) end)
  end

  test "an atom that is no module is told with what was called on it" do
    assert %{"value" => ":a", "wants" => %{"t" => "module", "callbacks" => ["area/1"]}} =
             blame(fn -> given(:a).area(1) end)
  end

  test "a function of the project without a spec is told with its arguments" do
    defmodule Door do
      def open(:key, n) when n > 0, do: n
    end

    assert %{"function" => "open/2", "arguments" => [":key", "0"]} =
             blame(fn -> Door.open(:key, given(0)) end)
  end

  test "what the code raises by itself blames nothing" do
    assert blame(fn -> raise ArgumentError, "no" end) == nil
    assert blame(fn -> raise "no" end) == nil
  end
end
