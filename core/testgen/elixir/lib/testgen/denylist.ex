defmodule Testgen.Denylist do
  @moduledoc """
  Refuses test source that calls what a generated test never needs, before anything of it runs.

  Works on the syntax tree: aliases, imports, captures, pipes and `apply` are seen through; a module that is
  only known at run time is refused as such. It keeps accidents and cheap tricks away. It is no wall: what the
  code under test does when it is called is not looked at. The sandbox is the wall.

  Rules are in `Testgen.Denylist.Rules`, paths of files in `Testgen.Denylist.Paths`.
  """

  alias Testgen.Denylist.Scan

  @typedoc "`line`, `call` (as written, with the module in full) and `reason`."
  @type violation :: %{String.t() => term()}

  @doc "Handles `%{\"source\" => source}`: replies `violations`, each with line, call and reason."
  @spec handle(map(), map()) :: {:ok, map()} | {:error, String.t(), String.t(), map()}
  def handle(%{"source" => source}, _ctx) do
    case Code.string_to_quoted(source, columns: true, emit_warnings: false) do
      {:ok, quoted} ->
        {:ok, %{"violations" => violations(quoted)}}

      {:error, {meta, message, token}} ->
        {:error, "parse_error", words(message, token), %{"line" => meta[:line]}}
    end
  end

  @doc """
  Violations of a quoted test file or expression, in the order of their lines, each once.

  `aliases` are those in force around it, as in `Macro.Env`.
  """
  @spec violations(Macro.t(), [{module(), module()}]) :: [violation()]
  def violations(quoted, aliases \\ []),
    do: quoted |> Scan.run(aliases) |> Enum.uniq() |> Enum.sort_by(& &1["line"])

  defp words({before, rest}, token), do: "#{before}#{token}#{rest}"
  defp words(message, token), do: "#{message}#{token}"
end
