# Shows: mutants that fill the memory (binaries and lists that grow without end).
defmodule Hostile.MemoryBombWhenMutated do
  @moduledoc "Pads texts and repeats lists."

  @doc "Doubles a text until it is at least `size` bytes long."
  @spec grow(String.t(), non_neg_integer()) :: String.t()
  def grow(text, size) when byte_size(text) > 0 do
    if byte_size(text) < size, do: grow(text <> text, size), else: text
  end

  @doc "A list of `count` copies."
  @spec copies(term(), non_neg_integer()) :: [term()]
  def copies(thing, count), do: copies(thing, count, [])

  defp copies(_thing, 0, done), do: done
  defp copies(thing, left, done), do: copies(thing, left - 1, [thing | done])
end
