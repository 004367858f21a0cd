defmodule Testgen.Mutation.Instrument.Pipeline do
  @moduledoc """
  A pipeline with mutants in its stages: each stage's value gets a name, so that a stage can be left out or changed
  without a copy of what stands before it.

      a |> f(x) |> g()        t1 = a; t2 = case at(1) do 3 -> t1; _ -> f(t1, x) end; g(t2)

  Everything up to the last stage that is an unknown macro stays one expression: such a macro may take its argument
  apart.
  """

  import Testgen.Mutation.Source, only: [strip: 1]
  alias Testgen.Mutation.{Context, Emit, Scope, State, Watch}
  alias Testgen.Mutation.Instrument.{Branch, Expression}

  @spec walk(Macro.t(), Context.t(), State.t()) :: Expression.result()
  def walk(node, context, state) do
    {first, stages} = split(node, context)
    {first, state} = first(first, stages, context, state)
    {binds, value, state} = Enum.reduce(stages, {[], first, state}, &stage(&1, &2, context))
    if binds == [], do: {value, state}, else: {{:__block__, [], Enum.reverse([value | binds])}, state}
  end

  # The stages that can be taken apart, and what goes into the first of them.
  defp split(node, context), do: split(node, context, [])

  defp split({:|>, _, [left, right]} = node, context, stages) do
    cond do
      not Context.calls?(context, node, Kernel) -> {node, stages}
      not known?(right, context) or Scope.leaks?(right, context.calls) -> {node, stages}
      true -> split(left, context, [node | stages])
    end
  end

  defp split(node, _, stages), do: {node, stages}

  defp known?({:case, _, args}, _) when is_list(args), do: true
  defp known?({{:., _, [fun]}, _, args}, _) when is_list(args), do: not module_name?(fun)
  defp known?({:&, _, _}, _), do: false

  defp known?({form, _, _} = stage, context) do
    case Context.target(context, stage) do
      {:function, _, _} -> true
      {:macro, Kernel, _} -> form in [:then, :tap, :to_string, :is_nil]
      :unknown -> dynamic?(form)
      _ -> false
    end
  end

  defp known?(_, _), do: false

  defp dynamic?({:., _, [{name, _, scope}, fun]}),
    do: is_atom(name) and is_atom(scope) and is_atom(fun) and name != :__MODULE__

  defp dynamic?(_), do: false

  defp module_name?(_), do: false

  defp first({:|>, _, [_, _]} = node, _, _, state), do: {strip(node), state}

  defp first(node, _, context, state),
    do: Expression.walk(node, Context.inside(context, operand: true), state)

  defp stage({:|>, _, [_, right]} = node, {binds, value, state}, context) do
    {input, binds, state} = named(value, binds, state)
    {walked, state} = stage_value(node, right, input, context, state)
    {binds, walked, state}
  end

  defp named(value, binds, state) do
    if Scope.trivial?(value) do
      {value, binds, state}
    else
      {variable, state} = State.variable(state)
      {variable, [{:=, [generated: true], [variable, value]} | binds], state}
    end
  end

  defp stage_value(node, {:case, meta, [body]}, input, context, state) do
    {dropped, state} = dropped(node, context, state)
    {walked, state} = Branch.piped_case(meta, input, body, context, state)
    Emit.choice(dropped, walked, state, fn _ -> input end)
  end

  defp stage_value(node, right, input, context, state) do
    args = args(right)
    {walked, state} = Expression.each(args, Context.inside(context), state)
    {live, state} = Expression.found(right, Context.inside(context, piped: true), state)
    what = Watch.call(right, context)
    rebuild = &pipe(input, right, &1)

    {inner, state} =
      Emit.watched(what, [input], live, right, args, walked, rebuild, state, &insert(input, &1))

    {dropped, state} = dropped(node, context, state)
    Emit.choice(dropped, inner, state, fn _ -> input end)
  end

  defp dropped(node, context, state) do
    stage = Context.inside(context, site: :stage)
    State.record(state, node, State.changes(state, node, stage), stage)
  end

  defp args({_, _, args}) when is_list(args), do: args
  defp args(_), do: []

  defp pipe(input, {form, meta, _}, args), do: insert(input, {strip(form), meta, args})

  defp insert(input, {form, meta, args}) when is_list(args),
    do: {form, Keyword.delete(meta, :no_parens), [input | args]}

  defp insert(input, {form, meta, _}), do: {form, meta, [input]}
end
