defmodule Testgen.Project.Failure do
  @moduledoc """
  Turns what goes wrong while a project is loaded into an error kind and Elixir's own message, once.

  Kinds: `mix_file`, `config`, `old_elixir`, `deps_missing`, `not_utf8`, `parse_error`, `compile_error`, `no_module`,
  `load_hang`, `load_died`, `open_failed`.
  """

  @type t :: {:error, kind :: String.t(), message :: String.t(), details :: map}

  @syntax ~w(SyntaxError TokenMissingError MismatchedDelimiterError)

  @doc "The failure that an exception in `stage` means; `lines` are what Mix said before."
  @spec caught(:mix_file | :config | :load | :compile, atom, term, Exception.stacktrace(), [String.t()]) :: t
  def caught(_stage, :error, %Mix.ElixirVersionError{} = error, _stack, _lines) do
    {:error, "old_elixir", Exception.message(error), %{}}
  end

  def caught(_stage, :error, %RuntimeError{message: "no shell process input given" <> _}, _stack, lines) do
    {:error, "deps_missing",
     text(["Mix asks a question, most likely for Hex or rebar3, which are not there." | lines]), %{}}
  end

  def caught(:load, :error, %Mix.Error{} = error, _stack, lines) do
    {:error, "deps_missing", text(lines ++ [Exception.message(error)]), %{}}
  end

  def caught(:compile, kind, reason, stack, lines), do: compile(kind, reason, stack, lines)
  def caught(:mix_file, kind, reason, stack, lines), do: failed("mix_file", kind, reason, stack, lines)
  def caught(:config, kind, reason, stack, lines), do: failed("config", kind, reason, stack, lines)
  def caught(_stage, kind, reason, stack, lines), do: failed("open_failed", kind, reason, stack, lines)

  defp compile(:exit, {:shutdown, _}, _stack, lines), do: {:error, "compile_error", text(lines), %{}}
  defp compile(kind, reason, stack, lines), do: failed(kind_of(reason), kind, reason, stack, lines)

  defp failed(name, kind, reason, _stack, lines) do
    {:error, name, text(lines ++ [Exception.format_banner(kind, reason)]), position(reason)}
  end

  defp kind_of(%name{}), do: if(inspect(name) in @syntax, do: "parse_error", else: "compile_error")
  defp kind_of(_), do: "compile_error"

  defp position(%{file: file, line: line}) when is_integer(line), do: %{file: to_string(file), line: line}
  defp position(_), do: %{}

  @doc "The failure that a compiler's diagnostics mean: its errors, each once, in the compiler's own words."
  @spec diagnostics([map]) :: t
  def diagnostics(diagnostics) do
    errors = for diagnostic <- diagnostics, diagnostic.severity == :error, do: diagnostic
    messages = errors |> Enum.map(&described/1) |> Enum.uniq()
    text = text(messages)

    {:error, kind_of_text(text), text,
     %{errors: Enum.map(errors, &%{file: &1.file, line: line(&1.position), message: &1.message})}}
  end

  defp kind_of_text(text) do
    cond do
      text =~ "(UnicodeConversionError)" -> "not_utf8"
      Enum.any?(@syntax, &String.contains?(text, &1)) -> "parse_error"
      true -> "compile_error"
    end
  end

  defp described(%{message: message, file: file, position: position}) do
    if file && String.contains?(message, Path.basename(file)) do
      message
    else
      "#{file && Path.relative_to_cwd(file)}:#{line(position)}: #{message}"
    end
  end

  defp line({line, _column}), do: line
  defp line({line, _, _, _}), do: line
  defp line(line) when is_integer(line), do: line
  defp line(_), do: nil

  @doc "Loading took longer than `limit_ms`."
  @spec hang(atom, pos_integer, [Path.t()]) :: t
  def hang(stage, limit_ms, files) do
    where = Enum.map_join(files, ", ", &Path.relative_to_cwd/1)
    what = if where == "", do: "Loading the project (#{stage})", else: "Compiling #{where}"
    {:error, "load_hang", "#{what} did not end within #{div(limit_ms, 1000)} s.", %{files: files}}
  end

  @doc "The process that loads was ended by the code it loaded."
  @spec died(atom, term) :: t
  def died(stage, reason) do
    {:error, "load_died",
     "Loading the project (#{stage}) ended its process: #{Exception.format_exit(reason)}", %{}}
  end

  defp text(lines),
    do: lines |> Enum.map(&String.trim_trailing/1) |> Enum.reject(&(&1 == "")) |> Enum.join("\n")
end
