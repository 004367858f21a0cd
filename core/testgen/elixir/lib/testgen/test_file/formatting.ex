defmodule Testgen.TestFile.Formatting do
  @moduledoc """
  Formats source as `mix format` would format the file at a path: `.formatter.exs` with `import_deps`,
  `locals_without_parens`, `plugins`, and the ones of subdirectories.

  Where the project's configuration cannot be used (a dependency or plugin is missing, it raises, there is no
  project), Elixir's own formatter does it with those settings that can be read, and the note says why.
  """

  @plain_options [:line_length, :locals_without_parens, :force_do_end_blocks, :normalize_bitstring_modifiers]

  @doc """
  `{:ok, formatted, note}`, the note nil where the project's own configuration was used; or where the source
  does not parse.
  """
  @spec format(String.t(), Path.t(), term()) ::
          {:ok, String.t(), String.t() | nil} | {:error, integer() | nil, String.t()}
  def format(source, path, project) do
    case parse_error(source) do
      nil -> format_parsed(source, path, project)
      error -> error
    end
  end

  defp format_parsed(source, path, project) do
    with {:ok, formatter} <- project_formatter(path, project),
         {:ok, formatted} <- apply_formatter(formatter, source) do
      {:ok, ended(formatted), nil}
    else
      {:error, note} -> {:ok, plain(source, path), note}
    end
  end

  # Mix looks for .formatter.exs in the current directory, which is the project's root.
  defp project_formatter(path, project) do
    if mix?(project) or File.regular?(".formatter.exs"),
      do: mix_formatter(path),
      else: {:error, nil}
  end

  defp mix?(%{mode: mode}), do: mode in [:mix, "mix"]
  defp mix?(_), do: Code.ensure_loaded?(Mix.Project) and Mix.Project.get() != nil

  defp mix_formatter(path) do
    {:ok, _} = Application.ensure_all_started(:mix)
    {formatter, _options} = Mix.Tasks.Format.formatter_for_file(Path.relative_to_cwd(path))
    {:ok, formatter}
  rescue
    error -> {:error, "the project's .formatter.exs cannot be used: #{Exception.message(error)}"}
  catch
    kind, reason -> {:error, "the project's .formatter.exs cannot be used: #{inspect({kind, reason})}"}
  end

  defp apply_formatter(formatter, source) do
    {:ok, formatter.(source)}
  rescue
    error -> {:error, "the project's formatter failed: #{Exception.message(error)}"}
  end

  defp plain(source, path) do
    source |> Code.format_string!(read_options(Path.dirname(path))) |> IO.iodata_to_binary() |> ended()
  end

  # The nearest configuration upwards, its plain settings only: nothing that needs dependencies.
  defp read_options(folder) do
    file = Path.join(folder, ".formatter.exs")

    cond do
      File.regular?(file) -> evaluate(file)
      folder in [".", "/"] -> []
      true -> read_options(Path.dirname(folder))
    end
  end

  defp evaluate(file) do
    {options, _} = Code.eval_file(file)
    if Keyword.keyword?(options), do: Keyword.take(options, @plain_options), else: []
  rescue
    _ -> []
  end

  defp ended(source), do: String.trim_trailing(source) <> "\n"

  defp parse_error(source) do
    case Code.string_to_quoted(source, emit_warnings: false) do
      {:ok, _} -> nil
      {:error, {meta, message, token}} -> {:error, meta[:line], words(message, token)}
    end
  end

  defp words({before, rest}, token), do: "#{before}#{token}#{rest}"
  defp words(message, token), do: "#{message}#{token}"
end
