defmodule Testgen.Mutation.Operators.FunctionSibling do
  @moduledoc """
  A function of the standard library replaced by its counterpart.
  """

  @behaviour Testgen.Mutation.Operator
  alias Testgen.Mutation.{Change, Context}

  @impl true
  def id, do: "function.sibling"

  @impl true
  def group, do: "functions"

  @impl true
  def describe do
    %{
      summary: "A function of the standard library replaced by its counterpart.",
      examples: [
        {"Enum.min(list)", "Enum.max(list)"},
        {"Enum.filter(list, f)", "Enum.reject(list, f)"},
        {"String.upcase(s)", "String.downcase(s)"},
        {"&String.upcase/1", "&String.downcase/1"}
      ],
      not: "Functions without a counterpart that takes the same arguments."
    }
  end

  @pairs %{
    Enum => [
      min: :max,
      min_by: :max_by,
      filter: :reject,
      all?: :any?,
      take: :drop,
      take_while: :drop_while,
      sum: :product,
      find_index: :find
    ],
    Stream => [filter: :reject, take: :drop, take_while: :drop_while],
    String => [
      upcase: :downcase,
      trim_leading: :trim_trailing,
      pad_leading: :pad_trailing,
      starts_with?: :ends_with?,
      first: :last
    ],
    List => [first: :last, foldl: :foldr],
    Map => [keys: :values, take: :drop, filter: :reject, put: :put_new],
    Keyword => [keys: :values, take: :drop, filter: :reject, put: :put_new],
    MapSet => [union: :intersection, put: :delete],
    Kernel => [max: :min, round: :trunc, ceil: :floor],
    Float => [ceil: :floor],
    Integer => [is_even: :is_odd, floor_div: :mod],
    Date => [beginning_of_month: :end_of_month, beginning_of_week: :end_of_week]
  }
  @one_way [:find_index, :put]
  @siblings for {module, pairs} <- @pairs,
                {name, other} <- pairs,
                entry <- [
                  {{module, name}, other} | if(name in @one_way, do: [], else: [{{module, other}, name}])
                ],
                into: %{},
                do: entry

  @impl true
  def mutations({:&, meta, [body]}, %Context{site: :expression} = context) do
    for other <- sibling(callee(body), context), do: Change.replace({:&, meta, [put(body, other)]})
  end

  def mutations({_, _, args} = node, %Context{site: :expression} = context) when is_list(args) do
    for other <- sibling(node, context), do: Change.rename(node, other)
  end

  def mutations(_, _), do: []

  defp callee({:/, _, [call, _]}), do: call
  defp callee(call), do: call

  defp put({:/, meta, [call, arity]}, other), do: {:/, meta, [Change.rename(call, other).ast, arity]}
  defp put(call, other), do: Change.rename(call, other).ast

  defp sibling(node, context) do
    with {_, module, arity} <- Context.target(context, node),
         other when other != nil <- @siblings[{module, Context.name(node)}],
         true <- exported?(module, other, arity) do
      [other]
    else
      _ -> []
    end
  end

  defp exported?(Kernel, _, _), do: true

  defp exported?(module, name, arity),
    do:
      Code.ensure_loaded?(module) and
        (function_exported?(module, name, arity) or macro_exported?(module, name, arity))
end
