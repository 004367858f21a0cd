defmodule Testgen.Analysis.Example do
  @moduledoc """
  The `iex>` examples of a doc, as ExUnit's doctests read them.

  Adjacent `iex>` lines form one example (they share bindings), a blank line ends it. Continuations (`...>`),
  expectations over several lines, `** (Mod) message` over several lines, numbered prompts (`iex(1)>`) and
  fenced code are understood. An expectation such as `#PID<0.1.0>` is kept as text with `"opaque"` true: it is
  no source.
  """

  @prompt ~r/^(\s*)iex(?:\(\d+\))?> ?(.*)$/
  @continuation ~r/^\s*(?:\.\.\.|iex)(?:\(\d+\))?> ?(.*)$/
  @raise ~r/^\*\* \(([\w.]+)\)[ ]?(.*)$/s

  @type t :: %{String.t() => term()}

  @doc "Examples of `doc`, whose first line stands on `line` of the file."
  @spec extract(String.t() | nil, pos_integer()) :: [t()]
  def extract(nil, _line), do: []

  def extract(doc, line) do
    doc
    |> String.split("\n")
    |> Enum.with_index(line)
    |> groups([], [])
    |> Enum.map(&example/1)
    |> Enum.reject(&(&1["lines"] == []))
  end

  # An example runs from an iex> line to the next blank line or fence.
  defp groups([], [], groups), do: Enum.reverse(groups)
  defp groups([], group, groups), do: groups([], [], [Enum.reverse(group) | groups])

  defp groups([{text, _} = line | rest], group, groups) do
    cond do
      prompt?(text) -> groups(rest, [line | group], groups)
      group == [] -> groups(rest, [], groups)
      String.trim(text) == "" or fence?(text) -> groups(rest, [], [Enum.reverse(group) | groups])
      true -> groups(rest, [line | group], groups)
    end
  end

  defp example([{_, line} | _] = group) do
    [indent] = Regex.run(~r/^\s*/, elem(hd(group), 0))
    texts = Enum.map(group, fn {text, _} -> unindent(text, indent) end)
    %{"line" => line, "lines" => lines(texts, [])}
  end

  defp lines([], done), do: Enum.reverse(done)

  defp lines([text | rest], done) do
    case Regex.run(@prompt, text) do
      [_, _, expression] ->
        {more, rest} = Enum.split_while(rest, &continuation?/1)
        {expected, rest} = Enum.split_while(rest, &(not prompt?(&1)))
        source = Enum.join([expression | Enum.map(more, &continued/1)], "\n")
        lines(rest, [step(source, Enum.join(expected, "\n")) | done])

      nil ->
        lines(rest, done)
    end
  end

  defp step(source, expected) do
    case Regex.run(@raise, expected) do
      [_, exception, message] -> step(source, nil, %{"exception" => exception, "message" => message})
      nil when expected == "" -> step(source, nil, nil)
      nil -> step(source, expected, nil)
    end
  end

  defp step(source, expected, raises) do
    opaque = is_binary(expected) and Regex.match?(~r/^#[A-Z]/, expected)
    %{"expr" => String.trim_trailing(source), "expected" => expected, "raises" => raises, "opaque" => opaque}
  end

  defp prompt?(text), do: Regex.match?(@prompt, text)
  defp continuation?(text), do: Regex.match?(~r/^\s*\.\.\.(?:\(\d+\))?>/, text)
  defp continued(text), do: @continuation |> Regex.run(text) |> Enum.at(1)
  defp fence?(text), do: Regex.match?(~r/^\s*(```|~~~)/, text)

  defp unindent(text, indent) do
    if String.starts_with?(text, indent),
      do: String.replace_prefix(text, indent, ""),
      else: String.trim_leading(text)
  end
end
