# Shows: default arguments, also in front of required ones.
defmodule Plain.Pages do
  @moduledoc "Splits lists into pages and links to them."

  @doc """
  One page of a list.

      iex> Plain.Pages.page(Enum.to_list(1..25), 3)
      [21, 22, 23, 24, 25]
  """
  @spec page(list(), pos_integer(), pos_integer()) :: list()
  def page(items, number \\ 1, size \\ 10) when number > 0 and size > 0 do
    items |> Enum.drop((number - 1) * size) |> Enum.take(size)
  end

  @doc "How many pages there are, at least one."
  @spec count(list(), pos_integer()) :: pos_integer()
  def count(items, size \\ 10)
  def count([], _size), do: 1
  def count(items, size), do: div(length(items) - 1, size) + 1

  @doc "A link to a page; the label comes last and is required."
  @spec link(String.t(), pos_integer(), String.t()) :: String.t()
  def link(path \\ "/", number \\ 1, label) do
    "<a href=\"#{path}?page=#{number}\">#{label}</a>"
  end

  @doc "Page numbers around the current one, for a row of links."
  @spec around(pos_integer(), pos_integer(), non_neg_integer()) :: [pos_integer()]
  def around(current, last, reach \\ 2) do
    Enum.to_list(max(current - reach, 1)..min(current + reach, last)//1)
  end
end
