# Shows: Task, async_stream, timeouts and crashed tasks.
defmodule Processes.Fetcher do
  @moduledoc "Runs a function over many addresses at once."

  @doc "All results, in order; what is too slow or crashes is an error."
  @spec fetch_all([term()], (term() -> term()), keyword()) :: [{:ok, term()} | {:error, atom()}]
  def fetch_all(addresses, fun, opts \\ []) do
    addresses
    |> Task.async_stream(&guarded(fun, &1),
      timeout: Keyword.get(opts, :timeout, 1_000),
      max_concurrency: Keyword.get(opts, :at_once, 4),
      on_timeout: :kill_task
    )
    |> Enum.map(fn
      {:ok, result} -> result
      {:exit, :timeout} -> {:error, :timeout}
    end)
  end

  @doc "The first answer of two functions that run at the same time."
  @spec race((() -> term()), (() -> term())) :: term()
  def race(left, right) do
    tasks = [Task.async(left), Task.async(right)]
    winner = await_first(tasks)
    Enum.each(tasks, &Task.shutdown(&1, :brutal_kill))
    winner
  end

  @doc "How many results were fine, and how many not."
  @spec tally([{:ok, term()} | {:error, term()}]) :: {non_neg_integer(), non_neg_integer()}
  def tally(results) do
    Enum.reduce(results, {0, 0}, fn
      {:ok, _}, {fine, failed} -> {fine + 1, failed}
      {:error, _}, {fine, failed} -> {fine, failed + 1}
    end)
  end

  defp guarded(fun, address) do
    {:ok, fun.(address)}
  rescue
    _ -> {:error, :crashed}
  end

  defp await_first([%Task{ref: left}, %Task{ref: right}]) do
    receive do
      {ref, result} when ref in [left, right] -> result
    end
  end
end
