defmodule Testgen.Exploration.Edits do
  @moduledoc """
  Changes of input values: one of a hint put in its place, or a small change of one part at random.

  Values stay of the kind they are in most cases, so that they are still what the code takes. Randomness is that of
  the calling process, which seeds it.
  """

  alias Testgen.Exploration.Hints

  @places 12
  @longest_list 12
  @longest_resized 64
  @longest_text 200

  @typedoc "Values to take parts from: literals of the module, and parts of other inputs."
  @type pool :: %{optional(kind :: atom()) => tuple()}

  @doc "The values with one part replaced as the hint says, each place in turn (a few at most)."
  @spec hinted([term()], Hints.hint()) :: [[term()]]
  def hinted(values, {:shift, by}), do: places(values, &shifted(&1, by))
  def hinted(values, {:resize, from, to}), do: places(values, &resized(&1, from, to))
  def hinted(values, {have, want}), do: places(values, &put(&1, have, want))

  # Of the values, not of the list that they are in.
  defp places(values, edit), do: values |> parts(edit) |> Enum.take(@places)

  # Each way to change one part of a term by `edit`, which gives the new parts, outermost first.
  defp everywhere(term, edit), do: edit.(term) ++ parts(term, edit)

  defp parts([], _), do: []

  defp parts(list, edit) when is_list(list) do
    if List.improper?(list),
      do: [],
      else:
        list
        |> Enum.with_index()
        |> Enum.take(@longest_list)
        |> Enum.flat_map(fn {item, at} ->
          for new <- everywhere(item, edit), do: List.replace_at(list, at, new)
        end)
  end

  defp parts(tuple, edit) when is_tuple(tuple),
    do: for(new <- parts(Tuple.to_list(tuple), edit), do: List.to_tuple(new))

  defp parts(%Range{first: first, last: last, step: step}, edit) do
    for {new_first, new_last} <- parts({first, last}, edit), is_integer(new_first) and is_integer(new_last) do
      %Range{first: new_first, last: new_last, step: step}
    end
  end

  defp parts(%module{}, _) when module in [Regex, MapSet, Date, Time, DateTime, NaiveDateTime, URI, Version],
    do: []

  defp parts(map, edit) when is_map(map) do
    for {key, value} <- :maps.to_list(map),
        key != :__struct__,
        new <- everywhere(value, edit),
        do: Map.put(map, key, new)
  end

  defp parts(_, _), do: []

  defp put(term, have, want) when term === have, do: [want]

  defp put(text, have, want)
       when is_binary(text) and is_binary(have) and is_binary(want) and have != "" and
              byte_size(text) < @longest_text do
    case :binary.match(text, have) do
      {at, length} ->
        after_it = at + length
        [binary_part(text, 0, at) <> want <> binary_part(text, after_it, byte_size(text) - after_it)]

      :nomatch ->
        []
    end
  end

  # An empty part of a text stands at its ends and between separators.
  defp put(text, "", want) when is_binary(text) and is_binary(want) and byte_size(text) < @longest_text do
    if String.valid?(text) do
      parts = Regex.split(~r/(?<=[^\p{L}\p{N}])(?=[^\p{L}\p{N}])/u, text)
      inside = for at <- 1..(length(parts) - 1)//1, do: parts |> List.insert_at(at, want) |> Enum.join()
      [want <> text, text <> want | inside]
    else
      []
    end
  end

  # A number read from a text is written back into it.
  defp put(text, have, want) when is_binary(text) and is_integer(have) and is_integer(want),
    do: put(text, Integer.to_string(have), Integer.to_string(want))

  defp put(_, _, _), do: []

  # What was seen may be a multiple of the number.
  defp shifted(number, by) when is_integer(number) and is_integer(by) and by != 0 do
    parts = for divisor <- [2, 3, 4, 5, 10, 100], abs(by) >= divisor, do: number + div(by, divisor)
    [number + by, number + by + 1, number + by - 1 | parts]
  end

  defp shifted(number, by) when is_float(number), do: [number + by]
  defp shifted(%Date{} = date, by) when is_integer(by) and abs(by) < 10_000, do: [Date.add(date, by)]

  # The number that was seen may be a day, an hour, a minute or a second.
  defp shifted(%module{} = at, by)
       when module in [NaiveDateTime, DateTime] and is_integer(by) and abs(by) < 10_000,
       do: for(unit <- [86_400, 3600, 60, 1], do: module.add(at, by * unit))

  defp shifted(%Time{} = time, by) when is_integer(by) and abs(by) < 10_000,
    do: for(unit <- [3600, 60, 1], do: Time.add(time, by * unit))

  defp shifted(_, _), do: []

  defp resized(list, from, to) when is_list(list) and length(list) == from and from > 0,
    do: [list |> Stream.cycle() |> Enum.take(to)]

  defp resized(text, from, to) when is_binary(text) and text != "" and to < 100 do
    if String.length(text) == from or byte_size(text) == from,
      do: [text |> String.graphemes() |> Stream.cycle() |> Enum.take(to) |> Enum.join()],
      else: []
  end

  defp resized(_, _, _), do: []

  @doc "The values with one to three small changes at random."
  @spec varied([term()], pool()) :: [term()]
  def varied(values, pool) do
    Enum.reduce(1..one_of({1, 1, 1, 2, 3}), values, fn _, values ->
      at = :rand.uniform(length(values)) - 1
      List.update_at(values, at, &vary(&1, pool))
    end)
  end

  # Descends into a part half of the time, so that deep parts have their share.
  defp vary(term, pool) do
    if composite?(term) and :rand.uniform(3) > 1, do: descend(term, pool), else: change(term, pool)
  end

  defp composite?([_ | _] = list), do: not List.improper?(list)
  defp composite?(tuple) when is_tuple(tuple), do: tuple_size(tuple) > 0

  defp composite?(%module{})
       when module in [Regex, MapSet, Range, Date, Time, DateTime, NaiveDateTime, URI, Version],
       do: false

  defp composite?(map) when is_map(map), do: map_size(map) > if(is_map_key(map, :__struct__), do: 1, else: 0)
  defp composite?(_), do: false

  defp descend(list, pool) when is_list(list),
    do: List.update_at(list, :rand.uniform(length(list)) - 1, &vary(&1, pool))

  defp descend({key, value}, pool) when is_atom(key), do: {key, vary(value, pool)}

  defp descend(tuple, pool) when is_tuple(tuple) do
    at = :rand.uniform(tuple_size(tuple)) - 1
    put_elem(tuple, at, vary(elem(tuple, at), pool))
  end

  defp descend(map, pool) do
    key = map |> Map.keys() |> List.delete(:__struct__) |> Enum.random()
    Map.update!(map, key, &vary(&1, pool))
  end

  defp change(number, pool) when is_integer(number) do
    case :rand.uniform(8) do
      1 -> number + 1
      2 -> number - 1
      3 -> -number
      4 -> number * one_of({2, 10, 3})
      5 -> div(number, 2)
      6 -> one_of({0, 1, 2, 10, -1, 100})
      _ -> from(pool, :integer, number + :rand.uniform(5))
    end
  end

  defp change(number, pool) when is_float(number) do
    case :rand.uniform(5) do
      1 -> number + 0.5
      2 -> -number
      3 -> Float.round(number * 10, 3)
      4 -> one_of({0.0, 1.0, 0.5})
      _ -> from(pool, :float, number - 1.0)
    end
  end

  defp change(text, pool) when is_binary(text) do
    if String.valid?(text), do: text |> text(pool) |> String.slice(0, @longest_text), else: bytes(text)
  end

  defp change(boolean, _) when is_boolean(boolean), do: not boolean
  defp change(nil, pool), do: from(pool, one_of({:integer, :binary, :atom}), 1)
  defp change(atom, pool) when is_atom(atom), do: from(pool, :atom, :other)
  defp change(list, pool) when is_list(list), do: if(List.improper?(list), do: list, else: list(list, pool))
  defp change(%Date{} = date, _), do: Date.add(date, one_of({1, -1, 7, 30, -30, 365}))
  defp change(%Time{} = time, _), do: Time.add(time, one_of({1, -1, 60, 3600, -3600}))
  defp change(%NaiveDateTime{} = at, _), do: NaiveDateTime.add(at, one_of({1, -1, 60, 3600, 86_400, -86_400}))
  defp change(%DateTime{} = at, _), do: DateTime.add(at, one_of({1, -1, 60, 3600, 86_400, -86_400}))

  defp change(%Range{first: first, last: last} = range, pool),
    do: one_of({%{range | first: change(first, pool)}, %{range | last: change(last, pool)}})

  defp change(%MapSet{} = set, pool), do: set |> MapSet.to_list() |> list(pool) |> MapSet.new()
  defp change(%module{} = struct, pool) when module not in [Regex, URI, Version], do: field(struct, pool)
  defp change(map, pool) when is_map(map) and not is_struct(map), do: map(map, pool)
  defp change(other, _), do: other

  defp text("", pool), do: from(pool, :binary, "a")

  defp text(text, pool) do
    at = :rand.uniform(String.length(text) + 1) - 1
    {before, rest} = String.split_at(text, at)

    case :rand.uniform(14) do
      1 -> before <> from(pool, :binary, " ") <> rest
      2 -> text <> from(pool, :binary, "a")
      3 -> from(pool, :binary, "a") <> text
      4 -> before <> String.slice(rest, 1..-1//1)
      5 -> before
      6 -> before <> one_of({" ", "1", "-", "_", ",", ".", "\n", "A", "é", ":", "/", "0", "=", "\""}) <> rest
      7 -> one_of({String.upcase(text), String.downcase(text), String.capitalize(text)})
      8 -> one_of({text <> text, text <> " " <> text, String.reverse(text)})
      9 -> ""
      10 -> text <> Integer.to_string(:rand.uniform(100))
      11 -> word_replaced(text, pool)
      _ -> from(pool, :binary, text <> "b")
    end
  end

  # One part between separators, made a number or a text of the pool; or one part more.
  defp word_replaced(text, pool) do
    parts = Regex.split(~r/[^\p{L}\p{N}]+/u, text, include_captures: true)
    at = 2 * (:rand.uniform(div(length(parts) + 1, 2)) - 1)

    case :rand.uniform(4) do
      1 -> parts |> List.replace_at(at, Integer.to_string(from(pool, :integer, 7))) |> Enum.join()
      2 -> parts |> List.replace_at(at, Integer.to_string(:rand.uniform(40))) |> Enum.join()
      3 -> parts |> List.replace_at(at, from(pool, :binary, "a")) |> Enum.join()
      4 -> Enum.join([text, Enum.at(parts, 1) || " ", Enum.at(parts, at)])
    end
  end

  defp bytes(binary) do
    at = :rand.uniform(byte_size(binary)) - 1
    <<before::binary-size(at), byte, rest::binary>> = binary
    one_of({before <> <<rem(byte + 1, 256)>> <> rest, before <> rest, before, binary <> <<0>>})
  end

  defp list([], pool), do: [from(pool, :item, 1)]

  defp list(list, pool) do
    at = :rand.uniform(length(list)) - 1
    item = Enum.at(list, at)

    if :rand.uniform(9) == 1, do: repeated(list, pool), else: reshaped(list, at, item, pool)
  end

  # To a length that the code may know.
  defp repeated(list, pool) do
    length = from(pool, :integer, 2 * length(list)) + one_of({0, 1, -1})
    if length in 1..@longest_resized, do: list |> Stream.cycle() |> Enum.take(length), else: list ++ list
  end

  defp reshaped(list, at, item, pool) do
    new =
      case :rand.uniform(8) do
        1 -> List.delete_at(list, at)
        2 -> List.insert_at(list, at, item)
        3 -> List.insert_at(list, at, vary(item, pool))
        4 -> Enum.reverse(list)
        5 -> list ++ [from(pool, :item, item)]
        6 -> []
        7 -> Enum.take(list, at)
        _ -> List.replace_at(list, at, from(pool, :item, item))
      end

    Enum.take(new, @longest_list)
  end

  defp map(map, pool) when map_size(map) == 0, do: %{from(pool, :atom, :a) => from(pool, :item, 1)}

  defp map(map, pool) do
    key = map |> Map.keys() |> Enum.random()

    case :rand.uniform(4) do
      1 -> Map.delete(map, key)
      2 -> Map.put(map, key, from(pool, :item, nil))
      3 -> Map.put(map, from(pool, if(is_binary(key), do: :binary, else: :atom), key), from(pool, :item, 1))
      _ -> Map.update!(map, key, &vary(&1, pool))
    end
  end

  defp field(struct, pool) do
    case struct |> Map.from_struct() |> Map.keys() do
      [] -> struct
      keys -> Map.put(struct, Enum.random(keys), from(pool, :item, nil))
    end
  end

  defp from(pool, kind, otherwise) do
    case pool do
      %{^kind => found} when tuple_size(found) > 0 -> one_of(found)
      _ -> otherwise
    end
  end

  defp one_of(choices), do: elem(choices, :rand.uniform(tuple_size(choices)) - 1)

  @doc "A pool of the given values and all their parts, sorted by kind; `:item` is what stands in lists and fields."
  @spec pool([term()]) :: pool()
  def pool(values) do
    parts = values |> Enum.flat_map(&all_parts/1) |> Enum.uniq()

    %{
      integer: for(part when is_integer(part) <- parts, do: part),
      float: for(part when is_float(part) <- parts, do: part),
      binary: for(part when is_binary(part) <- parts, String.valid?(part), do: part),
      atom: for(part when is_atom(part) and part not in [nil, true, false] <- parts, do: part),
      item: parts
    }
    |> Map.new(fn {kind, found} -> {kind, found |> Enum.take(200) |> List.to_tuple()} end)
  end

  defp all_parts([_ | _] = list),
    do: if(List.improper?(list), do: [list], else: [list | Enum.flat_map(list, &all_parts/1)])

  defp all_parts(tuple) when is_tuple(tuple),
    do: [tuple | tuple |> Tuple.to_list() |> Enum.flat_map(&all_parts/1)]

  defp all_parts(map) when is_map(map) and not is_struct(map),
    do: [map | map |> Map.values() |> Enum.flat_map(&all_parts/1)]

  defp all_parts(other), do: [other]
end
