defmodule Testgen.Analysis.Inference.Evidence do
  @moduledoc """
  What the code asks of one value, gathered: types that it must have, literals that it is compared with, words
  and formats of a text, functions called on a module, and the same of its pieces, by the step that leads to
  each (see `Testgen.Analysis.Inference.Place`).
  """

  defstruct types: [],
            literals: [],
            words: [],
            regexes: [],
            formats: [],
            callbacks: [],
            names: [],
            children: %{}

  @type claim ::
          {:type, map()}
          | {:literal, term()}
          | {:word, String.t()}
          | {:regex, String.t()}
          | {:format, String.t()}
          | {:callback, String.t()}
          | {:name, String.t()}

  @type t :: %__MODULE__{}

  @most 24
  @deepest 5

  @doc "No evidence yet."
  @spec new() :: t()
  def new, do: %__MODULE__{}

  @doc "Adds a claim about the piece that `steps` lead to."
  @spec add(t(), [tuple() | atom()], claim()) :: t()
  def add(evidence, [], claim), do: note(evidence, claim)

  def add(evidence, [step | rest], claim) do
    child = evidence.children |> Map.get(step, new()) |> add(rest, claim)
    %{evidence | children: Map.put(evidence.children, step, child)}
  end

  defp note(evidence, {:type, tree}), do: %{evidence | types: evidence.types ++ [tree]}
  defp note(evidence, {:literal, value}), do: %{evidence | literals: more(evidence.literals, [value])}
  defp note(evidence, {:word, word}), do: %{evidence | words: more(evidence.words, [word])}
  defp note(evidence, {:regex, regex}), do: %{evidence | regexes: more(evidence.regexes, [regex])}
  defp note(evidence, {:format, format}), do: %{evidence | formats: more(evidence.formats, [format])}
  defp note(evidence, {:callback, name}), do: %{evidence | callbacks: more(evidence.callbacks, [name])}
  defp note(evidence, {:name, name}), do: %{evidence | names: more(evidence.names, [name])}

  @doc "The evidence of the piece that `steps` lead to."
  @spec at(t(), [tuple() | atom()]) :: t()
  def at(evidence, steps),
    do: Enum.reduce(steps, evidence, fn step, at -> Map.get(at.children, step, new()) end)

  @doc "Puts evidence about a piece to what is known of it."
  @spec merge_at(t(), [tuple() | atom()], t()) :: t()
  def merge_at(evidence, [], other), do: merge(evidence, other)

  def merge_at(evidence, [step | rest], other) do
    child = evidence.children |> Map.get(step, new()) |> merge_at(rest, other)
    %{evidence | children: Map.put(evidence.children, step, child)}
  end

  @doc "How many pieces it speaks of, itself included."
  @spec size(t()) :: pos_integer()
  def size(evidence), do: Enum.reduce(evidence.children, 1, fn {_, child}, size -> size + size(child) end)

  @doc "Both together."
  @spec merge(t(), t(), non_neg_integer()) :: t()
  def merge(left, right, depth \\ 0)
  def merge(left, _right, depth) when depth > @deepest, do: left

  def merge(left, right, depth) do
    %__MODULE__{
      types: Enum.take(Enum.uniq(left.types ++ right.types), @most),
      literals: more(left.literals, right.literals),
      words: more(left.words, right.words),
      regexes: more(left.regexes, right.regexes),
      formats: more(left.formats, right.formats),
      callbacks: more(left.callbacks, right.callbacks),
      names: more(left.names, right.names),
      children: Map.merge(left.children, right.children, fn _, a, b -> merge(a, b, depth + 1) end)
    }
  end

  defp more(known, new), do: Enum.take(Enum.uniq(known ++ new), @most)
end
