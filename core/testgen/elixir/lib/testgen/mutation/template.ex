defmodule Testgen.Mutation.Template do
  @moduledoc """
  Changes inside a HEEx template that is written as a sigil: the sigil's text with one piece of it replaced.

  The template is not parsed: operators point at pieces by patterns that are certain (an attribute, an interpolation).
  What then does not compile is an invalid mutant, as everywhere. Templates in files of their own are not reached.
  """

  alias Testgen.Mutation.{Change, Context, Source}

  @doc """
  A change for each `{offset, length, replacement}` that `find` gives for the template's text; bytes, not characters.
  """
  @spec changes(Macro.t(), Context.t(), (String.t() -> [{non_neg_integer, pos_integer, String.t()}])) :: [
          Change.t()
        ]
  def changes(
        {:sigil_H, meta, [{:<<>>, _, [text]} = binary, modifiers]} = node,
        %Context{site: :expression} = context,
        find
      )
      when is_binary(text) do
    if Context.calls?(context, node, Phoenix.Component) do
      for {from, length, new} <- find.(text),
          {_, _} = range <- [range({from, length}, text, {meta, elem(binary, 1)}, context.source)] do
        Change.replace({:sigil_H, meta, [put_elem(binary, 2, [spliced(text, from, length, new)]), modifiers]},
          edit: {range, new}
        )
      end
    else
      []
    end
  end

  def changes(_, _, _), do: []

  defp spliced(text, from, length, new) do
    <<before::binary-size(from), _::binary-size(length), rest::binary>> = text
    before <> new <> rest
  end

  # The text of a heredoc begins on the line after the sigil, each line without the indentation of its end.
  defp range({from, length}, text, {meta, inside}, source) do
    before = binary_part(text, 0, from)
    lines = String.split(before, "\n")
    column = lines |> List.last() |> String.length()
    start = place(length(lines) - 1, column, meta, inside[:indentation])

    with offset when is_integer(offset) <- Source.offset(source, start),
         range = {offset, offset + String.length(binary_part(text, from, length))},
         true <- Source.slice(source, range) == binary_part(text, from, length) do
      range
    else
      _ -> nil
    end
  end

  defp place(line, column, meta, nil) do
    opening = if line == 0, do: meta[:column] + 2 + String.length(meta[:delimiter] || "\""), else: 1
    {meta[:line] + line, opening + column}
  end

  defp place(line, column, meta, indentation), do: {meta[:line] + 1 + line, indentation + 1 + column}
end
