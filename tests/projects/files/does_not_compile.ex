# Shows: a file that parses and does not compile.
defmodule DoesNotCompile do
  def half(number), do: div(numbr, 2)
end
