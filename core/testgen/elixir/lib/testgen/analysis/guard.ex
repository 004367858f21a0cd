defmodule Testgen.Analysis.Guard do
  @moduledoc """
  What a guard says about each argument: the bounds that it compares with and the types that it asks for.

  A bound is `%{"arg" => index, "op" => "<", "value" => 18, "measure" => nil}`; `measure` names the function
  around the argument (`length`, `byte_size`, `map_size`, `tuple_size`, `rem 2`) where there is one. Numbers
  are sent as numbers, everything else as source. Attributes with a literal value are looked up. Comparisons
  between two arguments give no bound.
  """

  @comparisons [:<, :<=, :>, :>=, :==, :!=, :===, :!==]
  @flipped %{:< => :>, :<= => :>=, :> => :<, :>= => :<=}
  @measures [:length, :byte_size, :bit_size, :map_size, :tuple_size, :abs, :hd, :round, :trunc]
  @type_checks [
    :is_integer,
    :is_float,
    :is_number,
    :is_binary,
    :is_bitstring,
    :is_atom,
    :is_boolean,
    :is_list,
    :is_map,
    :is_tuple,
    :is_function,
    :is_nil,
    :is_pid,
    :is_reference,
    :is_port,
    :is_struct,
    :is_exception
  ]

  @type t :: %{bounds: [map()], types: [map()]}

  @doc "Bounds and types of one guard (stripped tree); `args` maps variable names to argument indexes."
  @spec facts(Macro.t() | nil, %{atom() => non_neg_integer()}, %{atom() => Macro.t()}) :: t()
  def facts(nil, _args, _attributes), do: %{bounds: [], types: []}

  def facts(guard, args, attributes) do
    {_, facts} = Macro.prewalk(guard, %{bounds: [], types: []}, &collect(&1, &2, args, attributes))
    %{bounds: Enum.reverse(facts.bounds), types: Enum.reverse(facts.types)}
  end

  defp collect({op, _, [left, right]} = node, facts, args, attributes) when op in @comparisons,
    do: {node, compare(op, left, right, facts, args, attributes)}

  defp collect({:in, _, [var, values]} = node, facts, args, attributes),
    do: {node, membership(subject(var, args), resolve(values, attributes), facts)}

  defp collect({check, _, [var | rest]} = node, facts, args, _) when check in @type_checks do
    case subject(var, args) do
      {index, nil} -> {node, %{facts | types: [type(index, check, rest) | facts.types]}}
      _ -> {node, facts}
    end
  end

  defp collect(node, facts, _, _), do: {node, facts}

  defp type(index, check, rest),
    do: %{"arg" => index, "check" => Atom.to_string(check), "with" => Enum.map(rest, &Macro.to_string/1)}

  defp compare(op, left, right, facts, args, attributes) do
    case {subject(left, args), subject(right, args)} do
      {{_, _} = subject, nil} -> bound(facts, subject, op, resolve(right, attributes))
      {nil, {_, _} = subject} -> bound(facts, subject, Map.get(@flipped, op, op), resolve(left, attributes))
      _ -> facts
    end
  end

  defp bound(facts, {index, measure}, op, value) do
    bound = %{"arg" => index, "op" => Atom.to_string(op), "value" => wire(value), "measure" => measure}
    %{facts | bounds: [bound | facts.bounds]}
  end

  defp membership(nil, _, facts), do: facts

  defp membership(subject, {:.., _, [first, last]}, facts),
    do: facts |> bound(subject, :>=, first) |> bound(subject, :<=, last)

  defp membership(subject, {:"..//", _, [first, last, _]}, facts),
    do: facts |> bound(subject, :>=, first) |> bound(subject, :<=, last)

  defp membership(subject, values, facts) when is_list(values),
    do: Enum.reduce(values, facts, &bound(&2, subject, :==, &1))

  defp membership(subject, {sigil, _, [{:<<>>, _, [words]}, modifiers]}, facts)
       when sigil in [:sigil_w, :sigil_W],
       do: membership(subject, words |> String.split() |> Enum.map(&word(&1, modifiers)), facts)

  defp membership(_, _, facts), do: facts

  defp word(word, [?a]), do: String.to_atom(word)
  defp word(word, _), do: word

  defp subject({name, _, context}, args) when is_atom(name) and is_atom(context) do
    case args do
      %{^name => index} -> {index, nil}
      _ -> nil
    end
  end

  defp subject({measure, _, [inner]}, args) when measure in @measures,
    do: measured(subject(inner, args), Atom.to_string(measure))

  defp subject({op, _, [inner, by]}, args) when op in [:rem, :div] and is_integer(by),
    do: measured(subject(inner, args), "#{op} #{by}")

  defp subject(_, _), do: nil

  defp measured({index, nil}, measure), do: {index, measure}
  defp measured(_, _), do: nil

  defp resolve({:@, _, [{name, _, context}]} = node, attributes) when is_atom(context),
    do: Map.get(attributes, name, node)

  defp resolve(node, _), do: node

  defp wire(number) when is_number(number), do: number
  defp wire({:-, _, [number]}) when is_number(number), do: -number
  defp wire(quoted), do: Macro.to_string(quoted)
end
