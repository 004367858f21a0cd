defmodule Testgen.Observation.MessageTest do
  use ExUnit.Case, async: true

  alias Testgen.Observation.Message

  @own [{__MODULE__, :f, 1, []}]
  @library [{Enum, :fetch!, 2, []}]

  defp of(error, stacktrace \\ @own),
    do: Message.of([{:raise, error, stacktrace}, {:raise, error, stacktrace}])

  test "what the project's code says is named in full" do
    assert of(ArgumentError.exception("no such thing")) == {:exactly, "no such thing"}
  end

  test "what the language or its library says is not" do
    assert of(ArgumentError.exception("no such thing"), @library) == nil
    assert of(ArgumentError.exception("no such thing"), [{:erlang, :binary_to_integer, 1, []}]) == nil
    assert of(%KeyError{key: :a, term: %{}}) == nil
  end

  test "a long message, one of several lines, and one with an address are named by their beginning" do
    assert {:beginning, beginning} = of(RuntimeError.exception(String.duplicate("long words ", 20)))
    assert String.length(beginning) == 60
    assert of(RuntimeError.exception("the first line\nthe second")) == {:beginning, "the first line"}
    assert of(RuntimeError.exception("cannot reach #PID<0.1.0> now")) == {:beginning, "cannot reach "}
  end

  test "a beginning that is too short to tell anything is not named" do
    assert of(RuntimeError.exception("a\nb")) == nil
    assert of(RuntimeError.exception("#PID<0.1.0> is gone")) == nil
  end

  test "only what all runs agree on is named" do
    raises = for id <- ["17", "42"], do: {:raise, RuntimeError.exception("request failed: id #{id}"), @own}
    assert Message.of(raises) == {:beginning, "request failed: id "}
  end

  test "fits as the assertion would" do
    error = RuntimeError.exception("request failed: id 3")
    assert Message.fits?(nil, error)
    assert Message.fits?({:exactly, "request failed: id 3"}, error)
    refute Message.fits?({:exactly, "request failed"}, error)
    assert Message.fits?({:beginning, "request failed"}, error)
    refute Message.fits?({:beginning, "id 3"}, error)
  end

  test "an exception is deliberate where the project's code raised it" do
    assert Message.deliberate?(ArgumentError.exception("x"), @own)
    refute Message.deliberate?(ArgumentError.exception("x"), @library)
    refute Message.deliberate?(%FunctionClauseError{}, @own)
  end
end
