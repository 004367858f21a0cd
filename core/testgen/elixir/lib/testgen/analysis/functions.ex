defmodule Testgen.Analysis.Functions do
  @moduledoc """
  Gathers the functions of a module's body: clauses that belong together, and the `@doc`, `@impl` and `@spec`
  that are theirs.

  A doc and an impl stand before the first clause of their function; a spec may stand anywhere in the module.
  """

  alias Testgen.Analysis.{Beam, FunctionFacts, Inference, Names, Source}
  alias Testgen.TypeTree

  @no_notes %{doc: nil, doc_line: nil, hidden: false, impl: nil}

  @doc "The functions of `body`, in the order in which they start, private ones included."
  @spec gather([{Macro.t(), Names.t()}], map(), Beam.t(), TypeTree.scope()) :: [map()]
  def gather(body, attributes, beam, scope) do
    specs = Enum.reduce(body, %{}, &spec(&1, &2, scope))
    {groups, _} = Enum.reduce(body, {%{}, @no_notes}, &define/2)
    groups = groups |> Map.values() |> Enum.map(&%{&1 | clauses: Enum.reverse(&1.clauses)})
    inferred = Inference.run(Map.new(groups, &{key(hd(&1.clauses)), &1.clauses}), attributes, beam.behaviours)

    groups
    |> Enum.sort_by(&hd(&1.clauses).line)
    |> Enum.map(&build(&1, attributes, specs, inferred, beam))
  end

  defp build(%{clauses: [first | _] = clauses, notes: notes}, attributes, specs, inferred, beam) do
    key = key(first)
    written = Map.get_lazy(specs, key, fn -> Beam.specs(beam, key) end)
    notes = Map.merge(notes, %{attributes: attributes, specs: written, inferred: inferred[key]})
    FunctionFacts.build(clauses, Beam.complete(beam, key, notes))
  end

  defp define({{:@, meta, [{:doc, _, [value]}]}, _}, {groups, notes}), do: {groups, doc(notes, value, meta)}

  defp define({{:@, _, [{:impl, _, [value]}]}, names}, {groups, notes}),
    do: {groups, %{notes | impl: impl(Source.strip(value), names)}}

  defp define({node, names}, {groups, notes}) do
    case FunctionFacts.clause(node, names) do
      nil ->
        {groups, notes}

      clause ->
        {Map.update(groups, key(clause), %{clauses: [clause], notes: notes}, &more(&1, clause, notes)),
         @no_notes}
    end
  end

  defp key(clause), do: {clause.name, clause.arity}

  defp more(group, clause, %{doc: nil}), do: %{group | clauses: [clause | group.clauses]}
  defp more(group, clause, notes), do: %{group | clauses: [clause | group.clauses], notes: notes}

  defp doc(notes, value, meta) do
    case Source.strip(value) do
      false -> %{notes | hidden: true, doc: nil}
      _ -> Map.merge(notes, doc_of(Source.doc(value, meta)))
    end
  end

  defp doc_of({nil, _}), do: %{}
  defp doc_of({text, line}), do: %{doc: text, doc_line: line, hidden: false}

  defp impl(true, _), do: "true"
  defp impl(false, _), do: nil
  defp impl(module, names), do: Names.show(Names.resolve(names, module))

  defp spec({{:@, _, [{:spec, _, [spec]}]}, names}, specs, scope) do
    spec = Source.strip(spec)

    case {spec_key(spec), TypeTree.spec(spec, %{scope | names: names})} do
      {nil, _} -> specs
      {_, nil} -> specs
      {key, tree} -> Map.update(specs, key, [with_source(tree, spec)], &(&1 ++ [with_source(tree, spec)]))
    end
  end

  defp spec(_, specs, _), do: specs

  defp with_source(tree, spec), do: Map.put(tree, "source", Macro.to_string(spec))

  defp spec_key({:when, _, [spec, _]}), do: spec_key(spec)

  defp spec_key({:"::", _, [{name, _, args}, _]}) when is_atom(name) and is_list(args),
    do: {name, length(args)}

  defp spec_key({:"::", _, [{name, _, _}, _]}) when is_atom(name), do: {name, 0}
  defp spec_key(_), do: nil
end
