defmodule Testgen.Mutation.Instrument.Clauses do
  @moduledoc """
  Mutants of clauses, without a copy of any body: everything happens in the guard.

  With `m` the active mutant, a clause that mutant 7 drops, whose guard mutant 8 drops and whose literal mutant 9
  changes:

      {:ok, x} when x > 1 -> body

      {v, x} when m != 7 and m != 8 and m != 9 and v === :ok and x > 1
             when m == 8 and v === :ok
             when m == 9 and v === :error and x > 1 -> body

  A literal is moved from the pattern into the guard only where equality and matching are the same thing, and where it
  stands as an element or value: not in a binary, not as a map's key.
  """

  import Testgen.Mutation.Source, only: [is_literal: 1, strip: 1]
  alias Testgen.Mutation.{Change, Clause, Context, State}

  @typedoc "The head of a clause after instrumentation."
  @type head :: {[Macro.t()], Macro.t() | nil}

  defmodule Head do
    @moduledoc false
    defstruct drops: [], guard_drops: [], guards: [], literals: [], live: []
  end

  @doc """
  Finds the mutants of one clause and gives its patterns and guard with them inside; `active` is the variable that
  holds the active mutant.
  """
  @spec head(Clause.t(), Macro.t(), Context.t(), State.t()) :: {head, [State.live()], State.t()}
  def head(%Clause{} = clause, active, context, state) do
    {whole, state} = of_clause(clause, context, state)
    {guards, state} = of_guard(clause.guard, context, state)
    {patterns, literals, state} = of_patterns(clause, context, state)

    head = %Head{
      drops: ids(whole, :drop_clause),
      guard_drops: ids(whole, :drop_guard),
      guards: guards,
      literals: literals
    }

    live =
      whole ++
        Enum.map(guards, fn {id, _} -> {id, nil} end) ++
        for({_, _, ids} <- literals, {id, _} <- ids, do: {id, nil})

    guard = if live == [], do: strip(clause.guard), else: guard(head, strip(clause.guard), active)
    {{patterns, guard}, live, state}
  end

  defp ids(live, action), do: for({id, %Change{action: ^action}} <- live, do: id)

  defp of_clause(clause, context, state) do
    context = Context.inside(context, site: :clause)
    State.record(state, clause, State.changes(state, clause, context), context)
  end

  defp of_guard(nil, _, state), do: {[], state}

  defp of_guard(guard, context, state) do
    context = Context.inside(context, site: :guard)

    Enum.reduce(guard_nodes(guard, context), {[], state}, fn {node, context}, {found, state} ->
      {live, state} = State.record(state, node, State.changes(state, node, context), context)
      {found ++ for({id, change} <- live, do: {id, strip(put(guard, node, change.ast))}), state}
    end)
  end

  # Calls and literals of the guard that can be changed by themselves.
  defp guard_nodes({form, _, [left, right]} = node, context) when form in [:when, :and, :or],
    do: [
      {node, context}
      | guard_nodes(left, operand(context, node)) ++ guard_nodes(right, operand(context, node))
    ]

  defp guard_nodes({:__block__, _, [literal]} = node, context) when is_literal(literal),
    do: if(is_list(literal), do: [], else: [{node, context}])

  defp guard_nodes({form, _, args} = node, context)
       when is_list(args) and form not in [:__block__, :@, :^, :<<>>, :%{}, :{}] do
    case Context.target(context, node) do
      {:function, _, _} -> [{node, context} | Enum.flat_map(args, &guard_nodes(&1, operand(context, node)))]
      {:macro, Kernel, _} -> [{node, context}]
      _ -> []
    end
  end

  defp guard_nodes(_, _), do: []

  defp operand(context, node), do: %{context | operand: true, parent: node}

  # Upwards: the new part may hold the old one (`not (a in b)`), which must not be replaced again.
  defp put(guard, node, new), do: Macro.postwalk(guard, fn part -> if part == node, do: new, else: part end)

  defp of_patterns(clause, context, state) do
    Enum.reduce(clause.patterns, {[], [], state}, fn pattern, {patterns, literals, state} ->
      {pattern, {more, state}} =
        literals(pattern, {[], state}, clause, Context.inside(context, site: :pattern))

      {patterns ++ [pattern], literals ++ more, state}
    end)
  end

  defp literals({:__block__, _, [value]} = node, {found, state}, clause, context)
       when is_atom(value) or is_integer(value) or is_binary(value) do
    context = %{context | parent: clause}
    {live, state} = State.record(state, node, State.changes(state, node, context), context)

    if live == [] do
      {value, {found, state}}
    else
      {variable, state} = State.variable(state)

      {variable,
       {found ++ [{variable, value, for({id, change} <- live, do: {id, strip(change.ast)})}], state}}
    end
  end

  defp literals({:__block__, meta, [list]} = node, acc, clause, context) when is_list(list) do
    if meta[:delimiter],
      do: {strip(node), acc},
      else: Enum.map_reduce(list, acc, &literals(&1, &2, clause, context))
  end

  defp literals({:__block__, _, [{left, right}]}, acc, clause, context) do
    {[left, right], acc} = Enum.map_reduce([left, right], acc, &literals(&1, &2, clause, context))
    {{left, right}, acc}
  end

  defp literals({form, meta, args}, acc, clause, context) when form in [:{}, :=, :|] and is_list(args) do
    {args, acc} = Enum.map_reduce(args, acc, &literals(&1, &2, clause, context))
    {{form, meta, args}, acc}
  end

  defp literals({:%{}, meta, pairs}, acc, clause, context) do
    {pairs, acc} = Enum.map_reduce(pairs, acc, &pair(&1, &2, clause, context))
    {{:%{}, meta, pairs}, acc}
  end

  defp literals({:%, meta, [name, map]}, acc, clause, context) do
    {map, acc} = literals(map, acc, clause, context)
    {{:%, meta, [strip(name), map]}, acc}
  end

  defp literals({left, right}, acc, clause, context), do: pair({left, right}, acc, clause, context)
  defp literals(other, acc, _, _), do: {strip(other), acc}

  defp pair({key, value}, acc, clause, context) do
    {value, acc} = literals(value, acc, clause, context)
    {{strip(key), value}, acc}
  end

  defp pair(other, acc, _, _), do: {strip(other), acc}

  defp guard(head, original, active) do
    changed =
      head.guard_drops ++
        Enum.map(head.guards, &elem(&1, 0)) ++ for({_, _, ids} <- head.literals, {id, _} <- ids, do: id)

    equal = Enum.map(head.literals, fn {variable, value, _} -> same(variable, value) end)

    normal =
      for guard <- alternatives(original),
          do: all(Enum.map(head.drops ++ changed, &differs(active, &1)) ++ equal ++ guard)

    dropped = for id <- head.guard_drops, do: all([same(active, id) | equal])

    guards =
      for {id, mutated} <- head.guards,
          guard <- alternatives(mutated),
          do: all([same(active, id) | equal] ++ guard)

    literals =
      for literal <- head.literals,
          guard <- literal_guards(literal, head.literals, original, active),
          do: guard

    Enum.reduce(Enum.reverse(normal ++ dropped ++ guards ++ literals), fn guard, rest ->
      {:when, [], [guard, rest]}
    end)
  end

  defp literal_guards({variable, _, ids}, literals, original, active) do
    others = for {other, value, _} <- literals, other != variable, do: same(other, value)

    for {id, value} <- ids,
        guard <- alternatives(original),
        do: all([same(active, id), same(variable, value) | others] ++ guard)
  end

  defp alternatives(nil), do: [[]]
  defp alternatives({:when, _, [left, right]}), do: [[left] | alternatives(right)]
  defp alternatives(guard), do: [[guard]]

  defp all(parts), do: Enum.reduce(Enum.reverse(parts), fn part, rest -> erlang(:andalso, [part, rest]) end)
  defp same(left, right), do: erlang(:"=:=", [left, right])
  defp differs(left, right), do: erlang(:"=/=", [left, right])
  defp erlang(name, args), do: {{:., [], [:erlang, name]}, [], args}
end
