# Shows: several modules in a file, one inside another.
defmodule Odd.Circle do
  @moduledoc "Circles."

  @doc "The area of a circle."
  @spec area(number()) :: float()
  def area(radius) when radius >= 0, do: :math.pi() * radius * radius
end

defmodule Odd.Square do
  @moduledoc "Squares."

  defmodule Corner do
    @moduledoc "A corner of a square."
    defstruct x: 0, y: 0

    @doc "Moves a corner to the right."
    @spec right(%__MODULE__{}, integer()) :: %__MODULE__{}
    def right(%__MODULE__{x: x} = corner, by), do: %{corner | x: x + by}
  end

  @doc "The area of a square."
  @spec area(number()) :: number()
  def area(side), do: side * side

  @doc "The corners of a square, from the origin."
  @spec corners(integer()) :: [%Corner{}]
  def corners(side) do
    for x <- [0, side], y <- [0, side], do: %Corner{x: x, y: y}
  end
end
