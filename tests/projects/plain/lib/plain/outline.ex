# Shows: recursion over nested data.
defmodule Plain.Outline do
  @moduledoc "The outline of a document: sections that contain sections."

  @type section :: {title :: String.t(), [section()]}

  @doc """
  Numbers all sections.

      iex> Plain.Outline.number([{"Intro", []}, {"Use", [{"Install", []}]}])
      ["1 Intro", "2 Use", "2.1 Install"]
  """
  @spec number([section()]) :: [String.t()]
  def number(sections), do: number(sections, "", 1)

  @doc "How many levels deep the outline goes; 0 for an empty one."
  @spec depth([section()]) :: non_neg_integer()
  def depth([]), do: 0

  def depth(sections) do
    deepest = sections |> Enum.map(fn {_, children} -> depth(children) end) |> Enum.max()
    1 + deepest
  end

  @doc "The titles that lead to a section, or nil."
  @spec path([section()], String.t()) :: [String.t()] | nil
  def path([], _title), do: nil
  def path([{title, _} | _], title), do: [title]

  def path([{parent, children} | rest], title) do
    case path(children, title) do
      nil -> path(rest, title)
      found -> [parent | found]
    end
  end

  @doc "Drops the sections below a level."
  @spec cut([section()], non_neg_integer()) :: [section()]
  def cut(_sections, 0), do: []

  def cut(sections, level) when level > 0 do
    for {title, children} <- sections, do: {title, cut(children, level - 1)}
  end

  defp number([], _prefix, _n), do: []

  defp number([{title, children} | rest], prefix, n) do
    label = "#{prefix}#{n}"
    ["#{label} #{title}" | number(children, label <> ".", 1)] ++ number(rest, prefix, n + 1)
  end
end
