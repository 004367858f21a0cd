# Shows: a module without any test, without docs and without specs.
defmodule Plain.Parcel do
  defstruct length: 0, width: 0, height: 0, grams: 0

  def size(%__MODULE__{length: l, width: w, height: h}) do
    case Enum.sort([l, w, h]) do
      [_, _, longest] when longest > 120 -> :freight
      [a, b, c] when a + b + c <= 50 -> :small
      [a, b, c] when a + b + c <= 90 -> :medium
      _ -> :large
    end
  end

  def postage(parcel, express \\ false)
  def postage(%__MODULE__{grams: grams}, _express) when grams > 31_500, do: {:error, :too_heavy}

  def postage(%__MODULE__{} = parcel, express) do
    base = %{small: 399, medium: 599, large: 1_049, freight: 4_900}[size(parcel)]
    {:ok, if(express, do: base * 2, else: base)}
  end

  def stack(parcels), do: parcels |> Enum.map(& &1.height) |> Enum.sum()
end
