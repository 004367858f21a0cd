defmodule Testgen.Exploration.Heads do
  @moduledoc """
  What the head of a clause asks of the values it is matched against: walks pattern and value side by side.

  Knows literals, tuples, lists, maps, structs, prefixes of strings, variables compared with literals in the guard.
  What it does not know (pinned variables, macros, attributes, segments of binaries) asks for nothing.
  """

  @type want :: {have :: term(), want :: term()} | {:shift, integer()}

  @doc "Pairs of a part of the values and what would have to stand there for the clause to match, or just not to."
  @spec wants({[Macro.t()], Macro.t() | nil}, [term()]) :: [want()]
  def wants({patterns, guard}, values) when length(patterns) == length(values) do
    {wants, bound} = Enum.zip_reduce(patterns, values, {[], %{}}, &walk/3)
    Enum.reverse(wants) ++ guarded(guard, bound)
  end

  def wants(_, _), do: []

  defp walk({:=, _, [left, right]}, value, acc), do: walk(right, value, walk(left, value, acc))

  defp walk({name, _, scope}, value, {wants, bound}) when is_atom(name) and is_atom(scope),
    do: {wants, Map.put(bound, name, value)}

  defp walk(literal, value, {wants, bound})
       when is_integer(literal) and is_integer(value) and literal !== value,
       do: {[{:shift, literal - value}, {value, literal} | wants], bound}

  defp walk(literal, value, {wants, bound})
       when is_atom(literal) or is_number(literal) or is_binary(literal) do
    if literal === value, do: {wants, bound}, else: {[{value, literal} | wants], bound}
  end

  defp walk({left, right}, value, acc), do: tuple([left, right], value, acc)
  defp walk({:{}, _, items}, value, acc), do: tuple(items, value, acc)
  defp walk([{:|, _, [head, tail]}], [first | rest], acc), do: walk(tail, rest, walk(head, first, acc))

  defp walk([{:|, _, [head, _]}], [], {wants, bound}),
    do: {for(item <- examples(head), do: {[], [item]}) ++ wants, bound}

  defp walk([head | tail], [first | rest], acc), do: walk(tail, rest, walk(head, first, acc))
  defp walk([], [], acc), do: acc
  defp walk([], value, {wants, bound}), do: {[{value, []} | wants], bound}
  defp walk({:%{}, _, pairs}, map, acc) when is_map(map), do: Enum.reduce(pairs, acc, &pair(&1, map, &2))
  defp walk({:%, _, [_, map]}, value, acc) when is_struct(value), do: walk(map, value, acc)
  defp walk({:<>, _, [prefix, _]}, value, acc) when is_binary(prefix), do: prefixed(prefix, value, acc)

  defp walk({:<<>>, _, [prefix | _]}, value, acc) when is_binary(prefix), do: prefixed(prefix, value, acc)

  defp walk(pattern, value, {wants, bound}),
    do: {for(example <- examples(pattern), example !== value, do: {value, example}) ++ wants, bound}

  defp tuple(items, value, acc) when is_tuple(value) and tuple_size(value) == length(items),
    do: Enum.zip_reduce(items, Tuple.to_list(value), acc, &walk/3)

  defp tuple(items, value, {wants, bound}),
    do: {for(example <- examples({:{}, [], items}), do: {value, example}) ++ wants, bound}

  defp pair({key, pattern}, map, {wants, bound}) when is_atom(key) or is_binary(key) or is_number(key) do
    case map do
      %{^key => value} ->
        walk(pattern, value, {wants, bound})

      _ ->
        missing = for example <- Enum.take(examples(pattern), 2), do: {map, Map.put(map, key, example)}
        {missing ++ wants, bound}
    end
  end

  defp pair(_, _, acc), do: acc

  defp prefixed(prefix, value, {wants, bound}) when is_binary(value) do
    if String.starts_with?(value, prefix),
      do:
        {[{value, binary_part(value, byte_size(prefix), byte_size(value) - byte_size(prefix))} | wants],
         bound},
      else: {[{value, prefix <> value}, {value, prefix} | wants], bound}
  end

  defp prefixed(prefix, value, {wants, bound}), do: {[{value, prefix} | wants], bound}

  @doc """
  How much of the head the values fit: parts of the patterns that match. More is nearer, whether it matches or not.
  """
  @spec closeness({[Macro.t()], Macro.t() | nil}, [term()]) :: non_neg_integer()
  def closeness({patterns, _}, values) when length(patterns) == length(values),
    do: patterns |> Enum.zip_with(values, &fit/2) |> Enum.sum()

  def closeness(_, _), do: 0

  defp fit({name, _, scope}, _) when is_atom(name) and is_atom(scope), do: 0
  defp fit({:=, _, [left, right]}, value), do: fit(left, value) + fit(right, value)
  defp fit({left, right}, value), do: fit({:{}, [], [left, right]}, value)

  defp fit({:{}, _, items}, value) when is_tuple(value) and tuple_size(value) == length(items),
    do: 2 + (items |> Enum.zip_with(Tuple.to_list(value), &fit/2) |> Enum.sum())

  defp fit([{:|, _, [head, tail]}], [first | rest]), do: 1 + fit(head, first) + fit(tail, rest)
  defp fit([head | tail], [first | rest]), do: 1 + fit(head, first) + fit(tail, rest)
  defp fit([], []), do: 1

  defp fit({:%{}, _, pairs}, map) when is_map(map) do
    Enum.sum(for {key, pattern} <- pairs, is_map_key(map, key), do: 1 + fit(pattern, Map.fetch!(map, key)))
  end

  defp fit({:%, _, [_, map]}, value) when is_struct(value), do: 1 + fit(map, value)
  defp fit(literal, literal), do: 2
  defp fit(_, _), do: 0

  @doc "Values that a pattern matches, as far as can be told without running anything; none where it cannot."
  @spec examples(Macro.t()) :: [term()]
  def examples({name, _, scope}) when is_atom(name) and is_atom(scope), do: [1, "a", [], :a]
  def examples(literal) when is_atom(literal) or is_number(literal) or is_binary(literal), do: [literal]
  def examples({left, right}), do: examples({:{}, [], [left, right]})
  def examples({:{}, _, items}), do: items |> rows() |> Enum.map(&List.to_tuple/1)
  def examples({:=, _, [left, right]}), do: Enum.min_by([examples(left), examples(right)], &length/1)
  def examples([{:|, _, [head, _]}]), do: for(item <- examples(head), do: [item])
  def examples(items) when is_list(items), do: rows(items)

  def examples({:%{}, _, pairs}) do
    if Enum.all?(pairs, &match?({key, _} when is_atom(key) or is_binary(key), &1)) do
      {keys, patterns} = Enum.unzip(pairs)
      for row <- rows(patterns), do: keys |> Enum.zip(row) |> Map.new()
    else
      []
    end
  end

  def examples({:<>, _, [prefix, _]}) when is_binary(prefix), do: [prefix, prefix <> "a"]
  def examples(_), do: []

  # The first example of every place, then the second.
  defp rows(patterns) do
    columns = Enum.map(patterns, &examples/1)

    if Enum.any?(columns, &(&1 == [])) do
      []
    else
      for number <- 0..1, uniq: true, do: Enum.map(columns, &(Enum.at(&1, number) || hd(&1)))
    end
  end

  defp guarded(nil, _), do: []

  defp guarded(guard, bound) do
    guard
    |> Macro.prewalker()
    |> Enum.flat_map(&asked(&1, bound))
  end

  defp asked({operator, _, [left, right]}, bound) when operator in [:==, :!=, :===, :!==, :<, :>, :<=, :>=] do
    case {known(left, bound), known(right, bound)} do
      {{:ok, have}, {:ok, want}} -> near(have, want) ++ near(want, have)
      _ -> []
    end
  end

  defp asked({:in, _, [variable, set]}, bound) when is_list(set) do
    with {:ok, have} <- known(variable, bound),
         do: for(want when is_atom(want) or is_number(want) or is_binary(want) <- set, do: {have, want}),
         else: (_ -> [])
  end

  defp asked({test, _, [variable]}, bound) when is_atom(test) do
    with {:ok, have} <- known(variable, bound),
         do: for(want <- kinds(test), do: {have, want}),
         else: (_ -> [])
  end

  defp asked(_, _), do: []

  defp known({name, _, scope}, bound) when is_atom(name) and is_atom(scope), do: Map.fetch(bound, name)
  defp known(literal, _) when is_number(literal) or is_atom(literal) or is_binary(literal), do: {:ok, literal}
  defp known({:-, _, [number]}, _) when is_number(number), do: {:ok, -number}
  defp known(_, _), do: :error

  defp near(have, want) when is_integer(have) and is_integer(want),
    do: [{:shift, want - have} | for(step <- [0, 1, -1], have !== want + step, do: {have, want + step})]

  defp near(have, want), do: if(have === want, do: [], else: [{have, want}])

  # What passes the test, then what does not.
  defp kinds(:is_integer), do: [1, "a", 1.5]
  defp kinds(:is_number), do: [1, 1.5, "a"]
  defp kinds(:is_float), do: [1.5, 1]
  defp kinds(:is_binary), do: ["a", 1, :a]
  defp kinds(:is_atom), do: [:a, nil, "a"]
  defp kinds(:is_list), do: [[], [1], "a"]
  defp kinds(:is_map), do: [%{}, 1]
  defp kinds(:is_tuple), do: [{1, 2}, 1]
  defp kinds(:is_nil), do: [nil, 1]
  defp kinds(:is_boolean), do: [true, false, nil]
  defp kinds(_), do: []
end
