defmodule Testgen.Runner.Result do
  @moduledoc """
  How one test ended.

  `:timeout` and `:memory` are tests that were ended for going past their limits; `:unkillable` means that the VM is of
  no more use.
  """

  defstruct status: :passed, failure: nil, duration_us: 0, reductions: 0, tampered?: false

  @type status :: :passed | :failed | :timeout | :memory | :unkillable
  @type failure :: {kind :: atom | {:EXIT, pid}, reason :: term, Exception.stacktrace()}
  @type t :: %__MODULE__{
          status: status,
          failure: failure | nil,
          duration_us: non_neg_integer,
          reductions: non_neg_integer,
          tampered?: boolean
        }

  @max_bytes 4_000

  @doc """
  The failure in ExUnit's words, cut to a few thousand characters; nil for a test that passed.

  Calls code under test (exception messages, `inspect`), so that it has to run isolated and without a mutant.
  """
  @spec message(t) :: String.t() | nil
  def message(%__MODULE__{status: :passed}), do: nil

  def message(%__MODULE__{status: :timeout, failure: nil}),
    do: "ended: it went past its limit of time or work"

  def message(%__MODULE__{status: :memory, failure: nil}), do: "ended: it went past its limit of memory"
  def message(%__MODULE__{status: :unkillable}), do: "could not be ended"
  def message(%__MODULE__{failure: {kind, reason, stack}}), do: kind |> format(reason, stack) |> cut()

  defp format(:error, %ExUnit.AssertionError{} = error, _stack), do: assertion(error)

  defp format(:error, %ExUnit.MultiError{errors: [{kind, reason, stack} | _]}, _),
    do: format(kind, reason, stack)

  defp format({:EXIT, _}, reason, _stack), do: "the test process ended: " <> Exception.format_exit(reason)
  defp format(kind, reason, stack), do: Exception.format_banner(kind, reason, stack)

  defp assertion(%{message: message} = error) do
    sides =
      for {name, value} <- [left: error.left, right: error.right],
          given?(value),
          do: "#{name}: #{value(value)}"

    Enum.join([text(message) | sides], "\n")
  end

  defp given?(value), do: value != ExUnit.AssertionError.no_value()
  defp text(message) when is_binary(message), do: message
  defp text(message), do: inspect(message)
  defp value(value), do: inspect(value, limit: 20, printable_limit: 500)

  defp cut(text) when byte_size(text) <= @max_bytes, do: text
  defp cut(text), do: String.slice(text, 0, @max_bytes) <> "…"
end
