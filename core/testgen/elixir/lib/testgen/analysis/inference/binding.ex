defmodule Testgen.Analysis.Inference.Binding do
  @moduledoc """
  Patterns: which variable stands for which piece of a value, and what the pattern asks of the value.

  Works on stripped trees. A state carries `vars` (places by variable), `found` (`{place, claim}` pairs, the
  latest first), `passes` to functions of the module, `names`, and `constants` (lists that variables stand for).
  """

  alias Testgen.Analysis.Inference.{Place, Structs}
  alias Testgen.Analysis.Names

  @type state :: %{
          vars: %{atom() => Place.t()},
          found: [{Place.t(), term()}],
          passes: [{Place.t(), {atom(), arity()}, non_neg_integer()}],
          names: Names.t(),
          constants: %{atom() => Macro.t()}
        }

  @doc "A state without variables."
  @spec start(Names.t()) :: state()
  def start(names), do: %{vars: %{}, found: [], passes: [], names: names, constants: %{}}

  @doc "Notes a claim; about what is no piece of an argument it is dropped."
  @spec claim(state(), Place.t(), term()) :: state()
  def claim(state, {:arg, _, _} = place, claim), do: %{state | found: [{place, claim} | state.found]}
  def claim(state, _, _), do: state

  @doc "A claim of a basic kind, such as `\"integer\"`."
  @spec kind(state(), Place.t(), String.t()) :: state()
  def kind(state, place, "list"), do: claim(state, place, {:type, %{"t" => "list", "of" => %{"t" => "any"}}})
  def kind(state, place, "map"), do: claim(state, place, {:type, %{"t" => "map", "fields" => []}})
  def kind(state, place, "tuple"), do: claim(state, place, {:type, %{"t" => "tuple", "of" => nil}})

  def kind(state, place, "keyword"),
    do: claim(state, place, {:type, %{"t" => "keyword", "of" => %{"t" => "any"}}})

  def kind(state, place, kind), do: claim(state, place, {:type, %{"t" => kind}})

  @doc "Binds the variables of `pattern` to pieces of `place`."
  @spec bind(Macro.t(), Place.t(), state()) :: state()
  def bind({:\\, _, [pattern, default]}, place, state),
    do: pattern |> bind(place, state) |> default(place, default)

  def bind({:when, _, [pattern | _]}, place, state), do: bind(pattern, place, state)
  def bind({:=, _, [left, right]}, place, state), do: bind(left, place, bind(right, place, state))
  def bind({:^, _, _}, _, state), do: state

  def bind({name, _, context}, place, state) when is_atom(name) and is_atom(context),
    do: named(%{state | vars: Map.put(state.vars, name, place)}, place, Atom.to_string(name))

  def bind({:%{}, _, pairs}, place, state) do
    fixed = for {key, value} <- pairs, discriminates?(value), do: {Macro.to_string(key), value}
    state = if pairs == [], do: kind(state, place, "map"), else: state

    Enum.reduce(pairs, state, fn {key, value}, state ->
      piece = Place.step(place, {:field, Enum.sort(fixed), Macro.to_string(key)})
      value |> bind(piece, state) |> claim(piece, {:type, %{"t" => "any"}})
    end)
  end

  def bind({:%, _, [name, {:%{}, _, pairs}]}, place, state) do
    case Names.resolve(state.names, name) do
      nil ->
        state =
          if match?({_, _, context} when is_atom(context), name), do: bind(name, nil, state), else: state

        bind({:%{}, [], pairs}, place, state)

      module ->
        state = of_struct(state, place, module)

        Enum.reduce(pairs, state, fn {key, value}, state ->
          piece = Place.step(place, {:member, inspect(module), Macro.to_string(key)})
          value |> bind(piece, state) |> claim(piece, {:type, %{"t" => "any"}})
        end)
    end
  end

  def bind({left, right}, place, state), do: tuple([left, right], place, state)
  def bind({:{}, _, items}, place, state), do: tuple(items, place, state)

  def bind({:<>, _, [prefix, rest]}, place, state) do
    state = if is_binary(prefix), do: claim(state, place, {:word, prefix}), else: bind(prefix, place, state)
    bind(rest, place, kind(state, place, "string"))
  end

  def bind({:<<>>, _, segments}, place, state),
    do: Enum.reduce(segments, kind(state, place, "string"), &segment(&1, place, &2))

  def bind({:++, _, [left, tail]}, place, state) when is_list(left),
    do: bind(tail, place, cons(left, place, state))

  def bind(list, place, state) when is_list(list) do
    case List.last(list) do
      {:|, _, [head, tail]} -> bind(tail, place, cons(Enum.drop(list, -1) ++ [head], place, state))
      _ -> row(list, place, state)
    end
  end

  def bind({:-, _, [number]}, place, state) when is_number(number),
    do: claim(state, place, {:literal, -number})

  def bind(nil, _, state), do: state

  def bind(value, place, state) when is_number(value) or is_atom(value) or is_binary(value),
    do: claim(state, place, {:literal, value})

  def bind(_, _, state), do: state

  @doc "Claims that a value is a struct of `module`."
  @spec of_struct(state(), Place.t(), module()) :: state()
  def of_struct(state, place, module) do
    name = inspect(module)

    if Structs.standard?(name),
      do: claim(state, place, {:type, Structs.standard(name)}),
      else: claim(state, place, {:type, %{"t" => "struct", "name" => name, "fields" => []}})
  end

  defp named(state, _place, "_"), do: state
  defp named(state, place, name), do: claim(state, place, {:name, String.trim_leading(name, "_")})

  # The empty list may be any list or options, nil may stand for nothing given.
  defp default(state, _place, value) when value in [nil, :infinity, []], do: state
  defp default(state, place, value) when is_integer(value), do: kind(state, place, "integer")
  defp default(state, place, value) when is_float(value), do: kind(state, place, "number")
  defp default(state, place, value) when is_boolean(value), do: kind(state, place, "boolean")
  defp default(state, place, value) when is_atom(value), do: claim(state, place, {:literal, value})
  defp default(state, place, value) when is_binary(value), do: kind(state, place, "string")
  defp default(state, place, {:%{}, _, _}), do: kind(state, place, "map")

  defp default(state, place, [{key, _} | _] = pairs) when is_atom(key) do
    Enum.reduce(pairs, kind(state, place, "keyword"), fn
      {key, value}, state when is_atom(key) -> default(state, Place.step(place, {:option, key}), value)
      _, state -> state
    end)
  end

  defp default(state, _, _), do: state

  # Values by which maps of several shapes are told apart.
  defp discriminates?(value), do: (is_atom(value) and value != nil) or is_binary(value)

  defp tuple(items, place, state) do
    tag = if is_atom(hd(items ++ [nil])) and items != [] and hd(items) != nil, do: hd(items)
    state = if items == [], do: kind(state, place, "tuple"), else: state

    items
    |> Enum.with_index()
    |> Enum.reduce(state, fn {item, index}, state ->
      piece = Place.step(place, {:tuple, length(items), tag, index})
      item |> bind(piece, state) |> claim(piece, {:type, %{"t" => "any"}})
    end)
  end

  defp cons(heads, place, state) do
    state = kind(state, place, "list")
    Enum.reduce(heads, state, &bind(&1, Place.item(place), &2))
  end

  defp row([], place, state), do: kind(state, place, "list")

  defp row(items, place, state) do
    items
    |> Enum.with_index()
    |> Enum.reduce(kind(state, place, "list"), fn {item, index}, state ->
      piece = Place.step(place, {:part, index, length(items)})
      item |> bind(piece, state) |> claim(piece, {:type, %{"t" => "any"}})
    end)
  end

  defp segment(text, place, state) when is_binary(text), do: claim(state, place, {:word, text})

  defp segment(char, place, state) when is_integer(char) and char in 32..0x10FFFF,
    do: claim(state, place, {:word, <<char::utf8>>})

  defp segment({:"::", _, [value, spec]}, place, state) do
    text = Macro.to_string(spec)

    cond do
      is_binary(value) or is_integer(value) -> segment(value, place, state)
      text =~ ~r/binary|bytes|bitstring/ and not (text =~ "size") -> bind(value, place, state)
      text =~ ~r/binary|bytes/ -> bind(value, nil, state)
      true -> bind(value, Place.step(place, :char), state)
    end
  end

  defp segment(value, place, state), do: bind(value, Place.step(place, :char), state)
end
