# Shows: a file that begins with a byte order mark.
defmodule Bom do
  @moduledoc "Byte order marks."

  @doc "Whether a text begins with a byte order mark."
  @spec mark?(String.t()) :: boolean()
  def mark?("\uFEFF" <> _), do: true
  def mark?(_text), do: false
end
