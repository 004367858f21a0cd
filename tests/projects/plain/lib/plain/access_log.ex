# Shows: lazy streams, chunking, unfolding.
defmodule Plain.AccessLog do
  @moduledoc "Reads the log of a web server lazily, line by line."

  @type entry :: %{path: String.t(), status: 100..599, ms: non_neg_integer()}

  @doc "Entries of the lines that can be read; the others are skipped."
  @spec entries(Enumerable.t()) :: Enumerable.t()
  def entries(lines) do
    lines
    |> Stream.map(&String.split(&1, " ", trim: true))
    |> Stream.flat_map(fn
      [path, status, ms] -> entry(path, Integer.parse(status), Integer.parse(ms))
      _ -> []
    end)
  end

  @doc "The first `count` server errors."
  @spec failures(Enumerable.t(), non_neg_integer()) :: [entry()]
  def failures(lines, count) do
    lines |> entries() |> Stream.filter(&(&1.status >= 500)) |> Enum.take(count)
  end

  @doc "The slowest time in each window of `size` entries; a last incomplete window counts."
  @spec slowest(Enumerable.t(), pos_integer()) :: [non_neg_integer()]
  def slowest(lines, size) do
    lines
    |> entries()
    |> Stream.map(& &1.ms)
    |> Stream.chunk_every(size)
    |> Enum.map(&Enum.max/1)
  end

  @doc "Waiting times between retries in ms: doubled each time up to a limit, without end."
  @spec backoff(pos_integer(), pos_integer()) :: Enumerable.t()
  def backoff(first, limit), do: Stream.unfold(first, fn ms -> {ms, min(ms * 2, limit)} end)

  defp entry(path, {status, ""}, {ms, _unit}) when status in 100..599 do
    [%{path: path, status: status, ms: ms}]
  end

  defp entry(_path, _status, _ms), do: []
end
