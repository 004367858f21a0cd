defmodule Testgen.Mutation.Instrument.Data do
  @moduledoc """
  What is computed while a module is compiled: values of its own attributes, and the defaults of its struct. Their
  literals have mutants that are recompiled. Attributes that mean something to Elixir, and documentation, have none.
  """

  import Testgen.Mutation.Source, only: [is_literal: 1]
  alias Testgen.Mutation.{Context, State}

  @reserved [
    :moduledoc,
    :doc,
    :typedoc,
    :shortdoc,
    :spec,
    :type,
    :typep,
    :opaque,
    :callback,
    :macrocallback,
    :optional_callbacks,
    :impl,
    :behaviour,
    :derive,
    :enforce_keys,
    :compile,
    :dialyzer,
    :external_resource,
    :on_load,
    :on_definition,
    :before_compile,
    :after_compile,
    :after_verify,
    :deprecated,
    :since,
    :vsn,
    :file,
    :protocol,
    :for,
    :fallback_to_any,
    :nifs,
    :tag,
    :moduletag,
    :describetag,
    :requirements,
    :preferred_cli_env,
    :recursive,
    :attr,
    :slot
  ]

  @spec record(Macro.t(), Context.t(), State.t()) :: State.t()
  def record({:@, _, [{name, _, [value]}]}, context, state) when name not in @reserved,
    do: data(value, context, state)

  def record({form, _, [fields]}, context, state) when form in [:defstruct, :defexception],
    do: fields(fields, context, state)

  def record(_, _, state), do: state

  defp fields({:__block__, _, [fields]}, context, state) when is_list(fields),
    do: fields(fields, context, state)

  defp fields(fields, context, state) when is_list(fields),
    do: Enum.reduce(fields, state, &field(&1, context, &2))

  defp fields(_, _, state), do: state

  defp field({:__block__, _, [{_, value}]}, context, state), do: data(value, context, state)
  defp field({_, value}, context, state), do: data(value, context, state)
  defp field(_, _, state), do: state

  defp data({:__block__, meta, [list]} = node, context, state) when is_list(list) do
    state = own(node, context, state)
    if meta[:delimiter], do: state, else: few(list, context, state)
  end

  defp data({:__block__, _, [{left, right}]}, context, state),
    do: Enum.reduce([left, right], state, &data(&1, context, &2))

  defp data({:__block__, _, [literal]} = node, context, state) when is_literal(literal),
    do: own(node, context, state)

  defp data({:%{}, _, pairs}, context, state) when is_list(pairs), do: few(pairs, context, state)
  defp data({:{}, _, elements}, context, state), do: few(elements, context, state)

  defp data({op, _, [left, right]}, context, state) when op in [:+, :-, :*, :++],
    do: few([left, right], context, state)

  defp data({_, value}, context, state), do: data(value, context, state)
  defp data(_, _, state), do: state

  # A table's first and last entries stand for all.
  defp few(elements, context, state) do
    elements = if length(elements) > 6, do: [hd(elements), List.last(elements)], else: elements
    Enum.reduce(elements, state, &data(&1, context, &2))
  end

  defp own(node, context, state) do
    context = Context.inside(context, site: :data)
    {_, state} = State.record(state, node, State.changes(state, node, context), context, :recompile)
    state
  end
end
