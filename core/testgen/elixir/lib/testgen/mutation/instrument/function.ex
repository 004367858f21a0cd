defmodule Testgen.Mutation.Instrument.Function do
  @moduledoc """
  All clauses of one function. Bodies get their points where they are; mutants of clauses need the active mutant in the
  guard, so then the clauses become a private function with one argument more, behind a dispatcher:

      def total(a, b \\\\ 1), do: __total__(Switch.enter(4), a, b)
      defp __total__(m, [], _) when m != 7, do: 0
      defp __total__(_, a, b), do: :erlang.raise(:error, :function_clause, [{Cart, :total, [a, b], []} | ...])

  The last clause fails as the function itself would have. Every clause stays at its place in the module, since
  attributes may change between them. A function that calls `super`, or asks for its own name, is not moved: its
  clauses' mutants are left to recompiling.
  """

  import Testgen.Mutation.Source, only: [strip: 1]
  alias Testgen.Mutation.{Clause, Context, Emit, State, Switch, Watch}
  alias Testgen.Mutation.Instrument.{Branch, Clauses, Expression}

  @enforce_keys [:key, :kind, :definitions, :liftable]
  defstruct [:key, :kind, :definitions, :liftable]

  @typedoc "One `def` of the function: its node and its place among the module's statements."
  @type definition :: {index :: non_neg_integer, Macro.t()}
  @type t :: %__MODULE__{
          key: {atom, arity},
          kind: :def | :defp | :defmacro | :defmacrop,
          definitions: [definition],
          liftable: boolean
        }

  @doc """
  What stands for each definition, by its index: a list of definitions, dispatcher first.
  """
  @spec walk(t, Context.t(), State.t()) :: {%{non_neg_integer => [Macro.t()]}, State.t()}
  def walk(%__MODULE__{} = function, context, state) do
    {name, arity} = function.key
    context = %{context | function: {function.kind, name, arity}}

    frozen =
      function.kind in [:defmacro, :defmacrop] or MapSet.member?(state.frozen, {context.module, name, arity})

    {definitions, state} = within(state, frozen, &instrument(function, context, &1))
    {if(frozen, do: unchanged(function), else: definitions), state}
  end

  defp within(state, false, fun), do: fun.(state)

  defp within(state, true, fun) do
    {definitions, state} = fun.(%{state | strategy: :recompile})
    {definitions, %{state | strategy: :switch}}
  end

  defp unchanged(function), do: Map.new(function.definitions, fn {index, node} -> {index, [strip(node)]} end)

  defp instrument(function, context, state) do
    active = Emit.active()
    count = Enum.count(function.definitions, fn {_, node} -> body(node) != nil end)

    lift =
      function.liftable and function.kind in [:def, :defp] and all_clauses?(function, count, context, state)

    {parts, {live, _, state}} =
      Enum.map_reduce(function.definitions, {[], 0, state}, fn {_, node}, {live, index, state} ->
        {part, more, state} = clause(node, {function, index, count, active, lift}, context, state)
        {part, {live ++ more, if(body(node) == nil, do: index, else: index + 1), state}}
      end)

    if live == [],
      do: {in_place(function, parts), state},
      else: lifted(function, parts, live, active, state)
  end

  defp all_clauses?(%{key: {name, arity}}, count, context, state),
    do: Map.get(state.num_clauses, {context.module, name, arity}) == count

  defp clause({_, _, [head | _]} = node, {function, index, count, active, lift}, context, state) do
    {args, guard, at} = split(head)
    {patterns, defaults, state} = defaults(args, context, state)

    clause = %Clause{
      kind: :def,
      name: elem(function.key, 0),
      node: node,
      patterns: patterns,
      guard: guard,
      when_meta: at,
      body: body(node),
      index: index,
      count: count
    }

    {{walked, guard}, live, state} = head_of(clause, active, lift, context, state)
    {body, state} = walk_body(body(node), context, state)
    {%{node: node, patterns: walked, defaults: defaults, guard: guard, body: body}, live, state}
  end

  defp head_of(%Clause{body: nil} = clause, _, _, _, state), do: {{strip(clause.patterns), nil}, [], state}
  defp head_of(clause, active, true, context, state), do: Clauses.head(clause, active, context, state)

  defp head_of(clause, active, false, context, %{strategy: strategy} = state) do
    {_, [], state} = Clauses.head(clause, active, context, %{state | strategy: :recompile})
    {{strip(clause.patterns), strip(clause.guard)}, [], %{state | strategy: strategy}}
  end

  defp defaults(args, context, state) do
    {parts, state} =
      Enum.map_reduce(args, state, fn
        {:\\, meta, [pattern, default]}, state ->
          {walked, state} = default(default, context, state)
          {{pattern, {meta, walked}}, state}

        pattern, state ->
          {{pattern, nil}, state}
      end)

    {patterns, defaults} = Enum.unzip(parts)
    {patterns, defaults, state}
  end

  # Defaults are computed before the function is entered.
  defp default(node, context, state) do
    {walked, state} =
      Expression.walk(node, Context.inside(context, parent: :default), %{state | reader: :call})

    inside = Context.inside(context, site: :default)
    {live, state} = State.record(state, node, State.changes(state, node, inside), inside)
    {walked, state} = Emit.choice(live, walked, state)
    {walked, %{state | reader: :variable}}
  end

  @doc """
  The arguments and guard of a definition's head, and where its `when` stands.
  """
  @spec split(Macro.t()) :: {[Macro.t()], Macro.t() | nil, keyword | nil}
  def split({:when, meta, [{_, _, args}, guard]}), do: {arguments(args), guard, meta}
  def split({_, _, args}), do: {arguments(args), nil, nil}

  defp arguments(args) when is_list(args), do: args
  defp arguments(_), do: []

  defp body({_, _, [_]}), do: nil
  defp body({_, _, [_, body]}), do: body

  defp walk_body(nil, _, state), do: {nil, state}

  defp walk_body([{key, body}], context, state) do
    points = state.next_point
    {body, state} = Expression.walk(body, Context.inside(context), state)
    {[{strip(key), Emit.reading(body, points, state)}], state}
  end

  # The mutants of `else` and `catch` clauses need a place to ask for the active one: the start of the body.
  defp walk_body(sections, context, state) when is_list(sections) do
    points = state.next_point
    {sections, binds, state} = Branch.try_sections(sections, context, state)
    body = Emit.block(binds ++ [{:try, [], [sections]}])

    if state.next_point == points,
      do: {sections, state},
      else: {[do: Emit.reading(body, points, state)], state}
  end

  defp walk_body(other, _, state), do: {strip(other), state}

  defp in_place(function, parts) do
    Map.new(Enum.zip(function.definitions, parts), fn {{index, _}, part} -> {index, [rebuild(part)]} end)
  end

  defp rebuild(%{node: {kind, meta, [head | _]}} = part) do
    head = put_head(head, with_defaults(part.patterns, part.defaults), part.guard)
    {kind, meta, if(part.body == nil, do: [head], else: [head, part.body])}
  end

  defp put_head({:when, meta, [{name, call, _}, _]}, args, guard),
    do: {:when, meta, [{name, call, args}, guard]}

  defp put_head({name, meta, scope}, [], _) when is_atom(scope), do: {name, meta, scope}
  defp put_head({name, meta, _}, args, _), do: {name, meta, args}

  defp with_defaults(patterns, defaults) do
    Enum.map(Enum.zip(patterns, defaults), fn
      {pattern, nil} -> pattern
      {pattern, {meta, default}} -> {:\\, meta, [pattern, default]}
    end)
  end

  defp lifted(function, parts, live, active, state) do
    {point, state} = State.point(state, live)
    heads = Watch.heads(for {_, {_, _, [head, _]}} <- function.definitions, do: split(head))
    watch? = state.watch and heads != nil
    state = if watch?, do: %{state | watched: Map.put(state.watched, point, heads)}, else: state
    {name, arity} = function.key
    private = :"__testgen #{name}/#{arity}__"
    [{first, _} | _] = function.definitions
    {last, _} = List.last(function.definitions)

    clauses =
      for {{index, _}, part} <- Enum.zip(function.definitions, parts), into: %{} do
        {index, if(part.body == nil, do: [], else: [private_clause(private, part, active)])}
      end

    dispatcher = dispatcher(function, parts, private, {point, watch?})
    failing = failing(function, private)
    {clauses |> Map.update!(first, &[dispatcher | &1]) |> Map.update!(last, &(&1 ++ [failing])), state}
  end

  defp dispatcher(function, parts, private, {point, watch?}) do
    {name, arity} = function.key
    arguments = Macro.generate_arguments(arity, __MODULE__)
    %{node: {_, meta, _}} = hd(parts)
    meta = Keyword.take(meta, [:line])
    defaults = merge_defaults(parts, arity)
    body = entering(&{private, meta, [&1 | arguments]}, arguments, point, watch?)
    {function.kind, meta, [{name, meta, with_defaults(arguments, defaults)}, [do: body]]}
  end

  defp entering(call, _, point, false), do: call.(Emit.remote(Switch, :enter, [point]))

  defp entering(call, arguments, point, true) do
    active = Emit.active()

    Emit.block([
      {:=, [generated: true], [active, Emit.remote(:persistent_term, :get, [Switch.key(), 0])]},
      Emit.seen(point, arguments),
      call.(active)
    ])
  end

  defp merge_defaults(parts, arity) do
    Enum.reduce(parts, List.duplicate(nil, arity), fn part, defaults ->
      Enum.map(Enum.zip(defaults, part.defaults), fn {found, more} -> found || more end)
    end)
  end

  defp private_clause(private, part, active) do
    meta = Keyword.take(elem(part.node, 1), [:line])
    head = {private, meta, [active | part.patterns]}
    head = if part.guard == nil, do: head, else: {:when, meta, [head, part.guard]}
    {:defp, meta, [head, part.body]}
  end

  defp failing(function, private) do
    {name, arity} = function.key
    arguments = Macro.generate_arguments(arity, __MODULE__)

    {:defp, [generated: true],
     [
       {private, [generated: true], [{:_, [], nil} | arguments]},
       [do: failure(name, arguments)]
     ]}
  end

  defp failure(name, arguments) do
    {{:., [], [Testgen.Mutation.Switch, :no_clause]}, [], [{:__MODULE__, [], nil}, name, arguments]}
  end
end
