# Shows: a struct with enforced keys, updates and map patterns.
defmodule Plain.Address do
  @moduledoc "A postal address."

  @enforce_keys [:street, :city]
  defstruct [:street, :city, :postcode, country: "DE"]

  @type t :: %__MODULE__{
          street: String.t(),
          city: String.t(),
          postcode: String.t() | nil,
          country: String.t()
        }

  @doc "Builds an address from a form's fields."
  @spec from_form(%{optional(String.t()) => String.t()}) :: {:ok, t()} | {:error, [atom()]}
  def from_form(form) do
    missing = for field <- ["street", "city"], blank?(form[field]), do: String.to_atom(field)

    if missing == [] do
      address = %__MODULE__{street: form["street"], city: form["city"]}
      {:ok, %{address | postcode: form["postcode"], country: Map.get(form, "country", "DE")}}
    else
      {:error, missing}
    end
  end

  @doc """
  The lines on an envelope; the country is left out at home.

      iex> Plain.Address.lines(%Plain.Address{street: "Am Wall 1", city: "Bremen", postcode: "28195"})
      ["Am Wall 1", "28195 Bremen"]
  """
  @spec lines(t()) :: [String.t()]
  def lines(%__MODULE__{country: "DE"} = address), do: [address.street, town(address)]

  def lines(%__MODULE__{country: country} = address) do
    [address.street, town(address), String.upcase(country)]
  end

  @doc "Moves within the same country."
  @spec move(t(), String.t(), String.t()) :: t()
  def move(%__MODULE__{} = address, street, city) do
    %__MODULE__{address | street: street, city: city, postcode: nil}
  end

  defp town(%{postcode: nil, city: city}), do: city
  defp town(%{postcode: postcode, city: city}), do: postcode <> " " <> city

  defp blank?(nil), do: true
  defp blank?(text), do: String.trim(text) == ""
end
