# Shows: keyword options with defaults and validation.
defmodule Plain.Receipt do
  @moduledoc "Prints receipts of a fixed width."

  @defaults [width: 24, fill: ".", currency: "EUR"]

  @doc """
  One line.

  Options: `:width` (default 24), `:fill` (default `"."`), `:currency` (default `"EUR"`).

      iex> Plain.Receipt.line("Tea", 250)
      "Tea.............2.50 EUR"
      iex> Plain.Receipt.line("Tea", 250, width: 15, fill: " ")
      "Tea    2.50 EUR"
  """
  @spec line(String.t(), integer(), keyword()) :: String.t()
  def line(name, cents, opts \\ []) do
    opts = Keyword.validate!(opts, @defaults)
    amount = money(cents) <> " " <> opts[:currency]
    room = opts[:width] - String.length(amount)

    String.pad_trailing(String.slice(name, 0, max(room - 1, 0)), room, opts[:fill]) <> amount
  end

  @doc "All lines and the sum, joined. `:order` is `:as_given`, `:name` or `:price`."
  @spec render([{String.t(), integer()}], keyword()) :: String.t()
  def render(items, opts \\ []) do
    {order, opts} = Keyword.pop(opts, :order, :as_given)
    sum = items |> Enum.map(&elem(&1, 1)) |> Enum.sum()

    (sort(items, order) ++ [{"Sum", sum}])
    |> Enum.map_join("\n", fn {name, cents} -> line(name, cents, opts) end)
  end

  defp sort(items, :as_given), do: items
  defp sort(items, :name), do: Enum.sort_by(items, &elem(&1, 0))
  defp sort(items, :price), do: Enum.sort_by(items, &elem(&1, 1), :desc)

  defp money(cents) when cents < 0, do: "-" <> money(-cents)

  defp money(cents) do
    "#{div(cents, 100)}.#{cents |> rem(100) |> Integer.to_string() |> String.pad_leading(2, "0")}"
  end
end
