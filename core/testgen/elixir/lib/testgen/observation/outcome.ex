defmodule Testgen.Observation.Outcome do
  @moduledoc """
  How one run of a candidate ended, and what it did besides.

  `result` is `{:value, term}`, `{:raise, exception, stacktrace}`, `{:throw, term}` or `{:exit, reason}` of
  the call itself. `asked` is true where it read from standard input, `errors` is what it wrote to standard
  error (where that was looked at), `tied` is true where the run's process was linked, had messages or left
  processes behind.
  """

  @enforce_keys [:result]
  defstruct [
    :result,
    output: "",
    errors: "",
    asked: false,
    messages: [],
    logs: [],
    tied: false,
    duration_us: 0,
    reductions: 0
  ]

  @type t :: %__MODULE__{
          result:
            {:value, term()}
            | {:raise, Exception.t(), Exception.stacktrace()}
            | {:throw, term()}
            | {:exit, term()},
          output: String.t(),
          errors: String.t(),
          asked: boolean(),
          messages: [term()],
          logs: [String.t()],
          tied: boolean(),
          duration_us: non_neg_integer(),
          reductions: non_neg_integer()
        }

  @doc "Calls `fun` and takes whatever comes of it."
  @spec of((() -> term())) :: t()
  def of(fun) do
    %__MODULE__{result: {:value, fun.()}}
  catch
    :error, reason ->
      %__MODULE__{result: {:raise, Exception.normalize(:error, reason, __STACKTRACE__), __STACKTRACE__}}

    :throw, value ->
      %__MODULE__{result: {:throw, value}}

    :exit, reason ->
      %__MODULE__{result: {:exit, reason}}
  end

  @doc "The outcome in a few words."
  @spec describe(t()) :: String.t()
  def describe(%{result: {:value, value}}), do: "returned #{short(value)}"

  def describe(%{result: {:raise, error, _}}),
    do: "raised #{inspect(error.__struct__)}: #{short_text(Exception.message(error))}"

  def describe(%{result: {:throw, value}}), do: "threw #{short(value)}"
  def describe(%{result: {:exit, reason}}), do: "exited with #{short(reason)}"

  defp short(value), do: value |> inspect(limit: 10, printable_limit: 120) |> short_text()
  defp short_text(text), do: String.slice(text, 0, 200)
end
