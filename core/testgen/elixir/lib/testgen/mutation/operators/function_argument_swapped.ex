defmodule Testgen.Mutation.Operators.FunctionArgumentSwapped do
  @moduledoc """
  The first two arguments of a call swapped.
  """

  @behaviour Testgen.Mutation.Operator
  alias Testgen.Mutation.{Change, Context, Source}

  @impl true
  def id, do: "function.argument_swapped"

  @impl true
  def group, do: "functions"

  @impl true
  def describe do
    %{
      summary: "The first two arguments of a call swapped.",
      examples: [
        {"transfer(from, to)", "transfer(to, from)"},
        {"DateTime.diff(a, b)", "DateTime.diff(b, a)"},
        {"a ++ b", "b ++ a"}
      ],
      not:
        "Arguments that are the same, functions, or options; calls where the order does not matter; other modules' functions whose arguments are of different kinds."
    }
  end

  @ordered %{
    Kernel => ~w(-- ++ <> div rem)a,
    Map => ~w(merge)a,
    Keyword => ~w(merge)a,
    Enum => ~w(concat zip)a,
    MapSet => ~w(difference subset?)a,
    String => ~w(starts_with? ends_with? contains? jaro_distance)a,
    Date => ~w(diff compare range before? after?)a,
    DateTime => ~w(diff compare before? after?)a,
    NaiveDateTime => ~w(diff compare before? after?)a,
    Time => ~w(diff compare before? after?)a,
    Version => ~w(compare match?)a,
    Integer => ~w(floor_div mod pow)a
  }

  @impl true
  def mutations(_, %Context{piped: true}), do: []

  def mutations({form, meta, [first, second | rest]} = node, %Context{site: :expression} = context) do
    with {_, module, _} <- Context.target(context, node),
         true <- module == :local or Context.name(node) in Map.get(@ordered, module, []),
         true <- value?(first) and value?(second) and Source.bare(first) != Source.bare(second) do
      [Change.replace({form, meta, [second, first | rest]})]
    else
      _ -> []
    end
  end

  def mutations(_, _), do: []

  defp value?({form, _, args}) when form in [:fn, :&, :%{}] and is_list(args), do: false
  defp value?({:__block__, _, [list]}) when is_list(list), do: list == []
  defp value?({_, _, _}), do: true
  defp value?(_), do: false
end
