defmodule Testgen.Exploration.Shrinking do
  @moduledoc """
  Simpler forms of input values, the boldest first, for a caller that tells which of them still serve.

  As property testing shrinks: parts are left out, numbers go towards zero, texts lose what is not needed. Nothing is
  made empty that was not: an input that a reader can picture is simpler than the shortest one.
  """

  @per_value 40

  @doc "Variants of the values, one part simpler in each."
  @spec simpler([term()]) :: [[term()]]
  def simpler(values) do
    values
    |> Enum.with_index()
    |> Enum.flat_map(fn {value, at} ->
      for new <- Enum.take(of(value), @per_value), do: List.replace_at(values, at, new)
    end)
  end

  defp of(number) when is_integer(number) and abs(number) > 10,
    do: Enum.uniq([1, 2, 10, abs(number), div(number, 10), div(number, 2), number - sign(number)]) -- [number]

  defp of(number) when is_integer(number) and number > 2, do: [1, 2, number - 1]
  defp of(number) when is_integer(number) and number < 0, do: [-number, -1, number + 1] -- [number]
  defp of(number) when is_float(number), do: [1.0, 0.5, Float.round(number, 1), abs(number)] -- [number]
  defp of(text) when is_binary(text), do: if(String.valid?(text), do: text(text), else: [])
  defp of([_ | _] = list), do: if(List.improper?(list), do: [], else: list(list))
  defp of(tuple) when is_tuple(tuple), do: for(items <- items(Tuple.to_list(tuple)), do: List.to_tuple(items))

  defp of(%module{}) when module in [Regex, MapSet, Range, Date, Time, DateTime, NaiveDateTime, URI, Version],
    do: []

  defp of(%_{} = struct), do: fields(struct)
  defp of(map) when is_map(map), do: for({key, _} <- map, do: Map.delete(map, key)) ++ fields(map)
  defp of(_), do: []

  defp sign(number), do: if(number < 0, do: -1, else: 1)

  # Words, then what stands between them. A word stays whole: half of one is no simpler to read.
  defp text(text) do
    length = String.length(text)
    words = String.split(text, " ", trim: true)

    fewer =
      if match?([_, _ | _], words),
        do: for(at <- 0..(length(words) - 1), do: words |> List.delete_at(at) |> Enum.join(" ")),
        else: []

    half = if length > 24, do: [String.slice(text, 0, div(length, 2))], else: []
    Enum.uniq(fewer ++ half ++ without_marks(text, length)) -- [text, ""]
  end

  defp without_marks(text, length) when length in 2..40,
    do: for(at <- (length - 1)..0, not (text |> String.at(at) |> letter?()), do: without(text, at))

  defp without_marks(_, _), do: []
  defp letter?(character), do: character =~ ~r/[\p{L}\p{N}]/u

  defp without(text, at) do
    {before, rest} = String.split_at(text, at)
    before <> String.slice(rest, 1..-1//1)
  end

  defp list(list) do
    shorter =
      if match?([_, _ | _], list),
        do: for(at <- (length(list) - 1)..0, do: List.delete_at(list, at)),
        else: []

    shorter ++ items(list)
  end

  defp items(list) do
    list
    |> Enum.with_index()
    |> Enum.flat_map(fn {item, at} ->
      for new <- Enum.take(of(item), 8), do: List.replace_at(list, at, new)
    end)
  end

  defp fields(map) do
    for {key, value} <- :maps.to_list(map),
        key != :__struct__,
        new <- Enum.take(of(value), 8),
        do: Map.put(map, key, new)
  end
end
