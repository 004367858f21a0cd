defmodule Testgen.Observation.PatternSource do
  @moduledoc """
  Writes a shape as a pattern, with the assertions that follow for what a pattern cannot say.

  `{:ok, pid}` is followed by `assert is_pid(pid)`; a set, a float within a distance, a long text's size
  likewise bind a name. At most `@follow_ups` names are bound, further parts become `_`.
  """

  alias Testgen.Observation.{Shape, ValueSource}

  # More than these hide what the test is about.
  @follow_ups 4

  @type written :: %{pattern: String.t(), follow_ups: [String.t()], names: [String.t()]}

  @doc "The pattern of `shape`; `taken` are the names of variables that the test already uses."
  @spec write(Shape.t(), ValueSource.aliases(), [String.t()]) :: written()
  def write(shape, aliases, taken) do
    {pattern, state} =
      pattern(shape, nil, %{aliases: aliases, taken: MapSet.new(taken), follow_ups: [], names: []})

    %{pattern: pattern, follow_ups: Enum.reverse(state.follow_ups), names: Enum.reverse(state.names)}
  end

  @doc "The assertion that a bare expression is of a kind: `is_pid(f(x))`."
  @spec check(Shape.kind(), String.t()) :: String.t()
  def check({:function, arity}, subject), do: "is_function(#{subject}, #{arity})"
  def check(kind, subject), do: "is_#{kind}(#{subject})"

  @doc "The assertion that a float is near."
  @spec near(float(), float(), String.t()) :: String.t()
  def near(value, delta, subject), do: "assert_in_delta #{subject}, #{inspect(value)}, #{inspect(delta)}"

  defp pattern(:any, _hint, state), do: {"_", state}
  defp pattern({:value, value}, hint, state), do: value(value, hint, state)

  defp pattern({:kind, kind}, hint, state),
    do: bind(hint || kind_name(kind), state, &"assert #{check(kind, &1)}")

  defp pattern({:delta, value, delta}, hint, state), do: bind(hint || "value", state, &near(value, delta, &1))
  defp pattern({:tuple, of}, hint, state), do: wrap(of, hint, state, "{", "}")
  defp pattern({:list, of}, hint, state), do: wrap(of, hint, state, "[", "]")

  defp pattern({:head, of, length}, hint, state) do
    {inner, state} = Enum.map_reduce(of, state, &pattern(&1, nil, &2))
    {name, state} = bind(hint || "list", state, &"assert length(#{&1}) == #{length}")
    open = "[#{Enum.join(inner, ", ")} | _]"
    {if(name == "_", do: open, else: "#{open} = #{name}"), state}
  end

  defp pattern({:prefix, prefix, nil}, _hint, state), do: {"#{string(prefix)} <> _", state}

  defp pattern({:prefix, prefix, bytes}, hint, state) do
    {name, state} = bind(hint || "text", state, &"assert byte_size(#{&1}) == #{bytes}")
    open = "#{string(prefix)} <> _"
    {if(name == "_", do: open, else: "#{open} = #{name}"), state}
  end

  defp pattern({:map, pairs}, _hint, state) do
    {inner, state} = pairs(pairs, state)
    {"%{#{inner}}", state}
  end

  defp pattern({:struct, module, pairs}, _hint, state) do
    {inner, state} = pairs(pairs, state)
    {"%#{ValueSource.module_name(module, state.aliases)}{#{inner}}", state}
  end

  # What holds in a pattern is written in it; a set or another value that takes a call is compared afterwards.
  defp value(value, hint, state) do
    {:ok, source} = ValueSource.source(value, state.aliases)

    cond do
      in_pattern?(value) ->
        {source, state}

      is_tuple(value) ->
        wrap(value |> Tuple.to_list() |> Enum.map(&{:value, &1}), hint, state, "{", "}")

      is_list(value) and List.improper?(value) == false ->
        wrap(Enum.map(value, &{:value, &1}), hint, state, "[", "]")

      true ->
        bind(hint || "value", state, &"assert #{&1} == #{source}")
    end
  end

  # -0.0 and an empty map match more than themselves.
  defp in_pattern?(value) when is_float(value), do: value != 0.0
  defp in_pattern?(value) when value == %{}, do: false
  defp in_pattern?(value) when is_function(value), do: false
  defp in_pattern?(%module{}) when module in [Date, Time, NaiveDateTime, Range], do: true
  defp in_pattern?(%module{calendar: _} = value) when module == DateTime, do: value.time_zone == "Etc/UTC"
  defp in_pattern?(%_{}), do: false
  defp in_pattern?(value) when is_map(value), do: false
  defp in_pattern?([head | tail]), do: in_pattern?(head) and in_pattern?(tail)
  defp in_pattern?(value) when is_tuple(value), do: value |> Tuple.to_list() |> in_pattern?()
  defp in_pattern?(_), do: true

  defp wrap(of, hint, state, open, close) do
    {inner, state} = Enum.map_reduce(of, state, &pattern(&1, part_hint(hint, of), &2))
    {open <> Enum.join(inner, ", ") <> close, state}
  end

  defp part_hint(hint, [_]), do: hint
  defp part_hint(_, _), do: nil

  defp pairs(pairs, state) do
    {written, state} = Enum.map_reduce(pairs, state, fn {key, shape}, state -> pair(key, shape, state) end)

    if Enum.all?(pairs, fn {key, _} -> is_atom(key) end),
      do: {Enum.map_join(written, ", ", fn {key, inner} -> "#{ValueSource.key(key)} #{inner}" end), state},
      else:
        {Enum.map_join(written, ", ", fn {key, inner} -> "#{key_source(key, state)} => #{inner}" end), state}
  end

  defp pair(key, shape, state) do
    {inner, state} = pattern(shape, key_hint(key), state)
    {{key, inner}, state}
  end

  defp key_source(key, state) do
    {:ok, source} = ValueSource.source(key, state.aliases)
    source
  end

  defp key_hint(key) when is_atom(key) or is_binary(key) do
    text = to_string(key)
    if Regex.match?(~r/^[a-z][a-z0-9_]*$/, text) and text not in reserved(), do: text
  end

  defp key_hint(_), do: nil

  defp reserved, do: ~w(do end fn true false nil when and or not in after else catch rescue)

  defp bind(_wanted, %{follow_ups: follow_ups} = state, _assertion) when length(follow_ups) >= @follow_ups,
    do: {"_", state}

  defp bind(wanted, state, assertion) do
    name = free(wanted, state.taken)

    {name,
     %{
       state
       | taken: MapSet.put(state.taken, name),
         names: [name | state.names],
         follow_ups: [assertion.(name) | state.follow_ups]
     }}
  end

  defp free(wanted, taken) do
    if MapSet.member?(taken, wanted),
      do:
        2
        |> Stream.iterate(&(&1 + 1))
        |> Stream.map(&"#{wanted}#{&1}")
        |> Enum.find(&(not MapSet.member?(taken, &1))),
      else: wanted
  end

  defp kind_name({:function, _}), do: "function"
  defp kind_name(:binary), do: "text"
  defp kind_name(kind), do: Atom.to_string(kind)

  defp string(text) do
    {:ok, source} = ValueSource.source(text)
    source
  end
end
