defmodule Testgen.Observation.Assertion do
  @moduledoc """
  Writes an oracle as the lines of a test, the candidate's call in its place, as a person would.

  `imports` are the modules that the lines need besides ExUnit's own (`ExUnit.CaptureIO`,
  `ExUnit.CaptureLog`). The lines are formatted with Elixir's defaults; the whole file is formatted with the
  project's settings later.
  """

  alias Testgen.Observation.{Oracle, PatternSource, ValueSource}

  @type written :: %{lines: [String.t()], imports: [String.t()]}
  @type context :: %{aliases: ValueSource.aliases(), taken: [String.t()]}

  # Operators that bind no tighter than `==`, and forms that swallow what follows them.
  @loose [
    :==,
    :!=,
    :=~,
    :===,
    :!==,
    :and,
    :or,
    :&&,
    :||,
    :=,
    :|,
    :"::",
    :when,
    :<-,
    :not,
    :!,
    :in,
    :<,
    :>,
    :<=,
    :>=,
    :&,
    :fn
  ]
  @tight [:+, :-, :*, :/, :++, :--, :<>, :.., :"..//", :"//"]
  @forms [:{}, :%{}, :%, :<<>>, :__aliases__, :@, :__block__]
  @blocks [:case, :cond, :if, :unless, :with, :for, :try, :receive, :quote]

  @doc "The lines that assert what `oracle` says about `call` (source)."
  @spec write(Oracle.t(), String.t(), context()) :: written()
  def write(oracle, call, context) do
    {lines, imports} = lines(oracle, call, context)
    %{lines: Enum.flat_map(lines, &format/1), imports: Enum.uniq(imports ++ imports(call))}
  end

  # A candidate may capture by itself, to give the code something to read.
  defp imports(source) do
    for {word, module} <- [
          {~r/\b(capture|with)_io\(/, "ExUnit.CaptureIO"},
          {~r/\b(capture|with)_log\(/, "ExUnit.CaptureLog"}
        ],
        Regex.match?(word, source),
        do: module
  end

  defp lines({:value, result}, call, context), do: {result(result, call, context), []}
  defp lines({:raise, module, message}, call, context), do: {[raises(module, message, call, context)], []}
  defp lines({:throw, result}, call, context), do: {result(result, "catch_throw(#{call})", context), []}
  defp lines({:exit, result}, call, context), do: {result(result, "catch_exit(#{call})", context), []}

  defp lines({:io, nil, output}, call, context),
    do: {result(output, "capture_io(fn -> #{call} end)", context), ["ExUnit.CaptureIO"]}

  defp lines({:io, {:equal, value}, {:equal, output}}, call, context),
    do: {result({:equal, {value, output}}, "with_io(fn -> #{call} end)", context), ["ExUnit.CaptureIO"]}

  defp lines({:io, value, output}, call, context) do
    [result, printed] = free(["result", "output"], context.taken)
    bind = "{#{result}, #{printed}} = with_io(fn -> #{call} end)"
    {[bind | result(value, result, context)] ++ result(output, printed, context), ["ExUnit.CaptureIO"]}
  end

  defp lines({:errors, {:equal, text}}, call, _context),
    do: {["assert capture_io(:stderr, fn -> #{call} end) == #{string(text)}"], ["ExUnit.CaptureIO"]}

  defp lines({:errors, {:contains, text}}, call, _context),
    do: {["assert capture_io(:stderr, fn -> #{call} end) =~ #{string(text)}"], ["ExUnit.CaptureIO"]}

  defp lines({:log, text}, call, _context),
    do: {["assert capture_log(fn -> #{call} end) =~ #{string(text)}"], ["ExUnit.CaptureLog"]}

  defp lines({:receive, value, messages}, call, context) do
    received = Enum.flat_map(messages, &receives(&1, context))
    first = if value in messages, do: [call], else: result(value, call, context)
    {first ++ received, []}
  end

  defp receives({:equal, message}, context), do: receives({:shape, {:value, message}}, context)

  defp receives({:shape, shape}, context) do
    %{pattern: pattern, follow_ups: follow_ups} = PatternSource.write(shape, context.aliases, context.taken)
    ["assert_receive #{pattern}" | follow_ups]
  end

  defp result({:boolean, true}, call, _), do: ["assert #{call}"]
  defp result({:boolean, false}, call, _), do: ["refute #{call}"]
  defp result({:equal, value}, call, context), do: ["assert #{operand(call)} == #{source(value, context)}"]
  defp result({:shape, {:delta, value, delta}}, call, _), do: [PatternSource.near(value, delta, call)]
  defp result({:shape, {:kind, kind}}, call, _), do: ["assert #{PatternSource.check(kind, call)}"]

  defp result({:shape, shape}, call, context) do
    %{pattern: pattern, follow_ups: follow_ups} = PatternSource.write(shape, context.aliases, context.taken)
    ["assert #{pattern} = #{call}" | follow_ups]
  end

  defp raises(module, message, call, context) do
    name = ValueSource.module_name(module, context.aliases)

    case message do
      nil -> "assert_raise #{name}, fn -> #{call} end"
      {:exactly, text} -> "assert_raise #{name}, #{string(text)}, fn -> #{call} end"
      {:beginning, text} -> "assert_raise #{name}, #{regex(text)}, fn -> #{call} end"
    end
  end

  defp regex(text),
    do:
      "~r/^" <>
        (text
         |> Regex.escape()
         |> String.replace("/", "\\/")
         |> String.replace("\\ ", " ")
         |> String.replace("\#{", "\\\#{")) <> "/"

  defp operand(call) do
    case Code.string_to_quoted(call, token_metadata: true, emit_warnings: false) do
      {:ok, quoted} -> if closed?(quoted), do: call, else: "(#{call})"
      _ -> call
    end
  end

  # `Enum.map list, fn ... end` and `foo do ... end` would take the comparison for their own.
  defp closed?({operator, _, [_ | _]}) when operator in @loose or operator in @blocks, do: false
  defp closed?({:|>, _, [_, right]}), do: closed?(right)
  defp closed?({operator, _, [_, right]}) when operator in @tight, do: closed?(right)
  defp closed?({form, _, [_ | _]}) when form in @forms, do: true
  defp closed?({{:., _, [Access, :get]}, _, _}), do: true
  defp closed?({_, meta, [_ | _]}), do: Keyword.has_key?(meta, :closing) or Keyword.has_key?(meta, :delimiter)
  defp closed?(_), do: true

  defp source(value, context) do
    {:ok, source} = ValueSource.source(value, context.aliases)
    if heredoc?(value), do: heredoc(value), else: source
  end

  defp heredoc?(value) when is_binary(value),
    do:
      String.printable?(value) and String.ends_with?(value, "\n") and length(String.split(value, "\n")) > 3 and
        not String.contains?(value, ~s("""))

  defp heredoc?(_), do: false

  defp heredoc(text) do
    escaped =
      text
      |> inspect(printable_limit: :infinity)
      |> String.slice(1..-2//1)
      |> String.replace("\\n", "\n")
      |> String.replace("\\\"", "\"")

    ~s("""\n) <> escaped <> ~s(""")
  end

  defp string(text) do
    {:ok, source} = ValueSource.source(text)
    source
  end

  defp free(names, taken), do: Enum.map(names, &if(&1 in taken, do: "#{&1}2", else: &1))

  defp format(line) do
    line |> Code.format_string!() |> IO.iodata_to_binary() |> String.split("\n")
  end
end
