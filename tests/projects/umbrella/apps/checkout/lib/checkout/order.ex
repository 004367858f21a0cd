# Shows: a module of an umbrella that calls another application and its configuration.
defmodule Checkout.Order do
  @moduledoc "Orders of articles from the catalog."

  @doc "What an order costs, with the fee where it is below 20 euros."
  @spec total([{String.t(), pos_integer()}]) ::
          {:ok, pos_integer()} | {:error, {:unknown, String.t()} | :empty}
  def total([]), do: {:error, :empty}

  def total(lines) do
    lines
    |> Enum.reduce_while(0, fn {sku, pieces}, sum ->
      case Catalog.Search.price(sku) do
        {:ok, cents} -> {:cont, sum + cents * pieces}
        :error -> {:halt, {:unknown, sku}}
      end
    end)
    |> case do
      {:unknown, sku} -> {:error, {:unknown, sku}}
      sum when sum < 2_000 -> {:ok, sum + fee()}
      sum -> {:ok, sum}
    end
  end

  @doc "The fee for small orders."
  @spec fee() :: non_neg_integer()
  def fee, do: Application.get_env(:checkout, :fee, 0)
end
