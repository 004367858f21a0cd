defmodule Testgen.Exploration.Made do
  @moduledoc """
  Values that calls made, each with the calls that make it: what constructors give and operations take.

  Values do not change, so a made value is kept as it is and further calls go on from it; only a test writes the calls
  out again. Parts of results count too: `{:ok, cart} = Cart.add(cart, "pen")` makes a cart. Which results a function
  takes at which place is learned from what happened, not from types.

  Not covered: values that stand for state elsewhere (processes, tables), and calls with two made values of their own.
  """

  alias Testgen.Exploration.{Runs, Seed}
  alias Testgen.Observation.ValueSource

  @longest 6
  @at_most 500
  @largest_words 2_000

  @enforce_keys [:term, :seed, :values, :path, :size]
  defstruct [:term, :seed, :values, :path, :size, :from]

  @typedoc """
  `path` is the place in the result (`:whole`, or the index in a tuple with the tuple's tags), `from` the made value
  among `values` and its position, `size` the number of calls.
  """
  @type t :: %__MODULE__{
          term: term(),
          seed: Seed.t(),
          values: [term()],
          path: :whole | {non_neg_integer(), tuple()},
          size: pos_integer(),
          from: {non_neg_integer(), t()} | nil
        }

  @typedoc "Made values by what they look like, and how often each function took each producer's results where."
  @type store :: %{by_shape: %{term() => t()}, taken: %{term() => integer()}}

  @spec new() :: store()
  def new, do: %{by_shape: %{}, taken: %{}}

  @doc "Learns from inputs that ran: what their results are good for, and whether what they were given was taken."
  @spec learn(store(), [Runs.input()]) :: store()
  def learn(store, inputs), do: Enum.reduce(inputs, store, &learn_one/2)

  defp learn_one(input, store) do
    store = taken(store, input)

    if input.seed.direct and match?({:value, _}, input.outcome),
      do: input |> made() |> Enum.reduce(store, &add/2),
      else: store
  end

  defp taken(store, %{made: nil}), do: store

  defp taken(store, %{made: {at, made}} = input) do
    worth = if match?({:value, _}, input.outcome), do: 1, else: -1
    key = {input.seed.function, at, producer(made)}
    %{store | taken: Map.update(store.taken, key, worth, &max(-8, min(8, &1 + worth)))}
  end

  defp producer(made), do: {made.seed.function, path_key(made.path)}
  defp path_key(:whole), do: :whole
  defp path_key({index, _}), do: index

  defp made(%{value: value} = input) do
    size = 1 + if(input.made, do: elem(input.made, 1).size, else: 0)

    if size <= @longest and :erts_debug.flat_size(value) <= @largest_words,
      do: for({path, part} <- parts(value), do: of(input, path, part, size)),
      else: []
  end

  defp of(input, path, part, size) do
    %__MODULE__{term: part, seed: input.seed, values: input.values, path: path, size: size, from: input.made}
  end

  defp parts(value) do
    whole = if composite?(value) and not tagged?(value), do: [{:whole, value}], else: []
    whole ++ elements(value)
  end

  defp elements(tuple) when is_tuple(tuple) and tuple_size(tuple) in 2..5 do
    for index <- 0..(tuple_size(tuple) - 1),
        part = elem(tuple, index),
        composite?(part),
        do: {{index, tuple}, part}
  end

  defp elements(_), do: []

  defp composite?(value),
    do: (is_tuple(value) and tuple_size(value) > 1) or is_map(value) or match?([_ | _], value)

  # `{:ok, cart}` is taken apart; `{queue, 3, %{}}` is a value of its own as well.
  defp tagged?(tuple) when is_tuple(tuple), do: is_atom(elem(tuple, 0))
  defp tagged?(_), do: false

  # The shortest way to each look.
  defp add(made, %{by_shape: by_shape} = store) do
    key = {producer(made), shape(made.term, 3)}

    case by_shape do
      %{^key => known} when known.size <= made.size -> store
      _ when map_size(by_shape) >= @at_most -> store
      _ -> %{store | by_shape: Map.put(by_shape, key, made)}
    end
  end

  defp shape(_, 0), do: :deep
  defp shape(%module{} = struct, depth), do: {module, struct |> Map.from_struct() |> shape(depth)}
  defp shape(map, depth) when is_map(map), do: map |> Enum.sort() |> Enum.take(8) |> shape(depth)

  defp shape(tuple, depth) when is_tuple(tuple),
    do: {:tuple, tuple |> Tuple.to_list() |> Enum.map(&shape(&1, depth - 1))}

  defp shape(list, depth) when is_list(list) do
    if List.improper?(list),
      do: :improper,
      else: {min(length(list), 4), list |> Enum.take(4) |> Enum.map(&shape(&1, depth - 1))}
  end

  defp shape(number, _) when is_number(number), do: {:number, number |> max(-1) |> min(4) |> trunc()}
  defp shape(text, _) when is_binary(text), do: {:text, text == ""}
  defp shape(atom, _) when is_atom(atom), do: atom
  defp shape(_, _), do: :other

  @doc "Whether anything was made that other calls may take."
  @spec any?(store()) :: boolean()
  def any?(store), do: store.by_shape != %{}

  @doc "The values with a made one at some place, chosen by what the function took before; `:none` where none fits."
  @spec put(store(), Seed.t(), [term()]) :: {[term()], {non_neg_integer(), t()}} | :none
  def put(_, _, []), do: :none

  def put(store, seed, values) do
    at = if :rand.uniform(4) > 1, do: 0, else: :rand.uniform(length(values)) - 1
    tried = for {_, made} <- Enum.take_random(store.by_shape, 6), do: {weight(store, seed, at, made), made}
    {weight, made} = Enum.max_by(tried, &elem(&1, 0))
    if weight > -4, do: {List.replace_at(values, at, made.term), {at, made}}, else: :none
  end

  defp weight(store, seed, at, made) do
    Map.get(store.taken, {seed.function, at, producer(made)}, 0) + likely(made.path) - made.size / 4 +
      :rand.uniform() * 3
  end

  # People hand on whole results, what is tagged `:ok`, and the first of several.
  defp likely(:whole), do: 1
  defp likely({1, tuple}) when elem(tuple, 0) == :ok, do: 1
  defp likely({0, _}), do: 0
  defp likely(_), do: -2

  @doc "Values of fewer calls than this one, its own beginnings among them, the shortest first."
  @spec shorter(store(), t()) :: [t()]
  def shorter(store, %__MODULE__{} = made) do
    known = for {_, other} <- store.by_shape, other.size < made.size, do: other
    alike = Enum.filter(known, &(producer(&1) == producer(made)))
    others = Enum.take_random(known, 12)
    (beginnings(made) ++ Enum.take(alike, 12) ++ others) |> Enum.uniq() |> Enum.sort_by(& &1.size)
  end

  defp beginnings(%{from: nil}), do: []
  defp beginnings(%{from: {_, made}}), do: [made | beginnings(made)]

  @doc "The lines that bind `variable` to the made value; `:error` where some value in them cannot be written."
  @spec lines(t(), String.t(), ValueSource.aliases()) :: {:ok, [String.t()]} | :error
  def lines(%__MODULE__{} = made, variable, aliases) do
    with {:ok, before} <- before(made.from, variable, aliases),
         {:ok, [], call} <- Seed.source(made.seed, with_variable(made.values, made.from, variable), aliases) do
      {:ok, joined(before, bound(made.path, variable), call, variable)}
    end
  end

  defp before(nil, _, _), do: {:ok, []}
  defp before({_, made}, variable, aliases), do: lines(made, variable, aliases)

  @doc "The values, the made one among them as the variable that it is bound to."
  @spec with_variable([term()], {non_neg_integer(), t()} | nil, String.t()) :: [term()]
  def with_variable(values, nil, _), do: values
  def with_variable(values, {at, _}, variable), do: List.replace_at(values, at, {Seed, :variable, variable})

  defp bound(:whole, variable), do: variable

  defp bound({index, tuple}, variable) do
    parts =
      for at <- 0..(tuple_size(tuple) - 1) do
        cond do
          at == index -> variable
          at == 0 and is_atom(elem(tuple, 0)) -> inspect(elem(tuple, 0))
          true -> "_"
        end
      end

    "{#{Enum.join(parts, ", ")}}"
  end

  # Whole results handed on are a pipeline.
  defp joined(before, pattern, call, variable) do
    with [_ | _] <- before,
         true <- pattern == variable,
         last = List.last(before),
         true <- String.starts_with?(last, variable <> " = "),
         [head, rest] <- String.split(call, "(" <> variable, parts: 2) do
      Enum.drop(before, -1) ++ ["#{last} |> #{head}(#{String.trim_leading(rest, ", ")}"]
    else
      _ -> before ++ ["#{pattern} = #{call}"]
    end
  end
end
