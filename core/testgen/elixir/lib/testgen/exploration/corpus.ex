defmodule Testgen.Exploration.Corpus do
  @moduledoc """
  The inputs that are kept to be changed further, and the choice of the next ones.

  Kept is what passes a combination of points that no other input of its function passed, and what comes nearer at some
  point than any before: two numbers that are compared, the parts of a pattern that fit, a kind of operand that was not
  seen there yet (libFuzzer's value profile, EvoSuite's branch distance). Of the inputs that pass a survivor the ones
  drawn least often come first; for a survivor that nothing passes, those that pass something else of its function,
  then any.
  """

  alias Testgen.Exploration.{Heads, Runs}
  alias Testgen.Mutation.Watch

  @per_mutant 12
  @at_most 600

  defstruct inputs: %{},
            next: 0,
            passed: MapSet.new(),
            nearest: %{},
            by_mutant: %{},
            by_function: %{},
            function_of: %{},
            drawn: %{},
            made: MapSet.new()

  @type t :: %__MODULE__{}

  @doc "An empty one; `function_of` tells the function of each mutant."
  @spec new(%{pos_integer() => term()}) :: t()
  def new(function_of), do: %__MODULE__{function_of: function_of}

  @spec empty?(t()) :: boolean()
  def empty?(corpus), do: corpus.inputs == %{}

  @doc "The inputs that were kept since the corpus was as `before`."
  @spec since(t(), t()) :: [Runs.input()]
  def since(corpus, before),
    do: for(id <- before.next..(corpus.next - 1)//1, do: Map.fetch!(corpus.inputs, id))

  @doc "Keeps those inputs that are news; `wanted` are the mutants that survive."
  @spec add_all(t(), [Runs.input()], MapSet.t(pos_integer()), %{pos_integer() => Watch.what()}) :: t()
  def add_all(corpus, inputs, wanted, watched), do: Enum.reduce(inputs, corpus, &add(&2, &1, wanted, watched))

  defp add(%{next: next} = corpus, _, _, _) when next >= @at_most, do: corpus

  defp add(corpus, input, wanted, watched) do
    path = {input.seed.function, :erlang.phash2(input.covers)}
    nearer = nearer(input.seen, corpus.nearest, watched)

    if MapSet.member?(corpus.passed, path) and nearer == %{} do
      corpus
    else
      id = corpus.next
      ids = Enum.filter(input.covers, &MapSet.member?(wanted, &1))

      %{
        corpus
        | inputs: Map.put(corpus.inputs, id, %{input | value: nil}),
          next: id + 1,
          passed: MapSet.put(corpus.passed, path),
          nearest: Map.merge(corpus.nearest, nearer),
          by_mutant: indexed(corpus.by_mutant, ids, id),
          by_function:
            indexed(corpus.by_function, Enum.uniq(for(one <- input.covers, do: corpus.function_of[one])), id)
      }
    end
  end

  defp indexed(index, keys, id),
    do: Enum.reduce(keys, index, &Map.update(&2, &1, [id], fn known -> [id | known] end))

  # Less is nearer.
  defp nearer(seen, nearest, watched) do
    for {point, operands} <- Enum.uniq(seen),
        {feature, distance} <- features(point, Map.get(watched, point), operands),
        distance < Map.get(nearest, feature, :infinity),
        reduce: %{} do
      found -> Map.update(found, feature, distance, &min(&1, distance))
    end
  end

  defp features(point, {:heads, clauses}, operands) do
    for {clause, at} <- Enum.with_index(clauses), do: {{point, at}, -Heads.closeness(clause, operands)}
  end

  defp features(point, _, [left, right]) when is_number(left) and is_number(right),
    do: [{point, abs(left - right)}, {{point, left < right}, 0}]

  defp features(point, _, operands), do: [{{point, Enum.map(operands, &kind/1)}, 0}]

  defp kind(value) when is_number(value), do: :number
  defp kind(""), do: :blank
  defp kind(value) when is_binary(value), do: :binary
  defp kind(value) when value in [nil, true, false], do: value
  defp kind(value) when is_atom(value), do: :atom
  defp kind([]), do: :empty
  defp kind(value) when is_list(value), do: :list
  defp kind(value) when is_tuple(value), do: {:tuple, tuple_size(value)}
  defp kind(%module{}), do: module
  defp kind(value) when is_map(value), do: {:map, min(map_size(value), 4)}
  defp kind(_), do: :other

  @doc "At most `count` inputs to change next, for each of the survivors in turn."
  @spec draw(t(), [pos_integer()], pos_integer()) :: {[Runs.input()], t()}
  def draw(corpus, mutants, count) do
    {ids, corpus} = mutants |> Enum.shuffle() |> Enum.take(count) |> Enum.map_reduce(corpus, &draw_one/2)
    {ids |> Enum.uniq() |> Enum.map(&Map.fetch!(corpus.inputs, &1)), corpus}
  end

  defp draw_one(mutant, corpus) do
    id =
      mutant |> among(corpus) |> Enum.take_random(@per_mutant) |> Enum.min_by(&Map.get(corpus.drawn, &1, 0))

    {id, %{corpus | drawn: Map.update(corpus.drawn, id, 1, &(&1 + 1))}}
  end

  defp among(mutant, %{by_mutant: by_mutant}) when is_map_key(by_mutant, mutant), do: by_mutant[mutant]

  defp among(mutant, corpus) do
    beside = Map.get(corpus.by_function, corpus.function_of[mutant], [])
    if beside == [] or :rand.uniform(3) == 1, do: Map.keys(corpus.inputs), else: beside
  end

  @doc "At most `count` inputs that are one call, functions in turn."
  @spec direct(t(), pos_integer()) :: [Runs.input()]
  def direct(corpus, count) do
    by_function =
      for({_, %{seed: %{direct: true}} = input} <- corpus.inputs, do: input)
      |> Enum.group_by(& &1.seed.function)

    functions = Map.keys(by_function)
    if functions == [], do: [], else: for(_ <- 1..count, do: Enum.random(by_function[Enum.random(functions)]))
  end

  @doc "Those inputs that were never made before, each once."
  @spec fresh(t(), [Runs.input()]) :: {[Runs.input()], t()}
  def fresh(corpus, inputs) do
    Enum.reduce(inputs, {[], corpus}, fn input, {fresh, corpus} ->
      key = :erlang.phash2({input.seed.key, input.values}, 4_294_967_296)

      if MapSet.member?(corpus.made, key),
        do: {fresh, corpus},
        else: {[input | fresh], %{corpus | made: MapSet.put(corpus.made, key)}}
    end)
  end
end
