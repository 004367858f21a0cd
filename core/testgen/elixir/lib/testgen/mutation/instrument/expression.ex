defmodule Testgen.Mutation.Instrument.Expression do
  @moduledoc """
  Walks the code of a function: finds its mutants and gives the code with them inside.

  Only what is known is looked into: special forms, functions, and Kernel's own macros. Arguments of any other macro,
  code under `quote`, patterns and specifications of binary segments are left as they are.
  """

  import Testgen.Mutation.Source, only: [is_literal: 1, strip: 1]
  alias Testgen.Mutation.{Context, Emit, Scope, State, Watch}
  alias Testgen.Mutation.Instrument.{Branch, Capture, Pipeline}

  @untouched [
    :quote,
    :unquote,
    :unquote_splicing,
    :import,
    :alias,
    :require,
    :use,
    :^,
    :__MODULE__,
    :__ENV__,
    :__DIR__,
    :__CALLER__,
    :__STACKTRACE__,
    :@,
    :"::",
    :__aliases__
  ]
  @branching [:case, :cond, :fn, :with, :for, :receive, :try]
  @lazy [:and, :or, :&&, :||]
  @eager_macros [:is_nil, :to_string, :to_charlist, :then, :tap, :!, :<>, :.., :"..//"]

  @type result :: {Macro.t(), State.t()}

  @doc """
  The node with its mutants inside.
  """
  @spec walk(Macro.t(), Context.t(), State.t()) :: result
  def walk({:__block__, _, [literal]} = node, context, state) when is_literal(literal),
    do: literal(node, context, state)

  def walk({:__block__, meta, nodes}, context, state) do
    {nodes, state} = statements(nodes, context, state)
    {{:__block__, meta, nodes}, state}
  end

  def walk({:@, _, [{name, _, scope}]} = node, _, state) when is_atom(scope) do
    {live, state} = State.attribute(state, name)
    Emit.choice(live, strip(node), state)
  end

  def walk({form, _, args} = node, _, state) when form in @untouched and is_list(args),
    do: {strip(node), state}

  def walk({:=, meta, [pattern, value]}, context, state) do
    {value, state} = walk(value, Context.inside(context), state)
    {{:=, meta, [strip(pattern), value]}, state}
  end

  def walk({form, _, args} = node, context, state) when form in @branching and is_list(args),
    do: Branch.walk(node, context, state)

  def walk({:&, _, [_]} = node, context, state), do: Capture.walk(node, context, state)
  def walk({:%{}, _, _} = node, context, state), do: map(node, context, state)
  def walk({:%, _, [_, _]} = node, context, state), do: map(node, context, state)
  def walk({:<<>>, _, _} = node, context, state), do: binary(node, context, state)

  def walk({:{}, meta, elements} = node, context, state) do
    {walked, state} = each(elements, Context.inside(context), state)
    change(node, {:{}, meta, walked}, context, state)
  end

  def walk({:super, meta, args}, context, state) when is_list(args) do
    {args, state} = each(args, Context.inside(context), state)
    {{:super, meta, args}, state}
  end

  def walk({{:., dot, [fun]}, meta, args} = node, context, state) when is_list(args) do
    {[fun | walked], state} = each([fun | args], Context.inside(context, operand: true), state)
    change(node, {{:., dot, [fun]}, meta, walked}, context, state)
  end

  def walk({{:., dot, [Access, :get]}, meta, args} = node, context, state) do
    {walked, state} = each(args, Context.inside(context, operand: true), state)
    rebuild = &{{:., dot, [Access, :get]}, meta, &1}
    Emit.watched({Access, :get}, [], [], node, args, walked, rebuild, state)
  end

  def walk({{:., _, [_, _]}, _, args} = node, context, state) when is_list(args),
    do: remote(node, context, state)

  def walk({name, _, args} = node, context, state) when is_atom(name) and is_list(args),
    do: local(node, context, state)

  def walk({name, meta, args}, _, state) when is_atom(name) and is_atom(args), do: {{name, meta, args}, state}

  def walk({left, right}, context, state) do
    {left, state} = key(left, context, state)
    {right, state} = walk(right, Context.inside(context), state)
    {{left, right}, state}
  end

  def walk(list, context, state) when is_list(list), do: each(list, Context.inside(context), state)
  def walk(other, _, state), do: {strip(other), state}

  @doc """
  Each of a list of nodes, in order.
  """
  @spec each([Macro.t()], Context.t(), State.t()) :: {[Macro.t()], State.t()}
  def each(nodes, context, state), do: Enum.map_reduce(nodes, state, &walk(&1, context, &2))

  defp key({:__block__, _, [literal]}, _, state) when is_literal(literal), do: {strip(literal), state}
  defp key(node, context, state), do: walk(node, Context.inside(context), state)

  defp statements(nodes, context, state) do
    {last, before} = List.pop_at(nodes, -1)
    {before, state} = each(before, Context.inside(context, discarded: true), state)
    if last == nil, do: {before, state}, else: last_statement(last, before, context, state)
  end

  defp last_statement(last, before, context, state) do
    {last, state} = walk(last, Context.inside(context, discarded: context.discarded), state)
    {before ++ [last], state}
  end

  @doc """
  A node whose operands are walked already: its own mutants are added around it.
  """
  @spec change(Macro.t(), Macro.t(), Context.t(), State.t()) :: result
  def change(node, walked, context, state) do
    {live, state} = found(node, context, state)
    Emit.choice(live, walked, state)
  end

  @doc """
  The live mutants of a node; where it lets variables out they are left to recompiling.
  """
  @spec found(Macro.t(), Context.t(), State.t()) :: {[State.live()], State.t()}
  def found(node, context, state) do
    found = State.changes(state, node, context)
    strategy = if found != [] and Scope.leaks?(node, state.calls), do: :recompile, else: :switch
    State.record(state, node, found, context, strategy)
  end

  defp literal({:__block__, meta, [list]} = node, context, state) when is_list(list) do
    if meta[:delimiter], do: {strip(node), state}, else: list(node, list, context, state)
  end

  defp literal({:__block__, _, [{left, right}]} = node, context, state) do
    {walked, state} = each([left, right], Context.inside(context), state)
    change(node, List.to_tuple(walked), context, state)
  end

  defp literal(node, context, state), do: change(node, strip(node), context, state)

  # A long list of literals is a table: its first and last elements stand for all.
  defp list(node, elements, context, state) do
    inside = Context.inside(context, parent: node)

    {walked, state} =
      elements |> Enum.with_index() |> Enum.map_reduce(state, &element(&1, &2, length(elements), inside))

    change(node, walked, context, state)
  end

  defp element({{:|, meta, args}, _}, state, _, context) do
    {args, state} = each(args, context, state)
    {{:|, meta, args}, state}
  end

  defp element({{:__block__, _, [literal]} = node, index}, state, count, context) when is_literal(literal) do
    if count > 6 and index not in [0, count - 1], do: {strip(node), state}, else: walk(node, context, state)
  end

  defp element({node, _}, state, _, context), do: walk(node, context, state)

  defp map({:%, meta, [name, {:%{}, _, _} = map]} = node, context, state) do
    {map, state} = map_body(map, context, state)
    change(node, {:%, meta, [strip(name), map]}, context, state)
  end

  defp map({:%{}, _, _} = node, context, state) do
    {walked, state} = map_body(node, context, state)
    change(node, walked, context, state)
  end

  defp map({:%, _, _} = node, _, state), do: {strip(node), state}

  defp map_body({:%{}, meta, [{:|, bar, [old, pairs]}]}, context, state) do
    {old, state} = walk(old, Context.inside(context), state)
    {pairs, state} = pairs(pairs, context, state)
    {{:%{}, meta, [{:|, bar, [old, pairs]}]}, state}
  end

  defp map_body({:%{}, meta, pairs}, context, state) do
    {pairs, state} = pairs(pairs, context, state)
    {{:%{}, meta, pairs}, state}
  end

  defp pairs(pairs, context, state) do
    Enum.map_reduce(pairs, state, fn
      {key, value}, state ->
        {value, state} = walk(value, Context.inside(context), state)
        {{strip(key), value}, state}

      other, state ->
        {strip(other), state}
    end)
  end

  defp binary({:<<>>, meta, parts} = node, context, state) do
    {walked, state} = Enum.map_reduce(parts, state, &part(&1, &2, context, meta[:delimiter] != nil))
    change(node, {:<<>>, meta, walked}, context, state)
  end

  defp part({:"::", meta, [{{:., dot, [Kernel, :to_string]}, call, [value]}, type]}, state, context, true) do
    {value, state} = walk(value, Context.inside(context), state)
    {{:"::", meta, [{{:., dot, [Kernel, :to_string]}, call, [value]}, type]}, state}
  end

  defp part(part, state, _, true), do: {strip(part), state}

  defp part({:"::", meta, [value, type]}, state, context, false) do
    {value, state} = segment(value, context, state)
    {{:"::", meta, [value, strip(type)]}, state}
  end

  defp part(value, state, context, false), do: segment(value, context, state)

  # The type of a segment without one depends on how its value is written, so only calls are looked into.
  defp segment({{:., _, [_, _]}, _, args} = node, context, state) when is_list(args),
    do: walk(node, Context.inside(context), state)

  defp segment({name, _, args} = node, context, state)
       when is_atom(name) and is_list(args) and name not in [:<<>>, :<>, :__block__, :-, :+, :"::"] do
    if String.starts_with?(Atom.to_string(name), "sigil_"),
      do: {strip(node), state},
      else: walk(node, Context.inside(context), state)
  end

  defp segment(node, _, state), do: {strip(node), state}

  defp remote({{:., dot, [left, name]}, meta, args} = node, context, state) do
    case {Context.target(context, node), module?(left)} do
      {{:function, _, _}, true} -> call(node, context, state)
      {{:macro, Kernel, _}, _} -> {strip(node), state}
      {{:macro, _, _}, _} -> {strip(node), state}
      {_, true} -> {strip(node), state}
      {_, false} -> dynamic({{:., dot, [left, name]}, meta, args}, context, state)
    end
  end

  defp dynamic({{:., dot, [left, name]}, meta, args}, context, state) do
    {[left | args], state} = each([left | args], Context.inside(context, operand: true), state)
    {{{:., dot, [left, name]}, meta, args}, state}
  end

  defp module?({:__aliases__, _, _}), do: true
  defp module?({:__MODULE__, _, _}), do: true
  defp module?({:__block__, _, [atom]}) when is_atom(atom), do: true
  defp module?(atom) when is_atom(atom), do: true
  defp module?(_), do: false

  defp call({form, meta, args} = node, context, state) do
    {walked, state} = each(args, operand_context(node, context), state)
    {live, state} = found(node, context, state)
    what = Watch.call(node, context)
    Emit.watched(what, [], live, node, args, walked, &{strip(form), meta, &1}, state)
  end

  defp operand_context({form, meta, args}, context) do
    Context.inside(context,
      operand: is_atom(form) and meta[:closing] == nil and length(args) in [1, 2],
      parent: {form, meta, args}
    )
  end

  defp local({name, meta, args} = node, context, state) do
    case Context.target(context, node) do
      {:function, _, _} -> call(node, context, state)
      {:macro, Kernel, _} when name in @lazy -> lazy(node, context, state)
      {:macro, Kernel, _} when name in @eager_macros -> call(node, context, state)
      {:macro, Kernel, _} when name in [:if, :unless] -> Branch.walk(node, context, state)
      {:macro, Kernel, _} when name in [:raise, :reraise] -> raising(node, context, state)
      {:macro, Kernel, 2} when name == :|> -> Pipeline.walk(node, context, state)
      {:macro, Kernel, 2} when name == :in -> membership(node, context, state)
      {:macro, Phoenix.Component, 2} when name == :sigil_H -> change(node, strip(node), context, state)
      _ -> {strip({name, meta, args}), state}
    end
  end

  defp lazy({name, meta, args} = node, context, state) do
    {walked, state} = each(args, operand_context(node, context), state)
    change(node, {name, meta, walked}, context, state)
  end

  defp membership({:in, meta, [left, right]} = node, context, state) do
    {left, state} = walk(left, operand_context(node, context), state)

    {right, state} =
      if literal_set?(right, state),
        do: {strip(right), state},
        else: walk(right, Context.inside(context, operand: true), state)

    {live, state} = found(node, context, state)
    member(live, node, {:in, meta, [left, right]}, state)
  end

  # A set written as such stays where it is: `in` takes it apart.
  defp member(
         live,
         {:in, _, [left, set]},
         {:in, meta, [walked, right]},
         %{watch: true, reader: :variable} = state
       ) do
    {point, state} = State.watch(state, {Kernel, :in})
    {value, binds, state} = Emit.named(left, walked, state)

    {elements, more, state} =
      if literal_set?(set, state), do: {right, [], state}, else: Emit.named(set, right, state)

    looked_at = Emit.block([Emit.seen(point, [value, elements]), {:in, meta, [value, elements]}])
    {switched, state} = Emit.choice(live, looked_at, state)
    {Emit.block(binds ++ more ++ [switched]), state}
  end

  defp member(live, _, walked, state), do: Emit.choice(live, walked, state)

  defp literal_set?({:@, _, [{name, _, _}]}, %{attributes: attributes}), do: not is_map_key(attributes, name)
  defp literal_set?({:__block__, _, [_]}, _), do: true
  defp literal_set?({op, _, _}, _) when op in [:.., :"..//", :sigil_w, :sigil_c], do: true
  defp literal_set?(_, _), do: false

  # Messages and names of exceptions are for people: only what computes them is looked into.
  defp raising({name, meta, args}, context, state) do
    {args, state} = Enum.map_reduce(args, state, &raised(&1, context, &2))
    {{name, meta, args}, state}
  end

  defp raised({:__block__, _, [literal]} = node, _, state) when is_literal(literal), do: {strip(node), state}
  defp raised({form, _, _} = node, _, state) when form in [:__aliases__, :<<>>, :<>], do: {strip(node), state}
  defp raised(list, _, state) when is_list(list), do: {strip(list), state}
  defp raised(node, context, state), do: walk(node, Context.inside(context), state)
end
