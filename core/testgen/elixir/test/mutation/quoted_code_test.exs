defmodule Testgen.Mutation.QuotedCodeTest do
  use ExUnit.Case, async: false

  alias Testgen.Mutation

  @source """
  defmodule QuotedCodeGiven do
    def type(limit) do
      quoted = quote do: {:name, pos_integer()} | {:other, atom()}
      {quoted, limit + 1}
    end
  end
  """

  setup do
    {:ok, build} = Mutation.build(@source, "quoted_code_given.ex", [])
    {:ok, build} = Mutation.load(build)
    on_exit(fn -> Mutation.unload(build) end)
    [build: build]
  end

  test "code that a module quotes has no positions that a plain compile would not give it", %{build: build} do
    assert build.mutants != []
    assert {quoted, 2} = apply(QuotedCodeGiven, :type, [1])
    assert quoted == quote(do: {:name, pos_integer()} | {:other, atom()})
  end
end
