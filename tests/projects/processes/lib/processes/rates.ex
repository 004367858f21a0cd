# Shows: persistent terms and the process dictionary.
defmodule Processes.Rates do
  @moduledoc "Exchange rates, set seldom and read often, in hundredths."

  @key {__MODULE__, :rates}

  @doc "Replaces all rates; every rate must be positive."
  @spec load(%{String.t() => pos_integer()}) :: :ok | {:error, [String.t()]}
  def load(rates) do
    case for({currency, rate} <- rates, rate <= 0, do: currency) do
      [] -> :persistent_term.put(@key, rates)
      bad -> {:error, Enum.sort(bad)}
    end
  end

  @doc "Converts an amount; the currency may be set for the process by `prefer/1`."
  @spec convert(integer(), String.t() | nil) :: {:ok, integer()} | :unknown
  def convert(amount, currency \\ nil) do
    case :persistent_term.get(@key, %{}) do
      %{^currency => rate} -> {:ok, div(amount * rate, 100)}
      rates when currency == nil -> convert_preferred(amount, rates)
      _ -> :unknown
    end
  end

  @doc "Sets the currency of this process and returns the one before."
  @spec prefer(String.t()) :: String.t() | nil
  def prefer(currency), do: Process.put(__MODULE__, currency)

  @doc "Forgets all rates; true if there were some."
  @spec clear() :: boolean()
  def clear, do: :persistent_term.erase(@key)

  defp convert_preferred(amount, rates) do
    case Process.get(__MODULE__) do
      currency when is_map_key(rates, currency) -> convert(amount, currency)
      _ -> :unknown
    end
  end
end
