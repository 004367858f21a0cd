# Shows: functions that a macro of another module defines.
defmodule Plain.Length do
  @moduledoc "Lengths, in millimetres underneath."

  import Plain.Units

  units(mm: 1, cm: 10, m: 1_000, inch: 25.4)

  @doc "Converts between units."
  @spec convert(number(), atom(), atom()) :: float()
  def convert(amount, from, to) do
    require!(amount >= 0)
    amount |> to_base(from) |> from_base(to)
  end
end
