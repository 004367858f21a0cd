defmodule Testgen.Mutation.Range do
  @moduledoc """
  Where a node begins and ends in the text, as offsets, the end exclusive.

  The parser gives starts, closing brackets and `end`s; the ends of operators, literals and calls without parentheses
  follow from those, and parentheses around operands (not in the tree) are found again in the text between an operand
  and its operator. `of/2` answers nil where the place cannot be told: such a node gets no mutants.
  """

  import Testgen.Mutation.Source, only: [is_literal: 1]
  alias Testgen.Mutation.{Scan, Source}

  @type t :: {Source.offset(), Source.offset()}

  @binary_operators [
    :+,
    :-,
    :*,
    :/,
    :**,
    :++,
    :--,
    :+++,
    :---,
    :..,
    :<>,
    :in,
    :|>,
    :<<<,
    :>>>,
    :<<~,
    :~>>,
    :<~,
    :~>,
    :<~>,
    :"<|>",
    :<,
    :>,
    :<=,
    :>=,
    :==,
    :!=,
    :=~,
    :===,
    :!==,
    :&&,
    :&&&,
    :and,
    :||,
    :|||,
    :or,
    :=,
    :&,
    :|,
    :"::",
    :when,
    :<-,
    :\\,
    :"^^^",
    :"//"
  ]
  @unary_operators [:+, :-, :!, :^, :not, :&, :@, :"~~~"]

  @doc """
  Is this node written with an operator, so that it may need parentheses inside another?
  """
  @spec operator?(Macro.t()) :: boolean
  def operator?({op, meta, [_, _]}) when op in @binary_operators and is_list(meta), do: true
  def operator?({op, meta, [_]}) when op in @unary_operators and is_list(meta), do: true
  def operator?({:"..//", _, [_, _, _]}), do: true
  def operator?(_), do: false

  @spec of(Macro.t(), Source.t()) :: t | nil
  def of(node, source) do
    with {from, to} when is_integer(from) and is_integer(to) and from <= to <- range(node, source),
         do: {from, to},
         else: (_ -> nil)
  end

  defp range({:__block__, meta, [literal]}, source) when is_literal(literal),
    do: literal(literal, meta, source)

  defp range({:__block__, _, []}, _), do: nil
  defp range({:__block__, _, nodes}, source), do: span(hd(nodes), List.last(nodes), source)
  defp range([_ | _] = nodes, source), do: span(hd(nodes), List.last(nodes), source)

  defp range({left, right}, source),
    do: {start_of(left, source), outer_end(right, end_of(left, source), source)}

  defp range({:__aliases__, meta, segments}, source) do
    from = if is_atom(hd(segments)), do: Source.offset(source, meta), else: start_of(hd(segments), source)
    last = Source.offset(source, meta[:last] || meta)
    last && {from, last + name_length(List.last(segments))}
  end

  defp range({:%, meta, [_, map]}, source), do: {Source.offset(source, meta), end_of(map, source)}

  defp range({:%{}, meta, _}, source) do
    from = Source.offset(source, meta)
    from = if from && Source.char(source, from) == ?{, do: from - 1, else: from
    {from, closing(meta, source)}
  end

  defp range({:fn, meta, _}, source), do: {Source.offset(source, meta), closing(meta, source, 3)}

  defp range({:&, meta, [number]}, source) when is_integer(number) do
    from = Source.offset(source, meta)
    from && {from, from + 1 + length(Integer.digits(number))}
  end

  defp range({:->, meta, [left, right]}, source) do
    arrow = Source.offset(source, meta)
    from = start_of_head(left, arrow, source)
    to = if right == {:__block__, [], []}, do: arrow + 2, else: outer_end(right, arrow + 2, source)
    {from, to}
  end

  defp range({:<<>>, meta, parts}, source) do
    from = Source.offset(source, meta)

    if meta[:delimiter],
      do: {from, Scan.string_end(source, from, meta[:delimiter], parts)},
      else: {from, closing(meta, source, 2)}
  end

  defp range({:not, meta, [{:in, in_meta, [left, right]}]}, source) do
    if meta[:column] == in_meta[:column] and meta[:line] == in_meta[:line],
      do: binary(left, right, Source.offset(source, meta), 3, source),
      else: unary(meta, {:in, in_meta, [left, right]}, 3, source)
  end

  defp range({:"..//", _, [first, _, step]}, source), do: span(first, step, source)

  defp range({op, meta, [left, right]}, source) when op in @binary_operators do
    if meta[:closing],
      do: call(Source.offset(source, meta), meta, [left, right], name_length(op), source),
      else: binary(left, right, Source.offset(source, meta), name_length(op), source)
  end

  defp range({op, meta, [operand]}, source) when op in @unary_operators do
    if meta[:closing],
      do: call(Source.offset(source, meta), meta, [operand], name_length(op), source),
      else: unary(meta, operand, name_length(op), source)
  end

  defp range({{:., _, [Access, :get]}, meta, [container, _]}, source),
    do: {start_of(container, source), closing(meta, source)}

  defp range({{:., dot, [left, name]}, meta, args}, source) when is_list(args) do
    from = start_of_operand(left, Source.offset(source, dot), source)
    at = if is_atom(name), do: Source.offset(source, meta), else: nil
    if at, do: call(from, meta, args, name_length(name), source, at), else: {from, closing(meta, source)}
  end

  defp range({{:., dot, [fun]}, meta, _}, source),
    do: {start_of_operand(fun, Source.offset(source, dot), source), closing(meta, source)}

  defp range({:{}, meta, _}, source), do: {Source.offset(source, meta), closing(meta, source)}

  defp range({name, meta, args}, source) when is_atom(name) do
    cond do
      meta[:delimiter] && String.starts_with?(Atom.to_string(name), "sigil_") -> sigil(meta, args, source)
      is_list(args) -> call(Source.offset(source, meta), meta, args, name_length(name), source)
      true -> word(meta, name, source)
    end
  end

  defp range(_, _), do: nil

  defp word(meta, name, source) do
    from = Source.offset(source, meta)
    from && {from, from + name_length(name)}
  end

  defp literal(value, meta, source) do
    from = Source.offset(source, meta)

    cond do
      from == nil ->
        nil

      meta[:token] ->
        {from, from + String.length(meta[:token])}

      meta[:delimiter] && meta[:format] == :keyword ->
        {from, Scan.string_end(source, from, meta[:delimiter], []) + 1}

      meta[:delimiter] && is_atom(value) ->
        {from, Scan.string_end(source, from + 1, meta[:delimiter], [])}

      meta[:delimiter] ->
        {from, Scan.string_end(source, from, meta[:delimiter], [])}

      meta[:closing] ->
        {from, closing(meta, source)}

      is_atom(value) ->
        {from, from + atom_length(value, meta, source, from)}

      true ->
        nil
    end
  end

  defp atom_length(value, meta, source, from) do
    cond do
      meta[:format] == :keyword -> name_length(value) + 1
      Source.char(source, from) == ?: -> name_length(value) + 1
      true -> name_length(value)
    end
  end

  defp sigil(meta, [{:<<>>, _, parts}, modifiers], source) do
    from = Source.offset(source, meta)
    {from, Scan.string_end(source, from + 2, meta[:delimiter], parts) + length(modifiers)}
  end

  defp call(from, meta, args, length, source, at \\ nil) do
    at = at || from

    cond do
      from == nil -> nil
      meta[:end] -> {from, closing([closing: meta[:end]], source, 3)}
      meta[:closing] -> {from, closing(meta, source)}
      args == [] -> {from, at + length}
      true -> {from, outer_end(List.last(args), last_separator(args, at + length, source), source)}
    end
  end

  defp last_separator([_], at, _), do: at
  defp last_separator(args, at, source), do: end_of(Enum.at(args, -2), source) || at

  defp closing(meta, source, length \\ 1) do
    offset = Source.offset(source, meta[:closing] || [])
    offset && offset + length
  end

  defp span(first, last, source) do
    case {range(first, source), range(last, source)} do
      {{from, _}, {_, to}} -> {from, to}
      _ -> nil
    end
  end

  defp unary(meta, operand, length, source) do
    from = Source.offset(source, meta)
    from && {from, outer_end(operand, from + length, source)}
  end

  defp binary(left, right, at, length, source),
    do: at && {start_of_operand(left, at, source), outer_end(right, at + length, source)}

  @doc """
  The operand's start, parentheses around it included; `at` is where what follows it stands.
  """
  @spec start_of_operand(Macro.t(), Source.offset() | nil, Source.t()) :: Source.offset() | nil
  def start_of_operand(node, at, source) do
    case range(node, source) do
      {from, to} when is_integer(at) and is_integer(to) ->
        Scan.back_over(source, from, Scan.count(source, to, at, ?)))

      {from, _} ->
        from

      nil ->
        nil
    end
  end

  @doc """
  The operand's end, parentheses around it included; `at` is where what stands before it ends.
  """
  @spec outer_end(Macro.t(), Source.offset() | nil, Source.t()) :: Source.offset() | nil
  def outer_end(node, at, source) do
    case range(node, source) do
      {from, to} when is_integer(at) and is_integer(from) and is_integer(to) ->
        Scan.forward_over(source, to, Scan.count(source, at, from, ?())

      {_, to} ->
        to

      nil ->
        nil
    end
  end

  @doc """
  The end of the left operand of a binary operator, parentheses around it included.
  """
  @spec end_of_operand(Macro.t(), Macro.t(), Source.t()) :: Source.offset() | nil
  def end_of_operand(left, {_, meta, _}, source) do
    case {range(left, source), Source.offset(source, meta)} do
      {{_, to}, at} when is_integer(to) and is_integer(at) ->
        Scan.forward_over(source, to, Scan.count(source, to, at, ?)))

      _ ->
        nil
    end
  end

  defp start_of_head([], arrow, _), do: arrow
  defp start_of_head([{:when, _, [first | _]} | _], _, source), do: start_of(first, source)
  defp start_of_head([first | _], _, source), do: start_of(first, source)

  defp start_of(node, source) do
    with {from, _} <- range(node, source), do: from
  end

  defp end_of(node, source) do
    with {_, to} <- range(node, source), do: to
  end

  defp name_length(name) when is_atom(name), do: name |> Atom.to_string() |> String.length()
  defp name_length(_), do: 0
end
