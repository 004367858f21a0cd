defmodule Testgen.Mutation.Operators.BinarySegment do
  @moduledoc """
  The byte order, sign or size of a segment of a binary changed.
  """

  @behaviour Testgen.Mutation.Operator
  alias Testgen.Mutation.{Change, Context, Range, Source}

  @impl true
  def id, do: "binary.segment"

  @impl true
  def group, do: "Elixir's own"

  @impl true
  def describe do
    %{
      summary: "The byte order, sign or size of a segment of a binary changed.",
      examples: [
        {"<<n::16-big>>", "<<n::16-little>>"},
        {"<<n::8>>", "<<n::16>>"},
        {"<<n::signed>>", "<<n::unsigned>>"}
      ],
      not: "Segments without a specification; patterns."
    }
  end

  @other %{big: :little, little: :big, signed: :unsigned, unsigned: :signed, utf8: :utf16, utf16: :utf8}

  @impl true
  def mutations({:<<>>, meta, parts}, %Context{site: :expression, source: source}) do
    if meta[:delimiter], do: [], else: Enum.flat_map(parts, &segment(&1, {:<<>>, meta, parts}, source))
  end

  def mutations(_, _), do: []

  defp segment({:"::", meta, [value, type]} = part, {form, outer, parts}, source) do
    for {old, new} <- changes(type), {_, _} = range <- [Range.of(old, source)] do
      changed = {:"::", meta, [value, put(type, old, new)]}

      Change.replace({form, outer, Enum.map(parts, &if(&1 == part, do: changed, else: &1))},
        edit: {range, Macro.to_string(new)}
      )
    end
  end

  defp segment(_, _, _), do: []

  defp changes({:-, _, [left, right]}), do: changes(left) ++ changes(right)
  defp changes({:size, _, [size]}), do: changes(size)

  defp changes({:__block__, _, [size]} = node) when is_integer(size) and size > 1,
    do: [{node, Source.literal(size * 2)}]

  defp changes({name, meta, scope} = node) when is_map_key(@other, name) and (is_atom(scope) or scope == []),
    do: [{node, {@other[name], meta, scope}}]

  defp changes(_), do: []

  defp put(type, old, new), do: Macro.prewalk(type, &if(&1 == old, do: new, else: &1))
end
