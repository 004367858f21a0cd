# Shows: a behaviour with an optional callback and two implementations in the file.
defmodule Plain.Carrier do
  @moduledoc "Whoever carries a parcel."

  @callback price(grams :: pos_integer()) :: {:ok, pos_integer()} | {:error, :too_heavy}
  @callback tracking_url(code :: String.t()) :: String.t()
  @optional_callbacks tracking_url: 1

  @doc "The cheapest of some carriers for a parcel."
  @spec cheapest([module()], pos_integer()) :: {module(), pos_integer()} | nil
  def cheapest(carriers, grams) do
    carriers
    |> Enum.flat_map(fn carrier ->
      case carrier.price(grams) do
        {:ok, price} -> [{carrier, price}]
        {:error, :too_heavy} -> []
      end
    end)
    |> Enum.min_by(&elem(&1, 1), fn -> nil end)
  end

  @doc "Where to follow a parcel, if the carrier offers it."
  @spec follow(module(), String.t()) :: {:ok, String.t()} | :error
  def follow(carrier, code) do
    if Code.ensure_loaded?(carrier) and function_exported?(carrier, :tracking_url, 1) do
      {:ok, carrier.tracking_url(code)}
    else
      :error
    end
  end
end

defmodule Plain.Carrier.Bicycle do
  @moduledoc "Light parcels in town."
  @behaviour Plain.Carrier

  @impl true
  def price(grams) when grams <= 5_000, do: {:ok, 390}
  def price(_grams), do: {:error, :too_heavy}
end

defmodule Plain.Carrier.Van do
  @moduledoc "Everything else."
  @behaviour Plain.Carrier

  @impl true
  def price(grams) when grams > 31_500, do: {:error, :too_heavy}
  def price(grams), do: {:ok, 250 + div(grams, 100) * 5}

  @impl true
  def tracking_url(code), do: "https://van.example/" <> URI.encode(code)
end
