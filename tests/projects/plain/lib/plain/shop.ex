# Shows: a facade of defdelegates, one with another name.
defmodule Plain.Shop do
  @moduledoc "What other parts of the program call."

  alias Plain.{Address, Carrier, Tax}

  defdelegate gross(net, country), to: Tax
  defdelegate envelope(address), to: Address, as: :lines
  defdelegate cheapest(carriers, grams), to: Carrier

  @doc "The gross price with delivery, or what went wrong."
  @spec offer(non_neg_integer(), String.t(), pos_integer()) ::
          {:ok, pos_integer()} | {:error, :unknown | :too_heavy}
  def offer(net, country, grams) do
    case {gross(net, country), cheapest([Carrier.Bicycle, Carrier.Van], grams)} do
      {{:ok, gross}, {_carrier, price}} -> {:ok, gross + price}
      {{:error, reason}, _} -> {:error, reason}
      {_, nil} -> {:error, :too_heavy}
    end
  end
end
