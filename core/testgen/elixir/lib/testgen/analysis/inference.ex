defmodule Testgen.Analysis.Inference do
  @moduledoc """
  Types of arguments for which there is no spec, or one that says little, inferred from the code: patterns,
  guards, defaults, and what is called on each argument and its pieces.

  What a function passes on to another function of its module has the type that the other one asks for. The
  types are trees as `Testgen.TypeTree` makes them, with the additions of `Testgen.Analysis.Inference.Conclusion`.
  They are guesses: a call has to show whether they are good ones.
  """

  alias Testgen.Analysis.FunctionFacts
  alias Testgen.Analysis.Inference.{Binding, Callbacks, Conclusion, Evidence, Flow, Place}
  alias Testgen.Analysis.Source

  @rounds 3
  @most_pieces 200
  # Names that say nothing of what they stand for.
  @any_names ~w(value term acc rest other result data arg args item element)

  @type key :: {atom(), arity()}
  @type inferred :: %{arguments: [map()], variables: [%{String.t() => map()}]}

  @doc """
  For each function its arguments' types, and for each of its clauses the types of the head's variables.

  `groups` are the clauses of each function in the order of the file; `attributes` the module's, as trees;
  `behaviours` the names of those that it implements.
  """
  @spec run(%{key() => [FunctionFacts.clause()]}, %{atom() => Macro.t()}, [String.t()]) :: %{
          key() => inferred()
        }
  def run(groups, attributes, behaviours) do
    asked = Callbacks.arguments(behaviours)

    read =
      Map.new(groups, fn {key, clauses} ->
        {key, Enum.map(clauses, &(&1 |> clause(attributes) |> promised(asked[key])))}
      end)

    settled = settle(read)
    inferred = Map.new(read, fn {{_, arity} = key, clauses} -> {key, conclude(arity, clauses, settled)} end)
    by_name = by_name(inferred)

    Map.new(inferred, fn {key, found} -> {key, named_alike(found, by_name)} end)
  end

  defp named_alike(found, by_name) do
    %{
      arguments: Enum.map(found.arguments, &same(&1, by_name)),
      variables:
        for(types <- found.variables, do: Map.new(types, fn {name, type} -> {name, same(type, by_name)} end))
    }
  end

  # Arguments of one name are of one type throughout a module, as long as nothing speaks against it.
  defp by_name(inferred) do
    known =
      for {_, %{arguments: arguments}} <- inferred,
          %{"t" => kind, "named" => name} = type when kind != "any" <- arguments,
          String.length(name) > 1 and name not in @any_names,
          do: {name, type}

    for {name, types} <- Enum.group_by(known, &elem(&1, 0), &elem(&1, 1)),
        [_] <- [Enum.uniq_by(types, & &1["t"])],
        into: %{},
        do: {name, Enum.max_by(types, &:erlang.external_size/1)}
  end

  defp same(%{"t" => "any", "named" => name} = type, by_name), do: Map.get(by_name, name, type)
  defp same(type, _), do: type

  defp clause(clause, attributes) do
    state =
      clause.args
      |> Enum.map(&Source.strip/1)
      |> Enum.with_index()
      |> Enum.reduce(Binding.start(clause.names), fn {arg, index}, state ->
        Binding.bind(arg, Place.argument(index), state)
      end)

    head = state.vars
    {_, state} = clause.guard |> prepared(attributes) |> Flow.eval(state)
    {_, state} = clause.body |> prepared(attributes) |> Flow.eval(state)
    %{head: head, own: gathered(state.found), passes: Enum.uniq(state.passes)}
  end

  # What a behaviour says of a callback's arguments.
  defp promised(clause, types) do
    own =
      (types || [])
      |> Enum.with_index()
      |> Enum.reduce(clause.own, fn {type, index}, own ->
        Map.put(own, index, own |> Map.get(index, Evidence.new()) |> Evidence.add([], {:type, type}))
      end)

    %{clause | own: own}
  end

  defp prepared(quoted, attributes) do
    quoted |> Source.strip() |> Macro.postwalk(&attribute(&1, attributes)) |> Flow.unpipe()
  end

  defp attribute({:@, _, [{name, _, context}]} = node, attributes) when is_atom(context),
    do: Map.get(attributes, name, node)

  defp attribute(node, _), do: node

  # Evidence by argument.
  defp gathered(found) do
    found
    |> Enum.reverse()
    |> Enum.reduce(%{}, fn {{:arg, index, steps}, claim}, evidence ->
      Map.put(evidence, index, evidence |> Map.get(index, Evidence.new()) |> Evidence.add(steps, claim))
    end)
  end

  # Evidence of every function's arguments, what they pass on included.
  defp settle(read) do
    own = Map.new(read, fn {key, clauses} -> {key, together(Enum.map(clauses, & &1.own))} end)

    Enum.reduce(1..@rounds, own, fn _, known ->
      Map.new(read, fn {key, clauses} -> {key, together(Enum.map(clauses, &complete(&1, known)))} end)
    end)
  end

  defp together(clauses),
    do: Enum.reduce(clauses, %{}, &Map.merge(&2, &1, fn _, a, b -> Evidence.merge(a, b) end))

  defp complete(clause, known) do
    Enum.reduce(clause.passes, clause.own, fn {{:arg, index, steps}, called, position, inside}, evidence ->
      case asked(known, called, position) do
        nil -> evidence
        asked -> learn(evidence, index, steps, Evidence.at(asked, inside))
      end
    end)
  end

  # Functions that call each other would tell ever deeper pieces.
  defp learn(evidence, index, steps, more) do
    known = Map.get(evidence, index, Evidence.new())

    if Evidence.size(known) + Evidence.size(more) > @most_pieces,
      do: evidence,
      else: Map.put(evidence, index, Evidence.merge_at(known, steps, more))
  end

  # A function with default arguments is called at several arities.
  defp asked(known, {name, arity}, position) do
    case known do
      %{{^name, ^arity} => evidence} -> evidence[position]
      _ -> Enum.find_value(0..3, fn more -> known[{name, arity + more}][position] end)
    end
  end

  defp conclude(arity, clauses, settled) do
    complete = Enum.map(clauses, &complete(&1, settled))
    merged = together(complete)

    %{
      arguments:
        for(
          index <- Enum.take(0..254, arity),
          do: merged |> Map.get(index, Evidence.new()) |> Conclusion.tree()
        ),
      variables:
        clauses
        |> Enum.zip(complete)
        |> Enum.map(fn {clause, evidence} -> variables(clause.head, evidence) end)
    }
  end

  defp variables(head, evidence) do
    for {name, {:arg, index, steps}} <- head, into: %{} do
      {Atom.to_string(name),
       evidence |> Map.get(index, Evidence.new()) |> Evidence.at(steps) |> Conclusion.tree()}
    end
  end
end
