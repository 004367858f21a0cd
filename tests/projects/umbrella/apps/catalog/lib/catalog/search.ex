# Shows: a module of an umbrella's application.
defmodule Catalog.Search do
  @moduledoc "Finds articles."

  @articles [
    %{sku: "T1", name: "Green tea", cents: 450},
    %{sku: "T2", name: "Black tea", cents: 390},
    %{sku: "C1", name: "Coffee", cents: 800}
  ]

  @doc """
  Articles whose name has all the words in it, the cheapest first.

      iex> Enum.map(Catalog.Search.find("tea"), & &1.sku)
      ["T2", "T1"]
  """
  @spec find(String.t()) :: [map()]
  def find(words) do
    words = words |> String.downcase() |> String.split()

    @articles
    |> Enum.filter(fn %{name: name} ->
      Enum.all?(words, &(String.downcase(name) =~ &1))
    end)
    |> Enum.sort_by(& &1.cents)
  end

  @doc "The price of an article."
  @spec price(String.t()) :: {:ok, pos_integer()} | :error
  def price(sku) do
    case Enum.find(@articles, &(&1.sku == sku)) do
      nil -> :error
      %{cents: cents} -> {:ok, cents}
    end
  end
end
