defmodule Testgen.Mutation.Instrument.Data do
  @moduledoc """
  What is computed while a module is compiled: values of its own attributes, and the defaults of its struct.

  An attribute that is set once and only read where code runs is switched like anything else, at each place that reads
  it. The literals of other attributes (read in guards, in patterns, by other attributes) and of structs have mutants
  that are recompiled. Attributes that mean something to Elixir, and documentation, have none.
  """

  import Testgen.Mutation.Source, only: [is_literal: 1]
  alias Testgen.Mutation.{Change, Context, State}

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

  # A larger value would be written once more for each of its mutants, wherever it is read.
  @largest_nodes 300

  @doc """
  Records the mutants of a statement of a module's body; those of an attribute in `once` (set once) as switched.
  """
  @spec record(Macro.t(), Context.t(), State.t(), MapSet.t(atom)) :: State.t()
  def record(statement, context, state, once \\ MapSet.new())

  def record({:@, _, [{name, _, [value]}]}, context, state, once) when name not in @reserved do
    if MapSet.member?(once, name) and small?(value),
      do: %{data(value, context, %{state | attribute: {name, value}}) | attribute: nil},
      else: data(value, context, state)
  end

  def record({form, _, [fields]}, context, state, _) when form in [:defstruct, :defexception],
    do: fields(fields, context, state)

  def record(_, _, state, _), do: state

  defp small?(value),
    do: value |> Macro.prewalker() |> Enum.take(@largest_nodes + 1) |> length() <= @largest_nodes

  @doc "Attributes that the statements of a body set exactly once."
  @spec set_once([Macro.t()]) :: MapSet.t(atom)
  def set_once(statements) do
    set = for {:@, _, [{name, _, [_]}]} <- nodes(statements), name not in @reserved, do: name
    for {name, 1} <- Enum.frequencies(set), into: MapSet.new(), do: name
  end

  @doc "How often the statements read each attribute, wherever that is; modules inside are not looked into."
  @spec reads([Macro.t()]) :: %{atom => pos_integer}
  def reads(statements) do
    read = for {:@, _, [{name, _, scope}]} when is_atom(scope) <- nodes(statements), do: name
    Enum.frequencies(read)
  end

  defp nodes(statements) do
    statements
    |> Enum.reject(&match?({form, _, _} when form in [:defmodule, :defimpl, :defprotocol], &1))
    |> Macro.prewalker()
  end

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
    strategy = if state.attribute, do: :switch, else: :recompile
    {live, state} = State.record(state, node, State.changes(state, node, context), context, strategy)
    if state.attribute, do: switched(live, node, state), else: state
  end

  # The whole value, with this part of it changed, for each place that reads the attribute.
  defp switched(live, node, %{attribute: {name, value}} = state) do
    changed =
      for {id, change} <- live do
        {id, Change.replace(Macro.prewalk(value, fn part -> if part == node, do: change.ast, else: part end))}
      end

    %{state | attributes: Map.update(state.attributes, name, changed, &(&1 ++ changed))}
  end
end
