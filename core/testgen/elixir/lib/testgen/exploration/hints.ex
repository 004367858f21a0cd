defmodule Testgen.Exploration.Hints do
  @moduledoc """
  What an input should have had instead, from the operands that a run saw.

  A hint is a pair: a value that was seen and the one that would have taken the other way (`{"EUR", "USD"}` after
  `currency == "USD"`). Wherever the first stands in an input, the second may be put in its place: what REDQUEEN
  (Aschermann et al., 2019) calls input-to-state correspondence, on terms instead of bytes. Where nothing in the input
  is equal to what was seen, the difference of two numbers still says how far a number of the input should move.
  """

  alias Testgen.Exploration.{Edits, Heads}
  alias Testgen.Mutation.Watch

  @elements 8
  @longest 40

  @type hint ::
          {have :: term(), want :: term()} | {:shift, number()} | {:resize, non_neg_integer(), integer()}

  @doc "Hints of one run, those seen last first: `seen` as `Testgen.Mutation.Switch.take_seen/0` gives it."
  @spec of([{pos_integer(), [term()]}], %{pos_integer() => Watch.what()}, Edits.pool()) :: [hint()]
  def of(seen, watched, pool) do
    seen
    |> Enum.reverse()
    |> Enum.uniq()
    |> Enum.take(@longest)
    |> Enum.flat_map(fn {point, operands} -> from(Map.get(watched, point), operands, pool) end)
    |> Enum.reject(&of_a_mutant?/1)
    |> Enum.uniq()
  end

  # What stands in a mutant instead of an atom: nobody would call a function with it.
  defp of_a_mutant?({_, :mutant}), do: true
  defp of_a_mutant?(_), do: false

  defp from({:heads, clauses}, operands, _), do: Enum.flat_map(clauses, &Heads.wants(&1, operands))
  defp from({Kernel, :in}, [value, set], _), do: Enum.flat_map(elements(set), &member(value, &1))
  defp from({Kernel, :=~}, [text, pattern], _) when is_binary(pattern), do: affix(text, pattern)
  defp from({Kernel, _}, [left, right], _), do: compared(left, right)
  defp from({String, name}, [text, pattern | _], _), do: text(name, text, pattern)

  defp from({module, _}, [container, key | _], pool) when module in [Map, Keyword, Access],
    do: keyed(container, key, pool)

  defp from({Enum, :member?}, [list, value], _), do: for(element <- elements(list), do: {value, element})

  defp from({List, _}, [list, key | _], _),
    do: for(tuple when is_tuple(tuple) <- elements(list), do: {key, elem(tuple, 0)})

  defp from(_, _, _), do: []

  defp member(value, element) when is_integer(value) and is_integer(element),
    do: [{value, element}, {:shift, element - value}]

  defp member(value, element), do: [{value, element}]

  defp compared(same, same), do: numbers(same, same)

  defp compared(left, right) when is_number(left) and is_number(right) do
    numbers(left, right) ++
      numbers(right, left) ++
      [{:shift, right - left}, {:shift, left - right}] ++ sizes(left, right) ++ sizes(right, left)
  end

  defp compared(left, right), do: [{left, right}, {right, left}]

  defp numbers(have, want) when is_integer(want),
    do: for(step <- [0, 1, -1], have != want + step, do: {have, want + step})

  defp numbers(have, want) when is_float(want),
    do: for(step <- [0.0, 0.5, -0.5], have != want + step, do: {have, want + step})

  defp numbers(_, _), do: []

  # A number that was seen may be how long something is.
  defp sizes(have, want) when is_integer(have) and is_integer(want) and have in 0..64 and want in 0..64,
    do: for(step <- [0, 1, -1], want + step >= 0, want + step != have, do: {:resize, have, want + step})

  defp sizes(_, _), do: []

  defp text(:starts_with?, text, pattern), do: each(pattern, &{text, &1 <> text})

  defp text(name, text, pattern) when name in [:ends_with?, :trim_trailing],
    do: each(pattern, &{text, text <> &1})

  defp text(:trim_leading, text, pattern), do: each(pattern, &{text, &1 <> text})
  defp text(:contains?, text, pattern), do: each(pattern, &{text, text <> &1})
  defp text(_, text, pattern), do: Enum.flat_map(List.wrap(pattern), &affix(text, &1))

  defp affix(text, pattern) when is_binary(text) and is_binary(pattern) and pattern != "",
    do: [{text, text <> pattern <> text}, {text, pattern <> text}, {text, text <> pattern}]

  defp affix(_, _), do: []

  defp each(patterns, fun), do: for(pattern when is_binary(pattern) <- List.wrap(patterns), do: fun.(pattern))

  defp keyed(container, key, pool) when is_map(container) and not is_struct(container) do
    if is_map_key(container, key),
      do: [{container, Map.delete(container, key)}],
      else: for(value <- fillers(pool), do: {container, Map.put(container, key, value)})
  end

  defp keyed(list, key, pool) when is_list(list) and is_atom(key) do
    if List.keymember?(list, key, 0),
      do: [{list, List.keydelete(list, key, 0)}],
      else: for(value <- fillers(pool), do: {list, [{key, value} | list]})
  end

  defp keyed(_, _, _), do: []

  # Of a missing value nothing is known: some of each kind, and what the module itself writes.
  defp fillers(pool),
    do:
      [1, "a", true, false, :a, [], nil, %{}] ++
        some(pool, :binary) ++ some(pool, :atom) ++ some(pool, :integer)

  defp some(pool, kind), do: pool |> Map.get(kind, {}) |> Tuple.to_list() |> Enum.take_random(@elements)

  defp elements(list) when is_list(list), do: if(proper?(list), do: Enum.take(list, @elements), else: [])
  defp elements(%Range{first: first, last: last}), do: Enum.uniq([first, last, first - 1, last + 1])
  defp elements(%MapSet{} = set), do: Enum.take(set, @elements)
  defp elements(map) when is_map(map) and not is_struct(map), do: map |> Map.keys() |> Enum.take(@elements)
  defp elements(_), do: []

  defp proper?([_ | tail]), do: proper?(tail)
  defp proper?(tail), do: tail == []
end
