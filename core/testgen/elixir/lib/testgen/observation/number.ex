defmodule Testgen.Observation.Number do
  @moduledoc """
  Which floats are written as they are, and which within a distance.

  A float is exact where its shortest form has at most `@digits` significant digits: `19.99`, `0.125`,
  `1.0e-7`. What has more came out of a computation (`0.30000000000000004`), and another order of the same
  operations may give the next float.
  """

  @digits 9

  @doc "Whether a person would write `==` beside this float."
  @spec exact?(float()) :: boolean()
  def exact?(value), do: significant(value) <= @digits

  @doc "The float as it is written beside its distance: nine significant digits."
  @spec rounded(float()) :: float()
  def rounded(value) when value == 0.0, do: 0.0
  def rounded(value), do: value |> :erlang.float_to_binary(scientific: @digits - 1) |> String.to_float()

  @doc """
  The distance: a few units of the last digit that `rounded/1` keeps, so that small changes are still seen.
  """
  @spec delta(float()) :: float()
  def delta(value) when value == 0.0, do: 1.0e-9
  def delta(value), do: :math.pow(10, Float.ceil(:math.log10(abs(value))) - @digits + 1)

  defp significant(value) do
    [mantissa | _] = value |> abs() |> Float.to_string() |> String.split("e")

    mantissa
    |> String.replace(".", "")
    |> String.trim_leading("0")
    |> String.trim_trailing("0")
    |> String.length()
  end
end
