# Shows: files, directories and posix errors.
defmodule Plain.Notebook do
  @moduledoc "Notes in a directory, one file a day."

  @doc "Adds a line to the notes of a day."
  @spec add(Path.t(), Date.t(), String.t()) :: :ok | {:error, File.posix()}
  def add(dir, day, line) do
    with :ok <- File.mkdir_p(dir) do
      File.write(file(dir, day), String.trim(line) <> "\n", [:append])
    end
  end

  @doc "The lines of a day; none where there is no file."
  @spec read(Path.t(), Date.t()) :: {:ok, [String.t()]} | {:error, File.posix()}
  def read(dir, day) do
    case File.read(file(dir, day)) do
      {:ok, text} -> {:ok, String.split(text, "\n", trim: true)}
      {:error, :enoent} -> {:ok, []}
      {:error, reason} -> {:error, reason}
    end
  end

  @doc "The days that have notes, in order."
  @spec days(Path.t()) :: [Date.t()]
  def days(dir) do
    dir
    |> Path.join("*.txt")
    |> Path.wildcard()
    |> Enum.map(&Date.from_iso8601!(Path.basename(&1, ".txt")))
    |> Enum.sort(Date)
  end

  @doc "Deletes the notes before a day and says how many files went."
  @spec forget(Path.t(), Date.t()) :: non_neg_integer()
  def forget(dir, before) do
    old = Enum.filter(days(dir), &(Date.compare(&1, before) == :lt))
    Enum.each(old, &File.rm!(file(dir, &1)))
    length(old)
  end

  defp file(dir, day), do: Path.join(dir, Date.to_iso8601(day) <> ".txt")
end
