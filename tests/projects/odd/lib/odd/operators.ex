# Shows: operators and names that need care when rendered: `+++`, `?`, `!`, unicode, `in`, Kernel's own.
defmodule Odd.Operators do
  @moduledoc "Odd names."
  import Kernel, except: [max: 2]

  @doc "Joins with a dash."
  @spec String.t() +++ String.t() :: String.t()
  def left +++ right, do: left <> "-" <> right

  @doc "The larger one; shadows Kernel's."
  @spec max(integer(), integer()) :: integer()
  def max(a, b), do: if(a > b, do: a, else: b)

  @doc "A name in another script."
  @spec größe(String.t()) :: non_neg_integer()
  def größe(text), do: String.length(text)

  @doc "Ends with a question mark."
  @spec empty?(String.t()) :: boolean()
  def empty?(text), do: text == ""

  @doc "Ends with an exclamation mark."
  @spec empty!(String.t()) :: String.t()
  def empty!(""), do: ""
  def empty!(text), do: raise(ArgumentError, "#{inspect(text)} is not empty")

  @doc "A name that needs quotes."
  def unquote(:"with space")(number), do: number + 1
end
