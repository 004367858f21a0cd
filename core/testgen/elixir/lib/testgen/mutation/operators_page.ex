defmodule Testgen.Mutation.OperatorsPage do
  @moduledoc """
  The page about mutation operators, made of what the operators say about themselves.

      mix run -e 'IO.write(Testgen.Mutation.OperatorsPage.render())' > ../../../docs/mutation-operators.md
  """

  alias Testgen.Mutation.Operators

  @groups [
    "arithmetic",
    "comparison",
    "boolean",
    "membership",
    "literals",
    "functions",
    "clauses and guards",
    "Elixir's own",
    "LiveView"
  ]

  @spec render() :: String.t()
  def render do
    sections = for group <- @groups, do: section(group, Enum.filter(sorted(), &(&1.group() == group)))
    IO.iodata_to_binary([heading(), sections, own()])
  end

  defp sorted, do: Enum.sort_by(Operators.all(), & &1.id())

  defp heading do
    """
    # Mutation operators

    A mutant is the module with one small change. An operator is one way of changing code; its id never changes, so that
    results can be compared over time. This page is made from the operators' own descriptions.

    Only code whose meaning is known is changed: calls are resolved by Elixir's compiler, so that `+` is changed where it is
    `Kernel.+/2` and nowhere else. Code under `quote`, arguments of macros other than Kernel's, documentation, specs and types
    are left alone. Attributes, struct defaults and macros are recompiled for each mutant; everything else is compiled once.
    """
  end

  defp section(_, []), do: []

  defp section(group, operators),
    do: ["\n## #{String.capitalize(group) |> named(group)}\n" | Enum.map(operators, &operator/1)]

  defp named(_, "Elixir's own"), do: "Elixir's own"
  defp named(_, "LiveView"), do: "LiveView"
  defp named(capitalized, _), do: capitalized

  defp operator(operator) do
    %{summary: summary, examples: examples, not: exceptions} = operator.describe()

    [
      "\n### `#{operator.id()}`\n\n#{summary}\n\n```elixir\n",
      Enum.map_intersperse(examples, "\n", &example/1),
      "```\n\nLeft alone: #{lower_first(exceptions)}\n"
    ]
  end

  defp example({before, changed}), do: ["# before\n", before, "\n# after\n", changed, "\n"]

  # Names of things keep their capitals.
  defp lower_first(<<first, second, _::binary>> = text) when first in ?A..?Z and second in ?a..?z,
    do: String.downcase(<<first>>) <> binary_part(text, 1, byte_size(text) - 1)

  defp lower_first(text), do: text

  defp own do
    """

    ## Operators of your own

    Implement the behaviour `Testgen.Mutation.Operator` in a module of the project, and name it in `.testgen.toml`:

    ```toml
    [mutation]
    operators = ["MyApp.Operators.Discount"]
    ```

    ```elixir
    defmodule MyApp.Operators.Discount do
      @behaviour Testgen.Mutation.Operator
      alias Testgen.Mutation.{Change, Context, Source}

      def id, do: "discount.none"
      def group, do: "shop"
      def describe, do: %{summary: "No discount.", examples: [{"discount(cart)", "0"}], not: "Other calls."}

      def mutations({:discount, _, [_]}, %Context{site: :expression}), do: [Change.replace(Source.literal(0))]
      def mutations(_, _), do: []
    end
    ```

    The module is asked about every place that can be changed. What kinds of places there are (`site`) stands in the
    documentation of `Testgen.Mutation.Operator`.
    """
  end
end
