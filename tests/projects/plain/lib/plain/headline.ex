# Shows: strings, Unicode and doctests.
defmodule Plain.Headline do
  @moduledoc "Turns what an editor typed into titles, addresses and teasers."

  @small_words ~w(a an and at by in of on or the to)

  @doc """
  The part of a web address that stands for a headline.

      iex> Plain.Headline.slug("Crème brûlée, twice!")
      "creme-brulee-twice"
      iex> Plain.Headline.slug("  --  ")
      ""
  """
  @spec slug(String.t()) :: String.t()
  def slug(headline) do
    headline
    |> String.normalize(:nfd)
    |> String.downcase()
    |> String.replace(~r/[^a-z0-9\s-]/u, "")
    |> String.split(~r/[\s-]+/, trim: true)
    |> Enum.join("-")
  end

  @doc """
  Capitalizes all but the small words inside.

      iex> Plain.Headline.title_case("the lord of the rings")
      "The Lord of the Rings"
  """
  @spec title_case(String.t()) :: String.t()
  def title_case(headline) do
    headline
    |> String.split()
    |> Enum.with_index()
    |> Enum.map_join(" ", fn
      {word, 0} -> String.capitalize(word)
      {word, _} when word in @small_words -> word
      {word, _} -> String.capitalize(word)
    end)
  end

  @doc """
  Shortens a text to at most `limit` characters without cutting a word.

      iex> Plain.Headline.teaser("one two three", 9)
      "one two…"
      iex> Plain.Headline.teaser("short", 9)
      "short"
  """
  @spec teaser(String.t(), pos_integer()) :: String.t()
  def teaser(text, limit) when limit > 0 do
    if String.length(text) <= limit do
      text
    else
      text |> String.split() |> take_words(limit - 1, "")
    end
  end

  @doc "How many minutes a text takes to read, at least one."
  @spec reading_minutes(String.t()) :: pos_integer()
  def reading_minutes(text), do: text |> String.split() |> length() |> div(200) |> max(1)

  defp take_words([word | rest], room, "") do
    if String.length(word) <= room, do: take_words(rest, room, word), else: "…"
  end

  defp take_words([word | rest], room, taken) do
    longer = taken <> " " <> word
    if String.length(longer) <= room, do: take_words(rest, room, longer), else: taken <> "…"
  end

  defp take_words([], _room, taken), do: taken <> "…"
end
