defmodule Testgen.TestFile do
  @moduledoc """
  The operations on test source: `outline` (what stands where in an existing test file, for adding to it) and
  `format`.

  Neither evaluates the source. `format` evaluates the project's `.formatter.exs`, as `mix format` does.
  """

  alias Testgen.TestFile.{Formatting, Outline}

  @doc "Handles `%{\"source\" => source}`; a syntax error is told in `\"error\"`, with no modules."
  @spec outline(map(), map()) :: {:ok, map()}
  def outline(%{"source" => source}, _ctx), do: {:ok, Outline.of(source)}

  @doc "Handles `%{\"source\" => source, \"path\" => path}`; the path need not exist."
  @spec format(map(), map()) :: {:ok, map()} | {:error, String.t(), String.t(), map()}
  def format(%{"source" => source} = args, ctx) do
    path = args["path"] || "test/generated_test.exs"

    case Formatting.format(source, path, ctx[:project]) do
      {:ok, formatted, note} -> {:ok, %{"source" => formatted, "note" => note}}
      {:error, line, message} -> {:error, "parse_error", message, %{"line" => line}}
    end
  end
end
