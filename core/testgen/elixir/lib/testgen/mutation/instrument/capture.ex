defmodule Testgen.Mutation.Instrument.Capture do
  @moduledoc """
  `&` with mutants inside becomes the `fn` that it stands for; without any it stays as it is written.

  `&f(&1, &2)` stays too: it is the function itself, and equal to other captures of it.
  """

  import Testgen.Mutation.Source, only: [strip: 1]
  alias Testgen.Mutation.{Context, Emit, Scope, State}
  alias Testgen.Mutation.Instrument.Expression

  @spec walk(Macro.t(), Context.t(), State.t()) :: Expression.result()
  def walk({:&, _, [number]} = node, _, state) when is_integer(number), do: {node, state}

  def walk({:&, meta, [body]} = node, context, state) do
    cond do
      named?(body) -> Expression.change(node, strip(node), context, state)
      function_itself?(body) -> Expression.change(node, strip(node), context, state)
      Scope.leaks?(body, context.calls) -> {strip(node), state}
      true -> anonymous(node, meta, body, context, state)
    end
  end

  defp named?({:/, _, [{name, _, scope}, {:__block__, _, [arity]}]}) when is_atom(name) and is_atom(scope),
    do: is_integer(arity)

  defp named?({:/, _, [{{:., _, [_, _]}, _, []}, {:__block__, _, [arity]}]}), do: is_integer(arity)
  defp named?(_), do: false

  defp function_itself?({_, _, args}) when is_list(args) and args != [] do
    args |> Enum.with_index(1) |> Enum.all?(fn {arg, index} -> match?({:&, _, [^index]}, arg) end)
  end

  defp function_itself?(_), do: false

  defp anonymous(node, meta, body, context, state) do
    points = state.next_point
    {walked, state} = Expression.walk(body, Context.inside(context), state)

    if state.next_point == points,
      do: {strip(node), state},
      else: as_function(meta, body, Emit.reading(walked, points, state), state)
  end

  defp as_function(meta, body, walked, state) do
    {variables, state} = Enum.map_reduce(1..arity(body)//1, state, fn _, state -> State.variable(state) end)
    body = replace(walked, List.to_tuple(variables))
    {{:fn, meta, [{:->, meta, [variables, body]}]}, state}
  end

  defp arity(body) do
    body
    |> Macro.prewalker()
    |> Enum.map(fn
      {:&, _, [number]} when is_integer(number) -> number
      _ -> 0
    end)
    |> Enum.max()
  end

  defp replace(ast, variables) do
    Macro.prewalk(ast, fn
      {:&, _, [number]} when is_integer(number) -> elem(variables, number - 1)
      other -> other
    end)
  end
end
