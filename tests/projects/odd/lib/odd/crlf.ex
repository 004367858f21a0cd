# Shows: a file with Windows line ends.
defmodule Odd.Crlf do
  @moduledoc "Line ends."

  @doc """
  Counts lines.

      iex> Odd.Crlf.lines("a\\nb")
      2
  """
  @spec lines(String.t()) :: pos_integer()
  def lines(text), do: text |> String.split(["\r\n", "\n"]) |> length()

  @doc "A text with a line end in it."
  @spec two() :: String.t()
  def two do
    """
    one
    two
    """
  end
end
