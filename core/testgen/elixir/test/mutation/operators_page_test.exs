defmodule Testgen.Mutation.OperatorsPageTest do
  use ExUnit.Case, async: true

  alias Testgen.Mutation.{Operators, OperatorsPage}

  @page Path.expand("../../../../../docs/mutation-operators.md", __DIR__)

  test "the page about operators says what the operators say" do
    assert File.read!(@page) == OperatorsPage.render(),
           "make it again: mix run -e 'IO.write(Testgen.Mutation.OperatorsPage.render())' > ../../../docs/mutation-operators.md"
  end

  test "every operator is on the page, and says what it does not do" do
    page = OperatorsPage.render()

    for operator <- Operators.all() do
      assert page =~ "### `#{operator.id()}`"
      assert %{summary: <<_, _::binary>>, examples: [_ | _], not: <<_, _::binary>>} = operator.describe()
    end
  end
end
