# Shows: a syntax error.
defmodule DoesNotParse do
  def half(number), do: div(number, 2
end
