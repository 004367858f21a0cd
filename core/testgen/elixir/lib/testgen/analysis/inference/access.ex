defmodule Testgen.Analysis.Inference.Access do
  @moduledoc """
  Reading maps and keyword lists: `map[:key]`, `Map.get/3`, `Keyword.fetch!/2` and their like name the keys
  that an argument has.
  """

  alias Testgen.Analysis.Inference.{Binding, Calls, Flow, Place}

  import Binding, only: [claim: 3, kind: 3]

  @reading ~w(get fetch fetch! has_key? get_lazy pop pop! pop_lazy update update! get_and_update put put_new replace
              replace! delete get_and_update! take drop put_new_lazy get_values)a

  @doc "Whether a function of `Map` and `Keyword` is told of here."
  @spec knows?(atom()) :: boolean()
  def knows?(name), do: name in @reading

  @doc "`target[key]`."
  @spec read([Macro.t()], Binding.state()) :: Flow.answer()
  def read([target, key], state) do
    {place, state} = Flow.eval(target, state)
    {_, state} = Flow.eval(key, state)
    piece = either(place, key)
    state = if piece, do: state, else: kind(state, place, "collection")
    {piece, seen(state, piece)}
  end

  @doc "A function of maps, on what is a map."
  @spec call(atom(), [Macro.t()], Binding.state()) :: Flow.answer()
  def call(name, args, state), do: call(Map, name, args, state)

  @doc "A call of `Map` or `Keyword`."
  @spec call(module(), atom(), [Macro.t()], Binding.state()) :: Flow.answer()
  def call(module, name, [target, key | rest], state) do
    {place, state} = Flow.operand(target, kind_of(module), state)
    {key_place, state} = Flow.eval(key, state)
    state = held(state, place, key, key_place)
    pieces = for key <- List.wrap(key), do: piece(module, place, key)
    state = if name in [:put, :put_new], do: state, else: Enum.reduce(pieces, state, &seen(&2, &1))
    state = values(rest, name, List.first(pieces), state)
    {result(name, List.first(pieces), place), state}
  end

  def call(_, _, args, state),
    do: {nil, Enum.reduce(args, state, fn arg, state -> arg |> Flow.eval(state) |> elem(1) end)}

  @doc "`get_in(map, [:a, :b])` and its like."
  @spec nested([Macro.t()], Binding.state()) :: Flow.answer()
  def nested([target, keys | rest], state) when is_list(keys) do
    {place, state} = Flow.eval(target, state)
    {place, state} = Enum.reduce(keys, {place, state}, &deeper/2)
    {_, state} = Calls.function(List.first(rest), [place], state)
    {place, state}
  end

  def nested(args, state),
    do: {nil, Enum.reduce(args, state, fn arg, state -> arg |> Flow.eval(state) |> elem(1) end)}

  defp deeper(key, {place, state}) do
    piece = either(place, key)
    {piece, seen(state, piece)}
  end

  defp kind_of(Keyword), do: "keyword"
  defp kind_of(_), do: "map"

  # An atom may be the key of a map or of options; the variable's name decides, where there is one.
  defp either(place, key) when is_atom(key), do: Place.step(place, {:field, [], inspect(key)})
  defp either(place, key) when is_binary(key), do: Place.step(place, {:field, [], inspect(key)})
  defp either(_, _), do: nil

  defp piece(Keyword, place, key) when is_atom(key), do: Place.step(place, {:option, key})

  defp piece(_, place, key) when is_atom(key) or is_binary(key) or is_number(key),
    do: Place.step(place, {:field, [], inspect(key)})

  defp piece(Map, place, _), do: Place.step(place, {:held, :value})
  defp piece(_, _, _), do: nil

  defp held(state, place, {name, _, context}, nil) when is_atom(name) and is_atom(context),
    do: claim(state, Place.step(place, {:held, :key}), {:type, %{"t" => "any"}})

  defp held(state, _, _, _), do: state

  defp seen(state, piece), do: claim(state, piece, {:type, %{"t" => "any"}})

  defp values(rest, name, piece, state) do
    Enum.reduce(rest, state, fn
      {form, _, _} = function, state when form in [:fn, :&] ->
        function |> Calls.function([piece], state) |> elem(1)

      value, state ->
        value |> default(name, piece, state) |> elem(1)
    end)
  end

  # The default has the type of the value that it stands for.
  defp default(value, name, piece, state) when name in [:get, :pop] do
    {_, state} = Flow.eval(value, state)
    {nil, Binding.bind({:\\, [], [{:_, [], nil}, value]}, piece, state)}
  end

  defp default(value, _, _, state), do: Flow.eval(value, state)

  defp result(name, piece, _) when name in [:get, :fetch!, :get_lazy], do: piece
  defp result(:fetch, piece, _), do: {:tuple_of, [nil, piece]}
  defp result(name, piece, place) when name in [:pop, :pop_lazy, :pop!], do: {:tuple_of, [piece, place]}

  defp result(name, _, place)
       when name in [
              :put,
              :put_new,
              :delete,
              :update,
              :update!,
              :replace,
              :replace!,
              :put_new_lazy,
              :take,
              :drop
            ],
       do: place

  defp result(_, _, _), do: nil
end
