# Shows: a module that prints while it is compiled and called, also to the error device.
defmodule PrintsWhenLoaded do
  IO.puts("{\"id\": 1, \"ok\": true}")
  IO.puts(:stderr, "compiled")

  @doc "Says it loudly."
  @spec loud(String.t()) :: String.t()
  def loud(text) do
    IO.puts(text)
    String.upcase(text)
  end
end
