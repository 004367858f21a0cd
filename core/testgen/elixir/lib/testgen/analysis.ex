defmodule Testgen.Analysis do
  @moduledoc """
  The operation `analyze`: reads one source file and tells what is in it, as far as a writer of tests wants to
  know.

  The file is parsed by Elixir's own parser, never compiled or evaluated; what the project's compiled modules
  know besides is read from their beams (`Testgen.Analysis.Beam`). Error kinds: `unreadable`, `not_utf8`,
  `parse_error` (Elixir's own message, with `line` and `column` in the details) and `no_module`.
  """

  alias Testgen.Analysis.{ModuleFacts, ModuleFinder, Source}

  @doc "Handles `%{\"path\" => path}`, relative to the current directory or absolute."
  @spec handle(map(), map()) :: {:ok, map()} | Source.error()
  def handle(%{"path" => path}, _ctx) do
    with {:ok, source} <- Source.read(path), do: source(source, path)
  end

  @doc "Analyses source text that stands in `path`."
  @spec source(String.t(), Path.t()) :: {:ok, map()} | Source.error()
  def source(source, path) do
    with {:ok, quoted} <- Source.parse(source, path),
         [_ | _] = modules <- ModuleFinder.find(quoted) do
      {:ok, %{"file" => path, "modules" => Enum.map(modules, &ModuleFacts.build/1)}}
    else
      [] -> {:error, "no_module", "#{path} defines no module", %{"file" => path}}
      error -> error
    end
  end
end
