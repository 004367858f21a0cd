defmodule Testgen.Analysis.Source do
  @moduledoc """
  Reads an Elixir source file as an editor would have it and parses it, keeping what the compiler throws away.

  A byte order mark and CRLF line ends are tolerated: line numbers stay those of the file. The tree that
  `parse/2` returns wraps every literal in a `:__block__` with its position (`strip/1` takes the wrapping off
  again), because the analysis needs to know on which line a number stands and how a string was written.

  Nothing is compiled or evaluated here.
  """

  @type error :: {:error, String.t(), String.t(), map()}

  @doc "Reads `path` as UTF-8 with plain newlines; a file that cannot be read or is not UTF-8 is an error."
  @spec read(Path.t()) :: {:ok, String.t()} | error()
  def read(path) do
    case File.read(path) do
      {:ok, bytes} -> decode(bytes, path)
      {:error, reason} -> {:error, "unreadable", "cannot read #{path}: #{:file.format_error(reason)}", %{}}
    end
  end

  @doc """
  Takes off a byte order mark, makes CRLF plain, and refuses what is not UTF-8 with the line of the first bad
  byte.
  """
  @spec decode(binary(), Path.t()) :: {:ok, String.t()} | error()
  def decode(<<0xEF, 0xBB, 0xBF, rest::binary>>, path), do: decode(rest, path)

  def decode(bytes, path) do
    case :unicode.characters_to_binary(bytes) do
      text when is_binary(text) -> {:ok, String.replace(text, "\r\n", "\n")}
      {_, good, _} -> not_utf8(good, path)
    end
  end

  @doc "Parses with every literal wrapped; the error is the parser's own message, with line and column."
  @spec parse(String.t(), Path.t()) :: {:ok, Macro.t()} | error()
  def parse(source, path) do
    options = [
      file: path,
      columns: true,
      token_metadata: true,
      emit_warnings: false,
      unescape: true,
      literal_encoder: &{:ok, {:__block__, [{:literal, true} | &2], [&1]}}
    ]

    case Code.string_to_quoted(source, options) do
      {:ok, quoted} -> {:ok, quoted}
      {:error, {meta, message, token}} -> parse_error(path, meta, message, token)
    end
  end

  @doc "The tree without the wrapping of literals, as a macro would see it."
  @spec strip(Macro.t()) :: Macro.t()
  def strip(quoted), do: Macro.prewalk(quoted, &unwrap/1)

  @doc "The value of a wrapped literal, one level deep."
  @spec unwrap(Macro.t()) :: Macro.t()
  def unwrap({:__block__, meta, [value]} = node) do
    if Keyword.get(meta, :literal, false), do: unwrap(value), else: node
  end

  def unwrap(node), do: node

  @doc "Source text of a stripped tree, on one line where it fits."
  @spec text(Macro.t()) :: String.t()
  def text(quoted), do: quoted |> strip() |> Macro.to_string()

  @doc """
  The text of a doc attribute's value and the line on which the text begins; `{nil, line}` where it is
  computed.

  The text of a heredoc begins on the line after its quotes.
  """
  @spec doc(Macro.t(), keyword()) :: {String.t() | nil, pos_integer()}
  def doc({_, value_meta, _} = value, meta) do
    line = value_meta[:line] || meta[:line]
    line = if value_meta[:delimiter] in [~s("""), "'''"], do: line + 1, else: line
    {doc_text(strip(value)), line}
  end

  def doc(_value, meta), do: {nil, meta[:line]}

  defp doc_text(text) when is_binary(text), do: text
  defp doc_text({sigil, _, [{:<<>>, _, [text]}, _]}) when sigil in [:sigil_S, :sigil_s], do: text
  defp doc_text(_), do: nil

  defp not_utf8(good, path) do
    line = good |> String.graphemes() |> Enum.count(&(&1 in ["\n", "\r\n"])) |> Kernel.+(1)
    {:error, "not_utf8", "#{path} is not UTF-8: first invalid byte on line #{line}", %{"line" => line}}
  end

  defp parse_error(path, meta, message, token) do
    line = position(meta, :line)
    details = %{"line" => line, "column" => position(meta, :column), "file" => path}
    {:error, "parse_error", "#{path}:#{line}: #{words(message, token)}", details}
  end

  defp position(meta, key) when is_list(meta), do: Keyword.get(meta, key)
  defp position(line, :line) when is_integer(line), do: line
  defp position(_, _), do: nil

  defp words({before, rest}, token), do: "#{before}#{token}#{rest}"
  defp words(message, token), do: "#{message}#{token}"
end
