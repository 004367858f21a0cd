# Shows: files that a function reads and writes by their path, with specs.
defmodule Plain.LineCounts do
  @moduledoc "Counts what is in text files."

  @doc "Lines, words and bytes of the file at `path`."
  @spec count(Path.t()) ::
          {:ok, %{lines: non_neg_integer, words: non_neg_integer, bytes: non_neg_integer}}
          | {:error, String.t()}
  def count(path) do
    case File.read(path) do
      {:ok, text} ->
        {:ok,
         %{lines: lines(text), words: text |> String.split() |> length(), bytes: byte_size(text)}}

      {:error, reason} ->
        {:error, "cannot read #{Path.basename(path)}: #{:file.format_error(reason)}"}
    end
  end

  @spec longest_line(Path.t()) :: String.t()
  def longest_line(path) do
    path
    |> File.stream!()
    |> Stream.map(&String.trim_trailing(&1, "\n"))
    |> Enum.max_by(&String.length/1, fn -> "" end)
  end

  @spec save(Path.t(), [String.t()]) :: :ok | {:error, File.posix()}
  def save(path, lines) when lines != [], do: File.write(path, Enum.join(lines, "\n") <> "\n")
  def save(_path, []), do: {:error, :einval}

  defp lines(""), do: 0
  defp lines(text), do: text |> String.trim_trailing("\n") |> String.split("\n") |> length()
end
