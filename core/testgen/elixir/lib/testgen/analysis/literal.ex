defmodule Testgen.Analysis.Literal do
  @moduledoc """
  The literals of a piece of code, each with kind, source and line: the values that its author thought of.

  Works on the wrapped tree of `Testgen.Analysis.Source`. Left out: function names, keys of `do` blocks,
  module names, the lone `nil`, and what stands in attributes that only document (`@doc`, `@spec`, …).
  """

  alias Testgen.Analysis.Source

  @documenting [
    :doc,
    :moduledoc,
    :typedoc,
    :spec,
    :type,
    :typep,
    :opaque,
    :callback,
    :macrocallback,
    :shortdoc
  ]
  @block_keys [:do, :else, :rescue, :catch, :after]

  @type t :: map()

  @doc "Literals in reading order, each value once per kind (its first line)."
  @spec collect(Macro.t()) :: [t()]
  def collect(quoted) do
    quoted
    |> walk([])
    |> Enum.reverse()
    |> Enum.uniq_by(&{&1["kind"], &1["source"]})
  end

  defp walk({:@, _, [{name, _, _}]}, found) when name in @documenting, do: found
  defp walk({:alias, _, [_ | _]}, found), do: found
  defp walk({:import, _, [_ | _]}, found), do: found
  defp walk({:require, _, [_ | _]}, found), do: found
  defp walk({:__aliases__, _, _}, found), do: found

  defp walk({sigil, meta, [{:<<>>, _, [text]}, modifiers]} = node, found)
       when is_atom(sigil) and is_binary(text) do
    case Atom.to_string(sigil) do
      "sigil_" <> letter -> sigil(letter, text, modifiers, node, meta, found)
      _ -> walk_all([text, modifiers], found)
    end
  end

  defp walk({:<<>>, meta, segments}, found), do: Enum.reduce(segments, found, &segment(&1, meta, &2))

  defp walk({:-, meta, [{:__block__, _, [number]}]}, found) when is_number(number),
    do: number(-number, meta, found)

  defp walk({:__block__, meta, [value]} = node, found) do
    if Keyword.get(meta, :literal, false),
      do: literal(value, meta, found),
      else: walk_all(elem(node, 2), found)
  end

  defp walk({call, _, args}, found) when is_list(args), do: walk_all(args, walk(call, found))
  defp walk({left, right}, found), do: walk(right, walk(left, found))
  defp walk(list, found) when is_list(list), do: walk_all(list, found)
  defp walk(_, found), do: found

  defp walk_all(nodes, found), do: Enum.reduce(nodes, found, &walk/2)

  defp literal(value, meta, found) when is_integer(value), do: number(value, meta, found)
  defp literal(value, meta, found) when is_float(value), do: number(value, meta, found)
  defp literal(value, meta, found) when is_boolean(value), do: add("boolean", inspect(value), meta, found)
  defp literal(nil, _, found), do: found
  defp literal(key, meta, found) when key in @block_keys, do: block_key(key, meta, found)
  defp literal(value, meta, found) when is_atom(value), do: add("atom", inspect(value), meta, found)
  defp literal(value, meta, found) when is_binary(value), do: add("string", string(value), meta, found)

  defp literal(value, meta, found) when is_list(value) do
    if meta[:delimiter] == "'" and value != [] and is_integer(hd(value)),
      do: add("charlist", "~c" <> inspect(List.to_string(value)), meta, found),
      else: walk_all(value, found)
  end

  defp literal({left, right}, _meta, found), do: walk(right, walk(left, found))
  defp literal(_, _, found), do: found

  # `do:` as a keyword and `do` as a block look the same but for the format.
  defp block_key(key, meta, found) do
    if meta[:format] == :keyword or meta[:token] == nil,
      do: found,
      else: add("atom", inspect(key), meta, found)
  end

  defp sigil("r", _, _, node, meta, found), do: add("regex", source(node), meta, found)
  defp sigil("R", _, _, node, meta, found), do: add("regex", source(node), meta, found)

  defp sigil(letter, text, _, _, meta, found) when letter in ["s", "S"],
    do: add("string", string(text), meta, found)

  defp sigil("c", text, _, _, meta, found), do: add("charlist", "~c" <> inspect(text), meta, found)

  defp sigil(letter, text, modifiers, _, meta, found) when letter in ["w", "W"] do
    kind = if modifiers == [?a], do: "atom", else: "string"
    Enum.reduce(String.split(text), found, &add(kind, word(kind, &1), meta, &2))
  end

  defp sigil(_, _, _, node, meta, found), do: add("sigil", source(node), meta, found)

  defp word("atom", text), do: inspect(String.to_atom(text))
  defp word("string", text), do: inspect(text)

  defp segment(text, meta, found) when is_binary(text), do: interpolated(text, meta, found)
  defp segment({:"::", _, [value, _]}, meta, found), do: segment(value, meta, found)
  defp segment({{:., _, [Kernel, :to_string]}, _, [inner]}, _meta, found), do: walk(inner, found)
  defp segment(other, _meta, found), do: walk(other, found)

  defp interpolated(text, meta, found) do
    if String.trim(text) == "", do: found, else: add("string", string(text), meta, found)
  end

  defp number(value, meta, found),
    do: add(if(is_integer(value), do: "integer", else: "float"), inspect(value), meta, found)

  defp string(text), do: inspect(text, printable_limit: :infinity, limit: :infinity)
  defp source(node), do: Source.text(node)

  defp add(kind, source, meta, found),
    do: [%{"kind" => kind, "source" => source, "line" => meta[:line]} | found]
end
