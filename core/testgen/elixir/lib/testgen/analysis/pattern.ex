defmodule Testgen.Analysis.Pattern do
  @moduledoc """
  The patterns of a clause as a tree that a proposer can build values from.

  Every node has `"p"` (its kind) and `"source"`. Kinds: `ignore`, `var` (`name`), `literal` (`value`, as
  source), `list` (`of`), `cons` (`heads`, `tail`), `tuple` (`of`), `map` (`fields`), `struct` (`name`,
  `fields`), `binary` (`segments`), `prefix` (`"GET " <> rest`), `match` (`left = right`), `pin`, and `other`
  for what a macro makes.
  """

  alias Testgen.Analysis.{Names, Source}

  @type t :: map()

  @doc "The tree of one pattern; names are resolved as in the module at that place."
  @spec tree(Macro.t(), Names.t()) :: t()
  def tree(quoted, names) do
    stripped = Source.strip(quoted)
    build(stripped, names)
  end

  defp build({:\\, _, [pattern, default]}, names),
    do: pattern |> build(names) |> Map.put("default", Macro.to_string(default))

  defp build({:=, _, [left, right]} = quoted, names),
    do: node("match", quoted, %{"left" => build(left, names), "right" => build(right, names)})

  defp build({:^, _, [_]} = quoted, _), do: node("pin", quoted)
  defp build({:_, _, context} = quoted, _) when is_atom(context), do: node("ignore", quoted)

  defp build({name, _, context} = quoted, _) when is_atom(name) and is_atom(context) do
    kind = if String.starts_with?(Atom.to_string(name), "_"), do: "ignore", else: "var"
    node(kind, quoted, %{"name" => Atom.to_string(name)})
  end

  defp build({:%{}, _, pairs} = quoted, names), do: node("map", quoted, %{"fields" => fields(pairs, names)})

  defp build({:%, _, [name, {:%{}, _, pairs}]} = quoted, names),
    do: node("struct", quoted, %{"name" => struct_name(name, names), "fields" => fields(pairs, names)})

  defp build({:{}, _, items} = quoted, names),
    do: node("tuple", quoted, %{"of" => Enum.map(items, &build(&1, names))})

  defp build({left, right} = quoted, names),
    do: node("tuple", quoted, %{"of" => [build(left, names), build(right, names)]})

  defp build({:<>, _, [prefix, rest]} = quoted, names) when is_binary(prefix),
    do: node("prefix", quoted, %{"prefix" => prefix, "rest" => build(rest, names)})

  defp build({:<<>>, _, segments} = quoted, _),
    do: node("binary", quoted, %{"segments" => Enum.map(segments, &Macro.to_string/1)})

  defp build({:++, _, [left, tail]} = quoted, names) when is_list(left),
    do: node("cons", quoted, %{"heads" => Enum.map(left, &build(&1, names)), "tail" => build(tail, names)})

  defp build([_ | _] = list, names) do
    case List.last(list) do
      {:|, _, [head, tail]} ->
        heads = Enum.map(Enum.drop(list, -1) ++ [head], &build(&1, names))
        node("cons", list, %{"heads" => heads, "tail" => build(tail, names)})

      _ ->
        node("list", list, %{"of" => Enum.map(list, &build(&1, names))})
    end
  end

  defp build([], _), do: node("list", [], %{"of" => []})
  defp build({:-, _, [number]} = quoted, _) when is_number(number), do: literal(quoted)
  defp build({:__aliases__, _, _} = quoted, names), do: literal(Names.resolve(names, quoted))
  defp build({:.., _, _} = quoted, _), do: literal(quoted)

  defp build({sigil, _, [{:<<>>, _, [text]}, modifiers]} = quoted, _)
       when is_atom(sigil) and is_binary(text) and is_list(modifiers),
       do: literal(quoted)

  defp build(value, _) when is_number(value) or is_atom(value) or is_binary(value), do: literal(value)
  defp build(quoted, _), do: node("other", quoted)

  defp literal(quoted), do: node("literal", quoted, %{"value" => Macro.to_string(quoted)})

  defp node(kind, quoted, rest \\ %{}),
    do: Map.merge(rest, %{"p" => kind, "source" => Macro.to_string(quoted)})

  defp fields(pairs, names) do
    for {key, value} <- pairs, do: %{"key" => Macro.to_string(key), "value" => build(value, names)}
  end

  defp struct_name({:__aliases__, _, _} = written, names), do: Names.show(Names.resolve(names, written))
  defp struct_name({:__MODULE__, _, _}, names), do: Names.show(names.module)
  defp struct_name(_, _), do: nil
end
