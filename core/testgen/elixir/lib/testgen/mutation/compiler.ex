defmodule Testgen.Mutation.Compiler do
  @moduledoc """
  Compiles a syntax tree in memory, loads what comes of it, and says nothing: warnings about instrumented code are not
  the user's. An error comes back as text.

  Documentation and debug information are left out, which is quicker; the files of the project's build keep theirs.
  """

  @type compiled :: [{module, binary}]

  # What the parser adds for whoever maps a tree to its text. In a `quote` it would reach the user's values.
  @positions [:column, :closing, :do, :end, :end_of_expression, :newlines, :token, :format, :last, :parens]

  @doc """
  With `positions: true` the tree's columns reach compile tracers; with `debug_info: true` it is kept in the binary.
  """
  @spec compile(Macro.t(), String.t(), keyword) :: {:ok, compiled} | {:error, String.t()}
  def compile(ast, file, more \\ []) do
    options = Code.compiler_options()

    quiet =
      [docs: false, debug_info: more[:debug_info] || false, ignore_module_conflict: true] ++
        newer_options(options)

    Code.compiler_options(quiet)

    try do
      ast = if more[:positions], do: ast, else: Macro.prewalk(ast, &without_positions/1)
      silently(fn -> attempt(ast, file) end)
    after
      Code.compiler_options(Map.take(options, Keyword.keys(quiet)) |> Map.to_list())
    end
  end

  defp without_positions({form, meta, args}) when is_list(meta),
    do: {form, Keyword.drop(meta, @positions), args}

  defp without_positions(other), do: other

  # From 1.18 on types are inferred, which instrumented code gains nothing from.
  defp newer_options(options) do
    if Map.has_key?(options, :infer_signatures), do: [infer_signatures: false], else: []
  end

  # The way around the checker is tried on 1.14; were it to fail on a newer Elixir, the public way decides.
  defp attempt(ast, file) do
    with {:error, _} = error <- caught(fn -> unchecked(ast, file) end) do
      if Version.match?(System.version(), ">= 1.15.0-dev", allow_pre: true),
        do: caught(fn -> Code.compile_quoted(ast, file) end),
        else: error
    end
  end

  defp caught(fun) do
    {:ok, fun.()}
  rescue
    error -> {:error, Exception.message(error)}
  catch
    kind, reason -> {:error, Exception.format_banner(kind, reason)}
  end

  # What `Code.compile_quoted/2` does, less the check of types and undefined functions: on instrumented guards the
  # checker of Elixir 1.14 needs exponential time and memory, and its warnings would be thrown away.
  defp unchecked(ast, file) do
    checker = Process.delete(:elixir_checker_info)

    try do
      :elixir_compiler.quoted(ast, file, fn _, _ -> :ok end)
    after
      if checker, do: Process.put(:elixir_checker_info, checker)
    end
  end

  defp silently(fun) do
    if function_exported?(Code, :with_diagnostics, 2),
      do: with_diagnostics(fun),
      else: without_standard_error(fun)
  end

  # Not called by name: Elixir 1.14 has no such function, and its compiler would say so.
  defp with_diagnostics(fun) do
    without_standard_error(fn ->
      {result, diagnostics} = apply(Code, :with_diagnostics, [[log: false], fun])
      explain(result, diagnostics)
    end)
  end

  defp explain({:error, message}, diagnostics) do
    errors = for %{severity: :error, message: text} <- diagnostics, do: text
    {:error, if(errors == [], do: message, else: Enum.join(errors, "\n"))}
  end

  defp explain(ok, _), do: ok

  # Elixir 1.14 prints warnings to the process registered as `:standard_error`.
  defp without_standard_error(fun) do
    sink = spawn(&sink/0)
    device = Process.whereis(:standard_error)
    if device, do: Process.unregister(:standard_error)
    Process.register(sink, :standard_error)

    try do
      fun.()
    after
      Process.unregister(:standard_error)
      if device, do: Process.register(device, :standard_error)
      Process.exit(sink, :kill)
    end
  end

  defp sink do
    receive do
      {:io_request, from, reference, _} -> send(from, {:io_reply, reference, :ok})
      _ -> :ok
    end

    sink()
  end
end
