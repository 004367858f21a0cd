# Shows: a module whose body never ends.
defmodule LoopsWhenLoaded do
  Enum.each(Stream.cycle([1]), fn one -> one + 1 end)

  def answer, do: 42
end
