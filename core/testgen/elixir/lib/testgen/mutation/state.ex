defmodule Testgen.Mutation.State do
  @moduledoc """
  What the walk over a file carries along: the mutants found so far and the numbers given out.

  Two walks over one source give the same numbers, whatever is excluded: only what is emitted differs. The numbers of
  mutants have gaps, which the build's `numbering` decides: nobody who does not know it can tell a number that is taken
  from one that is free, so that a number of no mutant looks like any other (`Testgen.Scoring.Trust`).
  """

  alias Testgen.Mutation.{Build, Change, Clause, Context, Mutant, Range, Source, Text, Watch}

  @enforce_keys [:source, :calls, :operators]
  defstruct [
    :source,
    :calls,
    :operators,
    next_id: 1,
    next_point: 1,
    next_variable: 1,
    mutants: [],
    pruned: [],
    points: %{},
    keys: %{},
    excluded: %{},
    frozen: MapSet.new(),
    strategy: :switch,
    reader: :variable,
    num_clauses: %{},
    selection: %{functions: nil, lines: nil},
    numbering: 0,
    watch: false,
    watched: %{},
    attribute: nil,
    attributes: %{},
    attributes_read: %{}
  ]

  # The first number is never 1: even one mutant alone leaves a number below it free.
  @longest_gap 3

  @type t :: %__MODULE__{}
  @type found :: {operator :: module, Change.t()}
  @type live :: {pos_integer, Change.t()}

  @spec new(Build.t()) :: t
  def new(%Build{} = build) do
    %__MODULE__{
      next_id: 2 + gap(build.numbering, 0),
      source: build.source,
      calls: build.calls,
      operators: build.operators,
      excluded: build.excluded,
      frozen: build.frozen,
      num_clauses: build.num_clauses,
      selection: build.selection,
      numbering: build.numbering,
      watch: build.watch
    }
  end

  defp gap(numbering, id), do: :erlang.phash2({numbering, id}, @longest_gap + 1)

  @doc """
  What the operators propose for a node, each effect once, in the operators' order.
  """
  @spec changes(t, Macro.t() | Clause.t(), Context.t()) :: [found]
  def changes(state, node, context) do
    found =
      for operator <- state.operators, change <- operator.mutations(node, context), do: {operator, change}

    distinct(found, node)
  end

  defp distinct([], _), do: []
  defp distinct(found, %Clause{}), do: found

  defp distinct(found, node) do
    original = Source.bare(node)

    found
    |> Enum.uniq_by(fn {_, change} -> Source.bare(change.ast) end)
    |> Enum.reject(fn {_, change} -> Source.bare(change.ast) == original end)
  end

  @doc """
  Makes mutants of changes; gives those that the instrumented code is to contain, with their numbers.
  """
  @spec record(t, Macro.t() | Clause.t(), [found], Context.t(), :switch | :recompile) :: {[live], t}
  def record(state, node, found, context, strategy \\ :switch)
  def record(state, _, [], _, _), do: {[], state}

  def record(state, node, found, context, strategy) do
    case Range.of(position_node(node), state.source) do
      nil ->
        {[], state}

      range ->
        Enum.reduce(found, {[], state}, &record_one(&1, &2, {node, range}, context, strategy)) |> ordered()
    end
  end

  defp position_node(%Clause{node: node}), do: node
  defp position_node(node), do: node

  defp ordered({live, state}), do: {Enum.reverse(live), state}

  defp record_one({operator, %Change{equivalent: reason} = change}, {live, state}, place, context, _)
       when reason != nil do
    {mutant, state} = mutant(state, operator, change, place, context, change.strategy)
    {live, %{state | pruned: [%{mutant | id: 0, reason: reason} | state.pruned]}}
  end

  defp record_one({operator, change}, {live, state}, place, context, strategy) do
    strategy = if :recompile in [strategy, change.strategy, state.strategy], do: :recompile, else: :switch
    {mutant, state} = mutant(state, operator, change, place, context, strategy)
    if selected?(mutant, state.selection), do: keep(mutant, change, live, state), else: {live, state}
  end

  defp keep(mutant, change, live, state) do
    state = %{state | mutants: [mutant | state.mutants], next_id: next_id(mutant.id, state)}
    if live?(mutant, state), do: {[{mutant.id, change} | live], state}, else: {live, state}
  end

  defp next_id(id, %{numbering: numbering}), do: id + 1 + gap(numbering, id)

  defp selected?(mutant, %{functions: functions, lines: lines}) do
    (functions == nil or mutant.function in functions) and
      (lines == nil or
         Enum.any?(lines, fn {from, to} -> elem(mutant.start, 0) <= to and elem(mutant.end, 0) >= from end))
  end

  defp live?(mutant, state), do: mutant.strategy == :switch and not is_map_key(state.excluded, mutant.id)

  defp mutant(state, operator, change, place, context, strategy) do
    {node, range} = place
    {range, replacement} = change.edit || {range, Text.render(change.ast, node, context)}
    {line, column} = start = Source.position(state.source, elem(range, 0))
    place = "#{operator.id()}@#{line}:#{column}"
    number = Map.get(state.keys, place, 0)

    mutant = %Mutant{
      id: state.next_id,
      key: "#{place}##{number}",
      operator: operator.id(),
      group: operator.group(),
      module: inspect(context.module),
      function: function_name(context.function),
      range: range,
      start: start,
      end: Source.position(state.source, elem(range, 1)),
      original: Source.slice(state.source, range),
      replacement: replacement,
      strategy: strategy,
      function_key: function_key(context)
    }

    {mutant, %{state | keys: Map.put(state.keys, place, number + 1)}}
  end

  defp function_name(nil), do: nil
  defp function_name({_, name, arity}), do: "#{name}/#{arity}"

  defp function_key(%Context{function: nil}), do: nil
  defp function_key(%Context{function: {_, name, arity}, module: module}), do: {module, name, arity}

  @doc """
  A new point at which the given mutants are reached.
  """
  @spec point(t, [live]) :: {pos_integer, t}
  def point(state, live) do
    ids = Enum.map(live, &elem(&1, 0))

    {state.next_point,
     %{state | next_point: state.next_point + 1, points: Map.put(state.points, state.next_point, ids)}}
  end

  @doc """
  The live mutants of an attribute of the module, at a place that reads it; none where code is not to be changed.
  """
  @spec attribute(t, atom) :: {[live], t}
  def attribute(%{strategy: :switch, attributes: attributes} = state, name) when is_map_key(attributes, name),
    do: {attributes[name], %{state | attributes_read: Map.update(state.attributes_read, name, 1, &(&1 + 1))}}

  def attribute(state, _), do: {[], state}

  @doc """
  Leaves mutants to recompiling after all: some place that their attribute is read at cannot be switched.
  """
  @spec demote(t, [pos_integer]) :: t
  def demote(state, []), do: state

  def demote(state, ids) do
    mutants =
      for mutant <- state.mutants,
          do: if(mutant.id in ids, do: %{mutant | strategy: :recompile}, else: mutant)

    %{state | mutants: mutants, points: Map.new(state.points, fn {point, known} -> {point, known -- ids} end)}
  end

  @doc """
  A new point at which no mutant is reached, but something is seen.
  """
  @spec watch(t, Watch.what()) :: {pos_integer, t}
  def watch(state, what) do
    {point, state} = point(state, [])
    {point, %{state | watched: Map.put(state.watched, point, what)}}
  end

  @doc """
  A variable that no code of the file can name.
  """
  @spec variable(t) :: {Macro.t(), t}
  def variable(state) do
    {{:"testgen_#{state.next_variable}", [generated: true], Testgen.Mutation},
     %{state | next_variable: state.next_variable + 1}}
  end
end
