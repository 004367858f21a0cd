defmodule Testgen.Mutation.Source do
  @moduledoc """
  One source file: its text, its syntax tree with positions, and slices of the text by position.

  The tree keeps every literal in a `:__block__` of its own (the parser's `literal_encoder`), so that literals have
  positions too. `strip/1` gives the plain tree that compiles.

  Positions are `{line, column}`, both from 1, columns in code points as Elixir's tokenizer counts them; offsets are
  code points from the start of the text.
  """

  @enforce_keys [:file, :text, :ast, :points, :lines]
  defstruct [:file, :text, :ast, :points, :lines]

  @type position :: {pos_integer, pos_integer}
  @type offset :: non_neg_integer
  @type t :: %__MODULE__{file: String.t(), text: String.t(), ast: Macro.t(), points: tuple, lines: tuple}

  @doc """
  True for what the parser hands to the literal encoder; everything else in a block is a node of three.
  """
  defguard is_literal(term)
           when is_atom(term) or is_number(term) or is_binary(term) or is_list(term) or
                  (is_tuple(term) and tuple_size(term) == 2)

  @doc """
  Parses the text. The message of an error names the line.
  """
  @spec parse(String.t(), String.t()) ::
          {:ok, t} | {:error, String.t(), %{line: integer | nil, column: integer | nil}}
  def parse(text, file) do
    case Code.string_to_quoted(text, parser_options(file)) do
      {:ok, ast} -> {:ok, new(text, file, ast)}
      {:error, {meta, message, token}} -> {:error, error_message(message, token), place(meta)}
    end
  end

  defp new(text, file, ast) do
    points = String.to_charlist(text)
    %__MODULE__{file: file, text: text, ast: ast, points: List.to_tuple(points), lines: line_starts(points)}
  end

  defp parser_options(file) do
    [
      file: file,
      columns: true,
      token_metadata: true,
      emit_warnings: false,
      unescape: true,
      literal_encoder: fn literal, meta -> {:ok, {:__block__, meta, [literal]}} end
    ]
  end

  defp error_message({before, rest}, token), do: "#{before}#{token}#{rest}"
  defp error_message(message, token), do: "#{message}#{token}"

  defp place(meta) when is_list(meta), do: %{line: meta[:line], column: meta[:column]}
  defp place(line), do: %{line: line, column: nil}

  defp line_starts(points) do
    {starts, _} =
      Enum.reduce(points, {[0], 1}, fn
        ?\n, {starts, offset} -> {[offset | starts], offset + 1}
        _, {starts, offset} -> {starts, offset + 1}
      end)

    starts |> Enum.reverse() |> List.to_tuple()
  end

  @doc """
  The plain tree: literals out of their blocks.
  """
  @spec strip(Macro.t()) :: Macro.t()
  def strip({:__block__, _, [literal]}) when is_literal(literal), do: strip_literal(literal)
  def strip({form, meta, args}), do: {strip(form), meta, strip(args)}
  def strip({left, right}), do: {strip(left), strip(right)}
  def strip(list) when is_list(list), do: Enum.map(list, &strip/1)
  def strip(other), do: other

  defp strip_literal(list) when is_list(list), do: Enum.map(list, &strip/1)
  defp strip_literal({left, right}), do: {strip(left), strip(right)}
  defp strip_literal(other), do: other

  @doc """
  The plain tree without any metadata: equal for two nodes that mean the same.
  """
  @spec bare(Macro.t()) :: Macro.t()
  def bare(node), do: node |> strip() |> Macro.prewalk(&without_meta/1)

  defp without_meta({form, _, args}), do: {form, [], args}
  defp without_meta(other), do: other

  @doc """
  A literal as the parser would have wrapped it.
  """
  @spec literal(term) :: Macro.t()
  def literal(value) when is_integer(value) or is_float(value),
    do: {:__block__, [token: inspect(value)], [value]}

  def literal(value) when is_binary(value), do: {:__block__, [delimiter: "\""], [value]}
  def literal(value), do: {:__block__, [], [value]}

  @spec offset(t, keyword | position) :: offset | nil
  def offset(source, meta) when is_list(meta) do
    with line when is_integer(line) <- meta[:line],
         column when is_integer(column) <- meta[:column],
         do: offset(source, {line, column})
  end

  def offset(source, {line, column}) when line <= tuple_size(source.lines),
    do: elem(source.lines, line - 1) + column - 1

  def offset(_, _), do: nil

  @spec position(t, offset) :: position
  def position(source, offset) do
    line = line_of(source.lines, offset, 0, tuple_size(source.lines) - 1)
    {line + 1, offset - elem(source.lines, line) + 1}
  end

  defp line_of(_, _, low, high) when low >= high, do: low

  defp line_of(lines, offset, low, high) do
    middle = div(low + high + 1, 2)

    if elem(lines, middle) <= offset,
      do: line_of(lines, offset, middle, high),
      else: line_of(lines, offset, low, middle - 1)
  end

  @spec char(t, offset) :: char | nil
  def char(source, offset) when offset >= 0 and offset < tuple_size(source.points),
    do: elem(source.points, offset)

  def char(_, _), do: nil

  @spec slice(t, {offset, offset}) :: String.t()
  def slice(_, {from, to}) when from >= to, do: ""

  def slice(source, {from, to}),
    do: List.to_string(for offset <- from..(to - 1), do: elem(source.points, offset))

  @doc """
  The whole text with one range of it replaced.
  """
  @spec splice(t, {offset, offset}, String.t()) :: String.t()
  def splice(source, {from, to}, text) do
    slice(source, {0, from}) <> text <> slice(source, {to, tuple_size(source.points)})
  end
end
