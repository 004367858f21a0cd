defmodule Testgen.Observation.Message do
  @moduledoc """
  How much of an exception's message an assertion names.

  A message that the code under test wrote is named in full; a long one, one of several lines, or one with a
  part that varies, by its stable beginning as a regex. What the language or its library raised by itself
  (`FunctionClauseError`, a bad argument of a built-in function) is not named: its words change with the
  version.
  """

  @longest 120
  @shortest_beginning 12

  @languages_own [
    FunctionClauseError,
    ArithmeticError,
    BadArityError,
    BadBooleanError,
    BadFunctionError,
    BadMapError,
    BadStructError,
    CaseClauseError,
    CondClauseError,
    WithClauseError,
    TryClauseError,
    MatchError,
    KeyError,
    ErlangError,
    SystemLimitError,
    UndefinedFunctionError,
    Protocol.UndefinedError,
    Enum.EmptyError,
    Enum.OutOfBoundsError,
    UnicodeConversionError,
    Inspect.Error,
    Regex.CompileError
  ]

  @library_applications [:elixir, :stdlib, :kernel, :erts, :crypto, :logger, :eex, :mix, :ex_unit]

  @type t :: nil | {:exactly, String.t()} | {:beginning, String.t()}

  @doc "The message part of an oracle from the raises of several runs, `{:raise, exception, stacktrace}` each."
  @spec of([{:raise, Exception.t(), Exception.stacktrace()}, ...]) :: t()
  def of([{:raise, %module{}, _} | _]) when module in @languages_own, do: nil

  def of([{:raise, _, stacktrace} | _] = raises) do
    messages = Enum.map(raises, fn {:raise, error, _} -> Exception.message(error) end)
    if library?(stacktrace), do: nil, else: named(messages)
  end

  @doc "Whether an exception's message is as the assertion asks."
  @spec fits?(t(), Exception.t()) :: boolean()
  def fits?(nil, _), do: true
  def fits?({:exactly, text}, error), do: Exception.message(error) == text
  def fits?({:beginning, text}, error), do: String.starts_with?(Exception.message(error), text)

  @doc "Whether code of the project raised, rather than the language under it."
  @spec deliberate?(Exception.t(), Exception.stacktrace()) :: boolean()
  def deliberate?(%module{}, stacktrace), do: module not in @languages_own and not library?(stacktrace)

  defp named([message | _] = messages) do
    stable = messages |> Enum.reduce(&common/2) |> steady()

    cond do
      stable == message and message != "" and String.length(message) <= @longest and
        String.printable?(message) and
          not String.contains?(message, "\n") ->
        {:exactly, message}

      true ->
        beginning(stable)
    end
  end

  defp beginning(stable) do
    line = stable |> String.split("\n") |> Enum.find("", &(String.trim(&1) != "")) |> String.slice(0, 60)
    starts = String.starts_with?(stable, line)

    if starts and String.length(line) >= @shortest_beginning and String.printable?(line),
      do: {:beginning, line}
  end

  defp common(left, right) do
    binary_part(left, 0, :binary.longest_common_prefix([left, right]))
  end

  # Addresses, pids and references differ in the next run even where they did not in these.
  defp steady(message) do
    [before | _] = String.split(message, ~r/#(PID|Reference|Function|Port)<|0x[0-9a-f]{4,}/, parts: 2)
    if String.valid?(before), do: before, else: ""
  end

  defp library?([{module, _, _, _} | _]) do
    case :application.get_application(module) do
      {:ok, application} -> application in @library_applications
      :undefined -> preloaded?(module)
    end
  end

  defp library?(_), do: true

  # Modules of erts belong to no application that is loaded.
  defp preloaded?(module), do: module in :erlang.pre_loaded()
end
