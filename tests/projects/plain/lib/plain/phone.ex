# Shows: regular expressions, with named captures and replacement functions.
defmodule Plain.Phone do
  @moduledoc "Phone numbers as people write them."

  @number ~r/^(?:\+|00)(?<country>[1-9]\d{0,2})[\s\/-]?(?<rest>[\d\s\/-]{4,14})$/

  @doc """
  Reads an international number.

      iex> Plain.Phone.parse("+49 421-123456")
      {:ok, %{country: "49", digits: "421123456"}}
      iex> Plain.Phone.parse("call me")
      :error
  """
  @spec parse(String.t()) :: {:ok, %{country: String.t(), digits: String.t()}} | :error
  def parse(text) do
    case Regex.named_captures(@number, String.trim(text)) do
      nil ->
        :error

      found ->
        {:ok, %{country: found["country"], digits: String.replace(found["rest"], ~r/\D/, "")}}
    end
  end

  @doc "Hides all but the last three digits of the numbers in a text."
  @spec hide(String.t()) :: String.t()
  def hide(text) do
    Regex.replace(~r/\+?\d[\d ]{5,}\d/, text, fn number ->
      {front, back} = String.split_at(number, -3)
      String.replace(front, ~r/\d/, "*") <> back
    end)
  end

  @doc "The extensions named in a text: \"ext. 12\", \"Ext 7\"."
  @spec extensions(String.t()) :: [pos_integer()]
  def extensions(text) do
    for [_, number] <- Regex.scan(~r/\bext\.?\s*(\d{1,4})\b/i, text),
        do: String.to_integer(number)
  end

  @doc "Whether a number is written in the international way."
  @spec international?(String.t()) :: boolean()
  def international?(text), do: text =~ ~r/^(\+|00)\d/
end
