# Shows: module attributes worked out while compiling.
defmodule Plain.Tax do
  @moduledoc "Value added tax by country and kind of goods."

  @table [{"DE", :normal, 19}, {"DE", :reduced, 7}, {"FR", :normal, 20}, {"FR", :reduced, 5}]
  @rates Map.new(@table, fn {country, kind, rate} -> {{country, kind}, rate} end)
  @countries @table |> Enum.map(&elem(&1, 0)) |> Enum.uniq() |> Enum.sort()
  @highest @rates |> Map.values() |> Enum.max()

  @doc "Countries with a rate."
  @spec countries() :: [String.t()]
  def countries, do: @countries

  @doc "The highest rate anywhere."
  @spec highest() :: pos_integer()
  def highest, do: @highest

  @doc """
  Net to gross in cents, rounded half up.

      iex> Plain.Tax.gross(1_000, "DE", :reduced)
      {:ok, 1_070}
  """
  @spec gross(non_neg_integer(), String.t(), :normal | :reduced) ::
          {:ok, non_neg_integer()} | {:error, :unknown}
  def gross(net, country, kind \\ :normal) when net >= 0 do
    case @rates do
      %{{^country, ^kind} => rate} -> {:ok, net + div(net * rate + 50, 100)}
      _ -> {:error, :unknown}
    end
  end

  for {country, :normal, rate} <- @table do
    @doc "The normal rate of #{country}."
    def unquote(:"#{String.downcase(country)}_rate")(), do: unquote(rate)
  end
end
