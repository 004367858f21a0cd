defmodule Testgen.Observation.OracleTest do
  use ExUnit.Case, async: true

  alias Testgen.Observation.{Oracle, Outcome}

  defp value(value, rest \\ []), do: struct!(%Outcome{result: {:value, value}}, rest)

  defp decide(outcomes) do
    {:ok, oracle} = Oracle.decide(outcomes)
    oracle
  end

  test "the same value twice is to be equal" do
    oracle = decide([value(3), value(3)])
    assert Oracle.name(oracle) == "equal"
    assert Oracle.holds?(oracle, value(3))
    assert Oracle.holds?(oracle, value(3.0))
    refute Oracle.holds?(oracle, value(4))
    refute Oracle.holds?(oracle, %Outcome{result: {:throw, 3}})
  end

  test "a relaxed boolean takes any truthy value, a strict one does not" do
    strict = decide([value(true), value(true)])
    assert Oracle.name(strict) == "boolean"
    refute Oracle.holds?(strict, value(1))
    assert Oracle.holds?(Oracle.relaxed(strict), value(1))
    refute Oracle.holds?(Oracle.relaxed(strict), value(nil))
    no = Oracle.relaxed(decide([value(false), value(false)]))
    assert Oracle.holds?(no, value(nil))
    refute Oracle.holds?(no, value(0))
  end

  test "values that share nothing, and runs that end differently, are unstable" do
    assert {:unstable, _} = Oracle.decide([value(1), value("a")])
    assert {:unstable, message} = Oracle.decide([value(1), %Outcome{result: {:throw, 1}}])
    assert message =~ "end differently"

    raises =
      for module <- [RuntimeError, ArgumentError], do: %Outcome{result: {:raise, module.exception("x"), []}}

    assert {:unstable, _} = Oracle.decide(raises)
  end

  test "printing is asked for exactly, with the value where it says something" do
    oracle = decide(List.duplicate(value(:ok, output: "hi\n"), 2))
    assert {:io, nil, {:equal, "hi\n"}} = oracle
    assert Oracle.holds?(oracle, value(:other, output: "hi\n"))
    refute Oracle.holds?(oracle, value(:ok, output: "ho\n"))
    oracle = decide(List.duplicate(value(3, output: "hi\n"), 2))
    refute Oracle.holds?(oracle, value(4, output: "hi\n"))
  end

  test "messages have to come, in any order, beside others" do
    oracle = decide(List.duplicate(value(:ok, messages: [{:a, 1}, :b]), 2))
    assert Oracle.name(oracle) == "receive"
    assert Oracle.holds?(oracle, value(:ok, messages: [:b, :c, {:a, 1}]))
    refute Oracle.holds?(oracle, value(:ok, messages: [{:a, 1}]))
  end

  test "a log and a complaint have to contain what both runs said" do
    log = decide([value(:ok, logs: ["x 1", "same"]), value(:ok, logs: ["x 2", "same"])])
    assert log == {:log, "same"}
    assert Oracle.holds?(log, value(:ok, logs: ["so the same"]))
    refute Oracle.holds?(log, value(:ok, logs: []))
    assert {:errors, {:equal, "warning\n"}} = decide(List.duplicate(value(:ok, errors: "warning\n"), 2))

    assert {:errors, {:contains, "warning: a"}} =
             decide(List.duplicate(value(:ok, errors: "\nwarning: a\n  file:1\n"), 2))
  end

  test "a value is worth more than the log beside it" do
    assert {:value, {:equal, 3}} = decide(List.duplicate(value(3, logs: ["x"]), 2))
  end

  test "a big struct is asked for its fields, a long value for its beginning" do
    uri = URI.parse("http://example.com")
    assert {:value, {:equal, _}} = decide([value(uri), value(uri)])
    long = Enum.to_list(1..1000)
    assert {:value, {:shape, {:head, _, 1000}}} = decide([value(long), value(long)])
  end
end
