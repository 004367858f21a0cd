# Shows: reading from and writing to the terminal.
defmodule Plain.Interview do
  @moduledoc "Asks questions on the terminal."

  @doc "Asks for a name; an empty answer means that nobody wants to say."
  @spec ask_name() :: String.t() | nil
  def ask_name do
    case IO.gets("Your name? ") do
      :eof -> nil
      answer -> answer |> String.trim() |> presence()
    end
  end

  @doc "Asks a yes-or-no question until the answer is one; gives up after three."
  @spec confirm(String.t(), non_neg_integer()) :: boolean()
  def confirm(question, tries \\ 3)
  def confirm(_question, 0), do: false

  def confirm(question, tries) when tries > 0 do
    case question |> Kernel.<>(" [y/n] ") |> IO.gets() |> answer() do
      :unclear ->
        IO.puts("Please answer y or n.")
        confirm(question, tries - 1)

      yes_or_no ->
        yes_or_no
    end
  end

  @doc "Prints a table of answers, the questions aligned."
  @spec summary([{String.t(), String.t()}]) :: :ok
  def summary(answers) do
    width = answers |> Enum.map(fn {question, _} -> String.length(question) end) |> Enum.max()

    for {question, answer} <- answers do
      IO.puts(String.pad_trailing(question, width) <> " | " <> answer)
    end

    :ok
  end

  @doc "Complains on the error device."
  @spec warn(String.t()) :: :ok
  def warn(message), do: IO.puts(:stderr, "warning: " <> message)

  defp answer(:eof), do: false

  defp answer(text) do
    case text |> String.trim() |> String.downcase() do
      yes when yes in ["y", "yes"] -> true
      no when no in ["n", "no"] -> false
      _ -> :unclear
    end
  end

  defp presence(""), do: nil
  defp presence(text), do: text
end
