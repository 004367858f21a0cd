defmodule Testgen.Mutation.Scope do
  @moduledoc """
  Which variables an expression lets out: an expression that binds some may not be put inside a branch.
  """

  alias Testgen.Mutation.Calls

  @closed [:fn, :&, :for, :with, :receive, :try, :quote, :cond, :__aliases__, :@, :unquote]
  @transparent_macros [
    :|>,
    :and,
    :or,
    :&&,
    :||,
    :!,
    :<>,
    :in,
    :not,
    :..,
    :"..//",
    :is_nil,
    :to_string,
    :raise,
    :reraise,
    :then,
    :tap,
    :to_charlist
  ]
  @binding_macros [:destructure, :assert, :assert_receive, :assert_received, :let, :match, :binding, :var!]

  @doc """
  Could variables bound inside the expression be used after it?
  """
  @spec leaks?(Macro.t(), Calls.t()) :: boolean
  def leaks?({:=, _, [_, _]}, _), do: true
  def leaks?({form, _, [subject, _]}, calls) when form in [:case, :if, :unless], do: leaks?(subject, calls)
  def leaks?({form, _, args}, _) when form in @closed and is_list(args), do: false
  def leaks?({form, _, [_]}, _) when form in [:import, :alias, :require, :use], do: true
  def leaks?({form, _, [_, _]}, _) when form in [:import, :alias, :require, :use], do: true

  def leaks?({form, _, args} = node, calls) when is_list(args) do
    case Calls.target(calls, node) do
      {:macro, Kernel, _} when form in @transparent_macros -> leaks?(args, calls)
      {:macro, _, _} -> binds_by_macro?(form, args)
      _ -> leaks?(form, calls) or leaks?(args, calls)
    end
  end

  def leaks?({left, right}, calls), do: leaks?(left, calls) or leaks?(right, calls)
  def leaks?(list, calls) when is_list(list), do: Enum.any?(list, &leaks?(&1, calls))
  def leaks?(_, _), do: false

  defp binds_by_macro?({:., _, [_, name]}, args), do: binds_by_macro?(name, args)

  defp binds_by_macro?(name, args) when is_atom(name) do
    name in @binding_macros or
      args |> Macro.prewalker() |> Enum.any?(&match?({op, _, [_, _]} when op in [:=, :<-], &1))
  end

  defp binds_by_macro?(_, _), do: true

  @doc """
  Is it free to evaluate twice, or not at all, and short?
  """
  @spec trivial?(Macro.t()) :: boolean
  def trivial?({:__block__, _, [literal]}) when is_atom(literal) or is_number(literal) or is_binary(literal),
    do: true

  def trivial?({:__block__, _, [[]]}), do: true
  def trivial?({name, _, context}) when is_atom(name) and is_atom(context), do: true
  def trivial?({:__aliases__, _, [first | _]}) when is_atom(first), do: true
  def trivial?({:&, _, [number]}) when is_integer(number), do: true
  def trivial?({:&, _, [{:/, _, _}]}), do: true
  def trivial?({:@, _, [{_, _, context}]}) when is_atom(context), do: true
  def trivial?(literal) when is_atom(literal) or is_number(literal) or is_binary(literal), do: true
  def trivial?(_), do: false
end
