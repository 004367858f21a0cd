defmodule Shop.Cart do
  @moduledoc "A shopping cart. Prices are in cents."

  @free_shipping_from 5_000
  @shipping 495

  defstruct items: [], coupon: nil

  @type item :: {name :: String.t(), price :: non_neg_integer(), quantity :: pos_integer()}
  @type t :: %__MODULE__{
          items: [item()],
          coupon: nil | {:percent, 1..100} | {:minus, pos_integer()}
        }

  @doc "An empty cart."
  @spec new() :: t()
  def new, do: %__MODULE__{}

  @doc """
  Adds an item; the same name again raises its quantity.

      iex> Shop.Cart.new() |> Shop.Cart.add("pen", 120) |> Shop.Cart.add("pen", 120, 2) |> Shop.Cart.count()
      3
  """
  @spec add(t(), String.t(), non_neg_integer(), pos_integer()) :: t()
  def add(%__MODULE__{} = cart, name, price, quantity \\ 1) when price >= 0 and quantity > 0 do
    case List.keyfind(cart.items, name, 0) do
      {^name, _, had} -> put_item(cart, {name, price, had + quantity})
      nil -> %{cart | items: cart.items ++ [{name, price, quantity}]}
    end
  end

  @doc "Takes an item out of the cart."
  @spec remove(t(), String.t()) :: {:ok, t()} | {:error, :not_in_cart}
  def remove(%__MODULE__{} = cart, name) do
    case List.keytake(cart.items, name, 0) do
      {_item, rest} -> {:ok, %{cart | items: rest}}
      nil -> {:error, :not_in_cart}
    end
  end

  @doc "How many pieces there are in the cart."
  @spec count(t()) :: non_neg_integer()
  def count(%__MODULE__{items: items}), do: items |> Enum.map(&elem(&1, 2)) |> Enum.sum()

  @doc "The sum of the items after the coupon, never below zero."
  @spec subtotal(t()) :: non_neg_integer()
  def subtotal(%__MODULE__{items: items, coupon: coupon}) do
    sum = Enum.reduce(items, 0, fn {_, price, quantity}, sum -> sum + price * quantity end)

    case coupon do
      nil -> sum
      {:percent, percent} -> sum - div(sum * percent, 100)
      {:minus, amount} -> max(sum - amount, 0)
    end
  end

  @doc "What there is to pay, shipping included where the subtotal is too low for free shipping."
  @spec total(t()) :: non_neg_integer()
  def total(%__MODULE__{items: []}), do: 0

  def total(%__MODULE__{} = cart) do
    subtotal = subtotal(cart)
    if subtotal >= @free_shipping_from, do: subtotal, else: subtotal + @shipping
  end

  defp put_item(cart, {name, _, _} = item) do
    %{cart | items: List.keyreplace(cart.items, name, 0, item)}
  end
end
