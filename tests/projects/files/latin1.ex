# Shows: a file in Latin-1.
defmodule Latin1 do
  @doc "Grüße."
  def greet(name), do: "Grüße, " <> name
end
