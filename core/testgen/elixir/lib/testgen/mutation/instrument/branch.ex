defmodule Testgen.Mutation.Instrument.Branch do
  @moduledoc """
  The forms with clauses or conditions: `case`, `cond`, `fn`, `with`, `for`, `receive`, `try`, `if`, `unless`.

  Where clauses have mutants, the active mutant is asked for once, before the form; a `fn` asks when it is made.
  """

  import Testgen.Mutation.Source, only: [is_literal: 1, strip: 1]
  alias Testgen.Mutation.{Clause, Context, Emit, Scope, State, Watch}
  alias Testgen.Mutation.Instrument.{Clauses, Expression}

  @spec walk(Macro.t(), Context.t(), State.t()) :: Expression.result()
  def walk({:case, meta, [subject, body]} = node, context, state) do
    {subject, state} = Expression.walk(subject, Context.inside(context), state)
    {form, state} = piped_case(meta, subject, body, context, state)
    keep(node, form, context, state)
  end

  def walk({:fn, meta, clauses}, context, state) do
    {clauses, binds, state} = clauses(clauses, :fn, context, state)
    {Emit.block(binds ++ [{:fn, meta, clauses}]), state}
  end

  def walk({:cond, meta, [[{key, clauses}]]}, context, state) do
    {clauses, state} = Enum.map_reduce(clauses, state, &cond_clause(&1, context, &2))
    {{:cond, meta, [[{strip(key), clauses}]]}, state}
  end

  def walk({form, meta, [condition, branches]}, context, state) when form in [:if, :unless] do
    {condition, state} = condition(condition, context, state)
    {branches, state} = sections(branches, context, state)
    {{form, meta, [condition, branches]}, state}
  end

  def walk({:with, meta, args} = node, context, state) do
    {clauses, body} = Enum.split_while(args, &(not is_list(&1)))
    {clauses, {binds, state}} = Enum.map_reduce(clauses, {[], state}, &generator(&1, &2, context, :with))
    {body, else_binds, state} = body_with_else(List.first(body), context, state)
    form = Emit.block(binds ++ else_binds ++ [{:with, meta, clauses ++ body}])
    keep(node, form, context, state)
  end

  def walk({:for, meta, args} = node, context, state) do
    {options, clauses} = Enum.split_with(args, &is_list/1)
    {clauses, {binds, state}} = Enum.map_reduce(clauses, {[], state}, &for_clause(&1, &2, context))
    {options, more, state} = for_options(options, context, state)
    keep(node, Emit.block(binds ++ more ++ [{:for, meta, clauses ++ options}]), context, state)
  end

  def walk({:receive, meta, [sections]}, context, state) do
    {sections, {binds, state}} = Enum.map_reduce(sections, {[], state}, &section(&1, &2, :receive, context))
    {Emit.block(binds ++ [{:receive, meta, [sections]}]), state}
  end

  def walk({:try, meta, [sections]}, context, state) do
    {sections, binds, state} = try_sections(sections, context, state)
    {Emit.block(binds ++ [{:try, meta, [sections]}]), state}
  end

  def walk(node, _, state), do: {strip(node), state}

  @doc """
  A `case` whose subject is given as it is to be emitted.
  """
  @spec piped_case(keyword, Macro.t(), Macro.t(), Context.t(), State.t()) :: Expression.result()
  def piped_case(meta, subject, [{key, clauses}], context, state) do
    heads = Watch.heads(for {:->, _, [head, _]} <- clauses, do: split_head(head))
    {clauses, binds, state} = clauses(clauses, :case, context, state)
    {subject, looks, state} = looked_at(subject, heads, state)
    {Emit.block(binds ++ looks ++ [{:case, meta, [subject, [{strip(key), clauses}]]}]), state}
  end

  # The value that is matched, named so that it can be seen too.
  defp looked_at(value, heads, %{watch: true, reader: :variable} = state) when heads != nil do
    {point, state} = State.watch(state, heads)
    {value, binds, state} = Emit.named(value, value, state)
    {value, binds ++ [Emit.seen(point, [value])], state}
  end

  defp looked_at(value, _, state), do: {value, [], state}

  @doc """
  The sections of a `try`, or of a function with `rescue` and its like.
  """
  @spec try_sections([{Macro.t(), Macro.t()}], Context.t(), State.t()) ::
          {[{atom, Macro.t()}], [Macro.t()], State.t()}
  def try_sections(sections, context, state) do
    {sections, {binds, state}} = Enum.map_reduce(sections, {[], state}, &section(&1, &2, :try, context))
    {sections, binds, state}
  end

  defp keep(node, form, context, state), do: Expression.change(node, form, context, state)

  defp section({key, value}, {binds, state}, kind, context) do
    {value, more, state} = section_value(strip(key), value, kind, context, state)
    {{strip(key), value}, {binds ++ more, state}}
  end

  defp section_value(:do, clauses, :receive, context, state) when is_list(clauses),
    do: clauses(clauses, :receive, context, state)

  defp section_value(:else, clauses, _, context, state) when is_list(clauses),
    do: clauses(clauses, :else, context, state)

  defp section_value(:catch, clauses, _, context, state) when is_list(clauses),
    do: clauses(clauses, :catch, context, state)

  defp section_value(key, clauses, _, context, state) when key in [:rescue, :after] and is_list(clauses) do
    {clauses, state} = Enum.map_reduce(clauses, state, &plain_clause(&1, &2, key, context))
    {clauses, [], state}
  end

  defp section_value(_, body, _, context, state) do
    {body, state} = Expression.walk(body, Context.inside(context), state)
    {body, [], state}
  end

  defp plain_clause({:->, meta, [[timeout], body]}, state, :after, context) do
    {timeout, state} = Expression.walk(timeout, Context.inside(context), state)
    points = state.next_point
    {body, state} = Expression.walk(body, Context.inside(context), state)
    {{:->, meta, [[timeout], Emit.reading(body, points, state)]}, state}
  end

  defp plain_clause({:->, meta, [head, body]}, state, _, context) do
    {body, state} = Expression.walk(body, Context.inside(context), state)
    {{:->, meta, [strip(head), body]}, state}
  end

  defp plain_clause(other, state, _, _), do: {strip(other), state}

  defp sections(branches, context, state) when is_list(branches) do
    Enum.map_reduce(branches, state, fn {key, body}, state ->
      {body, state} = Expression.walk(body, Context.inside(context), state)
      {{strip(key), body}, state}
    end)
  end

  defp sections(other, _, state), do: {strip(other), state}

  @doc """
  Clauses with `->`, and what has to stand before the form that contains them.
  """
  @spec clauses([Macro.t()], Clause.kind(), Context.t(), State.t()) :: {[Macro.t()], [Macro.t()], State.t()}
  def clauses(clauses, kind, context, state) when is_list(clauses) do
    {active, state} = State.variable(state)
    count = length(clauses)

    {clauses, {live, state}} =
      clauses
      |> Enum.with_index()
      |> Enum.map_reduce({[], state}, &clause(&1, &2, {kind, count, active}, context))

    if live == [], do: {clauses, [], state}, else: ask(clauses, active, live, state)
  end

  defp ask(clauses, active, live, state) do
    {point, state} = State.point(state, live)
    {clauses, [{:=, [generated: true], [active, Emit.at(point, state)]}], state}
  end

  defp clause({{:->, meta, [head, body]} = node, index}, {live, state}, {kind, count, active}, context) do
    {patterns, guard, at} = split_head(head)

    clause = %Clause{
      kind: kind,
      node: node,
      patterns: patterns,
      guard: guard,
      when_meta: at,
      body: body,
      index: index,
      count: count
    }

    {{patterns, guard}, more, state} = Clauses.head(clause, active, context, state)
    points = state.next_point
    {body, state} = Expression.walk(body, Context.inside(context), state)
    body = if kind in [:fn, :receive], do: Emit.reading(body, points, state), else: body
    {{:->, meta, [join_head(patterns, guard), body]}, {live ++ more, state}}
  end

  defp split_head([{:when, meta, args}]) do
    {guard, patterns} = List.pop_at(args, -1)
    {patterns, guard, meta}
  end

  defp split_head(patterns), do: {patterns, nil, nil}

  defp join_head(patterns, nil), do: patterns
  defp join_head(patterns, guard), do: [{:when, [], patterns ++ [guard]}]

  defp cond_clause({:->, meta, [[condition], body]}, context, state) do
    {condition, state} = condition(condition, context, state)
    {body, state} = Expression.walk(body, Context.inside(context), state)
    {{:->, meta, [[condition], body]}, state}
  end

  defp condition({:__block__, _, [literal]} = node, _, state) when is_literal(literal),
    do: {strip(node), state}

  defp condition(node, context, state) do
    leaks = Scope.leaks?(node, state.calls)
    inside = Context.inside(context, site: :condition, leaks: leaks)
    {walked, state} = Expression.walk(node, Context.inside(context), state)
    {live, state} = State.record(state, node, State.changes(state, node, inside), inside)
    if leaks, do: bound_condition(live, node, walked, state), else: Emit.choice(live, walked, state)
  end

  # The condition is computed, with what it binds, and then changed.
  defp bound_condition([], _, walked, state), do: {walked, state}

  defp bound_condition(live, node, walked, state) do
    {point, state} = State.point(state, live)
    {value, state} = State.variable(state)

    branches =
      for {id, change} <- live,
          do: {id, strip(Macro.prewalk(change.ast, &if(&1 == node, do: value, else: &1)))}

    {Emit.block([
       {:=, [generated: true], [value, walked]},
       Emit.switch(Emit.at(point, state), branches, value)
     ]), state}
  end

  defp generator({:<-, meta, [pattern, value]} = node, {binds, state}, context, form) do
    {value, state} = Expression.walk(value, Context.inside(context), state)
    {active, state} = State.variable(state)
    {patterns, guard, at} = split_pattern(pattern)

    clause = %Clause{
      kind: :generator,
      node: node,
      patterns: patterns,
      guard: guard,
      when_meta: at,
      body: nil,
      index: 0,
      count: 1
    }

    {{[pattern], guard}, live, state} = Clauses.head(clause, active, context, state)
    pattern = if guard, do: {:when, [], [pattern, guard]}, else: pattern
    {more, state} = if live == [], do: {[], state}, else: asked(active, live, state)
    # What a `for` goes through is not what its pattern is about.
    heads = if form == :with, do: Watch.heads([{patterns, guard, nil}])
    {value, looks, state} = looked_at(value, heads, state)
    {{:<-, meta, [pattern, Emit.block(looks ++ [value])]}, {binds ++ more, state}}
  end

  defp generator(node, {binds, state}, context, _) do
    {node, state} = Expression.walk(node, Context.inside(context), state)
    {node, {binds, state}}
  end

  defp asked(active, live, state) do
    {_, binds, state} = ask([], active, live, state)
    {binds, state}
  end

  defp split_pattern({:when, meta, [pattern, guard]}), do: {[pattern], guard, meta}
  defp split_pattern(pattern), do: {[pattern], nil, nil}

  defp body_with_else(nil, _, state), do: {[], [], state}

  defp body_with_else(sections, context, state) do
    {sections, {binds, state}} = Enum.map_reduce(sections, {[], state}, &section(&1, &2, :with, context))
    {[sections], binds, state}
  end

  defp for_clause({:<-, _, _} = node, acc, context), do: generator(node, acc, context, :for)

  defp for_clause({:<<>>, meta, parts}, {binds, state}, context) do
    case List.pop_at(parts, -1) do
      {{:<-, arrow, [pattern, value]}, before} ->
        {value, state} = Expression.walk(value, Context.inside(context), state)
        {{:<<>>, meta, strip(before) ++ [{:<-, arrow, [strip(pattern), value]}]}, {binds, state}}

      _ ->
        {strip({:<<>>, meta, parts}), {binds, state}}
    end
  end

  defp for_clause({:=, _, _} = node, {binds, state}, context) do
    {node, state} = Expression.walk(node, Context.inside(context), state)
    {node, {binds, state}}
  end

  defp for_clause(node, {binds, state}, context) do
    {walked, state} = Expression.walk(node, Context.inside(context), state)
    inside = Context.inside(context, site: :filter)
    strategy = if Scope.leaks?(node, state.calls), do: :recompile, else: :switch
    {live, state} = State.record(state, node, State.changes(state, node, inside), inside, strategy)
    {walked, state} = Emit.choice(live, walked, state)
    {walked, {binds, state}}
  end

  defp for_options(options, context, state) do
    {options, {binds, state}} =
      Enum.map_reduce(options, {[], state}, fn sections, acc ->
        Enum.map_reduce(sections, acc, &for_section(&1, &2, context))
      end)

    {options, binds, state}
  end

  defp for_section({key, value}, {binds, state}, context) do
    case {strip(key), value} do
      {:do, [{:->, _, _} | _] = clauses} ->
        {clauses, more, state} = clauses(clauses, :case, context, state)
        {{:do, clauses}, {binds ++ more, state}}

      {key, {:__block__, _, [literal]}} when is_literal(literal) and key in [:into, :uniq] ->
        {{key, strip(value)}, {binds, state}}

      {key, _} ->
        {value, state} = Expression.walk(value, Context.inside(context), state)
        {{key, value}, {binds, state}}
    end
  end
end
