defmodule Testgen.Analysis.Inference.Place do
  @moduledoc """
  Where a value comes from: an argument, a piece of one, or something made of such pieces.

  A piece is reached by steps from the argument: `:item` (an element of a list or another enumerable), `{:part,
  index, length}` (an element of a list of known length), `{:tuple, size, tag, index}`, `{:field, keys, key}`
  (of a map, `keys` being what its pattern fixes), `{:member, module, key}` (of a struct), `{:option, key}`
  (of a keyword list), `{:split, separator}` (the parts of a text), `{:as, format}` (what is read from a text), `:char` (a
  character of a text), `:size` (how many it holds), `{:held, :key | :value}` (of a map whose keys vary), `:result` (of a function). `{:each, place}` is a list whose elements are that place, `{:tuple_of, places}` a tuple of them.
  """

  @deepest 6

  @type step :: atom() | tuple()
  @type t ::
          {:arg, non_neg_integer(), [step()]} | {:each, t() | nil} | {:tuple_of, [t() | nil]} | nil

  @doc "The place of an argument."
  @spec argument(non_neg_integer()) :: t()
  def argument(index), do: {:arg, index, []}

  @doc "A step further; nil where nothing is known of it, or it lies too deep."
  @spec step(t(), step()) :: t()
  def step({:arg, index, steps}, step) when length(steps) < @deepest, do: {:arg, index, steps ++ [step]}
  def step({:each, place}, :item), do: place
  def step({:each, place}, {:part, _, _}), do: place
  def step({:tuple_of, places}, {:tuple, _, _, index}), do: Enum.at(places, index)
  def step(_, _), do: nil

  @doc "The place as elements of which a list consists."
  @spec item(t()) :: t()
  def item(place), do: step(place, :item)
end
