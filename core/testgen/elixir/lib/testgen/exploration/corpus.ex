defmodule Testgen.Exploration.Corpus do
  @moduledoc """
  The inputs that are kept to be changed further, and the choice of the next ones.

  Kept is what passes a combination of points that no other input of its function passed, and what sees two numbers
  nearer to each other than any before at the same point (libFuzzer's value profile, EvoSuite's branch distance). Of
  the inputs that pass a survivor the ones drawn least often come first; for a survivor that nothing passes, those of
  its own function, then any.
  """

  alias Testgen.Exploration.Runs

  @per_mutant 12
  @at_most 600

  defstruct inputs: %{},
            next: 0,
            passed: MapSet.new(),
            nearest: %{},
            by_mutant: %{},
            drawn: %{},
            made: MapSet.new()

  @type t :: %__MODULE__{}

  @spec new() :: t()
  def new, do: %__MODULE__{}

  @spec empty?(t()) :: boolean()
  def empty?(corpus), do: corpus.inputs == %{}

  @doc "Keeps those inputs that are news; `wanted` are the mutants that survive."
  @spec add_all(t(), [Runs.input()], MapSet.t(pos_integer())) :: t()
  def add_all(corpus, inputs, wanted), do: Enum.reduce(inputs, corpus, &add(&2, &1, wanted))

  defp add(%{next: next} = corpus, _, _) when next >= @at_most, do: corpus

  defp add(corpus, input, wanted) do
    path = {input.seed.function, :erlang.phash2(input.covers)}
    nearer = nearer(input.seen, corpus.nearest)

    if MapSet.member?(corpus.passed, path) and nearer == %{} do
      corpus
    else
      id = corpus.next
      ids = Enum.filter(input.covers, &MapSet.member?(wanted, &1))

      %{
        corpus
        | inputs: Map.put(corpus.inputs, id, input),
          next: id + 1,
          passed: MapSet.put(corpus.passed, path),
          nearest: Map.merge(corpus.nearest, nearer),
          by_mutant:
            Enum.reduce(ids, corpus.by_mutant, &Map.update(&2, &1, [id], fn known -> [id | known] end))
      }
    end
  end

  defp nearer(seen, nearest) do
    for {point, [left, right]} <- seen,
        is_number(left) and is_number(right),
        distance = abs(left - right),
        distance < Map.get(nearest, point, :infinity),
        reduce: %{} do
      found -> Map.update(found, point, distance, &min(&1, distance))
    end
  end

  @doc "At most `count` inputs to change next, for each of the survivors in turn."
  @spec draw(t(), [pos_integer()], [String.t() | nil], pos_integer()) :: {[Runs.input()], t()}
  def draw(corpus, mutants, functions, count) do
    mutants
    |> Enum.shuffle()
    |> Enum.take(count)
    |> Enum.map_reduce(corpus, &draw_one(&1, &2, functions))
    |> then(fn {ids, corpus} -> {ids |> Enum.uniq() |> Enum.map(&Map.fetch!(corpus.inputs, &1)), corpus} end)
  end

  defp draw_one(mutant, corpus, functions) do
    among =
      case corpus.by_mutant do
        %{^mutant => ids} -> ids
        _ -> of_functions(corpus, functions)
      end

    id = among |> Enum.take_random(@per_mutant) |> Enum.min_by(&Map.get(corpus.drawn, &1, 0))
    {id, %{corpus | drawn: Map.update(corpus.drawn, id, 1, &(&1 + 1))}}
  end

  defp of_functions(corpus, functions) do
    own = for {id, input} <- corpus.inputs, input.seed.function in functions, do: id
    if own == [] or :rand.uniform(3) == 1, do: Map.keys(corpus.inputs), else: own
  end

  @doc "Those inputs that were never made before, each once."
  @spec fresh(t(), [Runs.input()]) :: {[Runs.input()], t()}
  def fresh(corpus, inputs) do
    Enum.reduce(inputs, {[], corpus}, fn input, {fresh, corpus} ->
      key = :erlang.phash2({input.seed.id, input.values}, 4_294_967_296)

      if MapSet.member?(corpus.made, key),
        do: {fresh, corpus},
        else: {[input | fresh], %{corpus | made: MapSet.put(corpus.made, key)}}
    end)
  end
end
