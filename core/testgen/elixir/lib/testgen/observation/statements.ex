defmodule Testgen.Observation.Statements do
  @moduledoc """
  Takes a candidate's call apart where it is more than one expression.

  The last expression is what is asserted about; those before it stay in front. `x = f()` at the end asserts
  about `f()`. Source keeps its literals as they were written; only its layout is the formatter's.
  """

  @doc "Source of the leading statements, and of the expression to assert about."
  @spec split(String.t()) :: {:ok, [String.t()], String.t()} | {:error, String.t()}
  def split(source) do
    options = [
      literal_encoder: &{:ok, {:__block__, &2, [&1]}},
      token_metadata: true,
      unescape: false,
      emit_warnings: false
    ]

    case Code.string_to_quoted(source, options) do
      {:ok, {:__block__, meta, [_, _ | _] = statements}} -> several(statements, meta, source)
      {:ok, {:=, _, [_, value]}} -> {:ok, [], text(value)}
      {:ok, {:__block__, _, []}} -> {:error, "it is empty"}
      {:ok, _} -> {:ok, [], source}
      {:error, {meta, message, token}} -> {:error, "line #{meta[:line]}: #{words(message, token)}"}
    end
  end

  defp several(statements, _meta, _source) do
    {leading, [last]} = Enum.split(statements, -1)
    {:ok, Enum.map(leading, &text/1), last |> value() |> text()}
  end

  defp value({:=, _, [_, value]}), do: value(value)
  defp value(expression), do: expression

  defp text(quoted),
    do: quoted |> Code.quoted_to_algebra(escape: false) |> Inspect.Algebra.format(98) |> IO.iodata_to_binary()

  defp words({before, rest}, token), do: "#{before}#{token}#{rest}"
  defp words(message, token), do: "#{message}#{token}"
end
