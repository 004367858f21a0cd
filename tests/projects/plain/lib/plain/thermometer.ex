# Shows: floats and rounding.
defmodule Plain.Thermometer do
  @moduledoc "Readings of a thermometer, in degrees Celsius."

  @doc """
  Converts from Fahrenheit.

      iex> Plain.Thermometer.celsius(212)
      100.0
  """
  @spec celsius(number()) :: float()
  def celsius(fahrenheit), do: (fahrenheit - 32) * 5 / 9

  @doc "The mean of some readings, nil for none."
  @spec mean([number()]) :: float() | nil
  def mean([]), do: nil
  def mean(readings), do: Enum.sum(readings) / length(readings)

  @doc "How warm it feels in the wind (km/h), for cold weather."
  @spec wind_chill(float(), float()) :: float()
  def wind_chill(celsius, wind) when celsius <= 10.0 and wind > 4.8 do
    factor = :math.pow(wind, 0.16)
    Float.round(13.12 + 0.6215 * celsius - 11.37 * factor + 0.3965 * celsius * factor, 1)
  end

  def wind_chill(celsius, _wind), do: celsius

  @doc "A reading for display, with a sign and one decimal."
  @spec format(number()) :: String.t()
  def format(celsius) when celsius > 0, do: "+" <> decimal(celsius)
  def format(celsius), do: decimal(celsius)

  @doc "The spread between the highest and the lowest reading."
  @spec spread([number(), ...]) :: number()
  def spread(readings), do: Enum.max(readings) - Enum.min(readings)

  defp decimal(number), do: :erlang.float_to_binary(number / 1, decimals: 1) <> " °C"
end
