# Shows: a struct that implements a protocol in its own file, and String.Chars.
defmodule Plain.Product do
  @moduledoc "Something for sale."

  defstruct name: "", grams: 0

  @type t :: %__MODULE__{name: String.t(), grams: non_neg_integer()}

  @doc "Whether it may be sent as a letter."
  @spec letter?(t()) :: boolean()
  def letter?(%__MODULE__{grams: grams}), do: grams in 1..500

  defimpl Plain.Labelled do
    def label(%{name: name, grams: 0}), do: name
    def label(%{name: name, grams: grams}) when grams >= 1000, do: "#{name} (#{grams / 1000} kg)"
    def label(%{name: name, grams: grams}), do: "#{name} (#{grams} g)"
  end

  defimpl String.Chars do
    def to_string(product), do: Plain.Labelled.label(product)
  end
end
