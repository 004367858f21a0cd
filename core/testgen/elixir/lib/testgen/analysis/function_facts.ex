defmodule Testgen.Analysis.FunctionFacts do
  @moduledoc """
  Turns the definitions of one function (all its clauses) into the map that is sent.

  Arguments with defaults are told in `defaults`, and the function is listed once, under its full arity, as
  the compiler does.
  """

  alias Testgen.Analysis.{Call, Example, Guard, Literal, ModuleFinder, Names, Pattern, Source}

  @typedoc "One `def` as written: its head taken apart, still wrapped."
  @type clause :: %{
          kind: atom(),
          name: atom(),
          arity: arity(),
          args: [Macro.t()],
          guard: Macro.t() | nil,
          body: Macro.t() | nil,
          node: Macro.t(),
          line: pos_integer(),
          names: Names.t()
        }

  @definers [:def, :defp, :defmacro, :defmacrop, :defguard, :defguardp, :defdelegate]

  @doc "Takes one definition apart; nil where it is none, or its name is computed."
  @spec clause(Macro.t(), Names.t()) :: clause() | nil
  def clause({kind, meta, [head | rest]} = node, names) when kind in @definers do
    {guard, head} = split_guard(head, kind)

    case head do
      {name, _, args} when is_atom(name) and name != :unquote and (is_list(args) or is_atom(args)) ->
        args = if is_list(args), do: args, else: []
        body = ModuleFinder.block(List.first(rest), :do)

        %{
          kind: kind,
          name: name,
          arity: length(args),
          args: args,
          guard: guard,
          body: body,
          node: node,
          line: meta[:line],
          names: names
        }

      _ ->
        nil
    end
  end

  def clause(_, _), do: nil

  @doc """
  The facts of a function from its clauses, in the order of the file; `notes` holds doc, impl, specs,
  attributes and what was inferred (see `Testgen.Analysis.Inference`).
  """
  @spec build([clause()], map()) :: map()
  def build([first | _] = clauses, notes) do
    bodies = Enum.filter(clauses, & &1.body)
    nodes = Enum.map(clauses, & &1.node)
    facts = Enum.map(clauses, &guard_facts(&1, notes.attributes))

    %{
      "name" => Atom.to_string(first.name),
      "arity" => first.arity,
      "kind" => Atom.to_string(first.kind),
      "line" => first.line,
      "end_line" => nodes |> Enum.map(&ModuleFinder.end_line/1) |> Enum.max(),
      "doc" => notes.doc,
      "hidden" => notes.hidden,
      "impl" => notes.impl,
      "generated" => false,
      "doctests" => Example.extract(notes.doc, notes.doc_line || first.line),
      "specs" => notes.specs,
      "clauses" =>
        clauses |> Enum.zip(notes.inferred.variables) |> written(bodies) |> Enum.map(&clause_facts/1),
      "inferred" => notes.inferred.arguments,
      "defaults" => clauses |> Enum.map(&defaults/1) |> Enum.max(),
      "arg_names" => arg_names(clauses),
      "arg_defaults" => arg_defaults(clauses),
      "literals" => Literal.collect(nodes),
      "guard_bounds" => facts |> Enum.flat_map(& &1.bounds) |> Enum.uniq(),
      "guard_types" => facts |> Enum.flat_map(& &1.types) |> Enum.uniq(),
      "calls" => Enum.flat_map(clauses, &Call.calls(&1.body, &1.names)) |> Enum.uniq(),
      "raises" => Enum.flat_map(clauses, &Call.raises(&1.body, &1.names)) |> Enum.uniq()
    }
  end

  # A head without a body only carries the defaults.
  defp written(clauses, []), do: clauses
  defp written(clauses, _bodies), do: Enum.filter(clauses, fn {clause, _} -> clause.body end)

  defp clause_facts({clause, variables}) do
    %{
      "line" => clause.line,
      "args" => Enum.map(clause.args, &Source.text/1),
      "guard" => clause.guard && Source.text(clause.guard),
      "patterns" => Enum.map(clause.args, &Pattern.tree(&1, clause.names)),
      "variables" => variables
    }
  end

  defp split_guard({:when, _, [head, guard]}, kind) when kind in [:defguard, :defguardp], do: {guard, head}
  defp split_guard({:when, _, [head, guard]}, _), do: {guard, head}
  defp split_guard(head, _), do: {nil, head}

  defp guard_facts(clause, attributes) do
    args =
      for {arg, index} <- Enum.with_index(clause.args),
          name <- variables(Source.strip(arg)),
          into: %{},
          do: {name, index}

    Guard.facts(clause.guard && Source.strip(clause.guard), args, attributes)
  end

  # Only a name that stands for the whole argument can carry a bound of that argument.
  defp variables({:\\, _, [arg, _]}), do: variables(arg)
  defp variables({:=, _, [left, right]}), do: variables(left) ++ variables(right)
  defp variables({name, _, context}) when is_atom(name) and is_atom(context), do: [name]
  defp variables(_), do: []

  defp defaults(clause), do: Enum.count(clause.args, &match?({:\\, _, _}, &1))

  # Source of the default at each place, nil where there is none.
  defp arg_defaults(clauses) do
    clauses
    |> Enum.map(fn clause -> Enum.map(clause.args, &default_source/1) end)
    |> Enum.zip_with(fn defaults -> Enum.find(defaults, & &1) end)
  end

  defp default_source({:\\, _, [_, default]}), do: Source.text(default)
  defp default_source(_), do: nil

  defp arg_names(clauses) do
    clauses
    |> Enum.map(fn clause -> Enum.map(clause.args, &arg_name(Source.strip(&1))) end)
    |> Enum.zip()
    |> Enum.with_index(1)
    |> Enum.map(fn {names, index} -> names |> Tuple.to_list() |> Enum.find("arg#{index}", & &1) end)
  end

  defp arg_name({:\\, _, [arg, _]}), do: arg_name(arg)
  defp arg_name({:=, _, [left, right]}), do: arg_name(right) || arg_name(left)

  defp arg_name({:%, _, [{:__aliases__, _, parts}, _]}),
    do: parts |> List.last() |> to_string() |> Macro.underscore()

  defp arg_name({name, _, context}) when is_atom(name) and is_atom(context) and name not in [:_, :__MODULE__],
    do: name |> Atom.to_string() |> String.trim_leading("_")

  defp arg_name(_), do: nil
end
