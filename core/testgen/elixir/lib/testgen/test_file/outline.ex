defmodule Testgen.TestFile.Outline do
  @moduledoc """
  What stands where in a test file: modules, their directives, `describe` blocks, tests and setups, with the
  lines to insert at.

  Lines are 1-based; `end_line` is the line of the closing `end`. Test names that are computed are left out.
  `names` under each module holds every test's name as ExUnit knows it (with its describe), so that none is
  used twice.
  """

  @directives [:use, :import, :alias, :require]
  @setups [:setup, :setup_all]
  @tests [:test, :property]

  @doc "The outline of `source`; with a syntax error no modules, and its line and message."
  @spec of(String.t()) :: map()
  def of(source) do
    options = [columns: true, token_metadata: true, emit_warnings: false]

    case Code.string_to_quoted(source, options) do
      {:ok, quoted} -> %{"modules" => modules(quoted), "error" => nil}
      {:error, {meta, message, token}} -> %{"modules" => [], "error" => error(meta, message, token)}
    end
  end

  defp error(meta, message, token), do: %{"line" => meta[:line], "message" => words(message, token)}

  defp words({before, rest}, token), do: "#{before}#{token}#{rest}"
  defp words(message, token), do: "#{message}#{token}"

  defp modules(quoted), do: quoted |> expressions() |> Enum.flat_map(&modules_in(&1, nil))

  defp modules_in({:defmodule, meta, [name, [{:do, body} | _]]}, outer) do
    full = [outer, Macro.to_string(name)] |> Enum.reject(&is_nil/1) |> Enum.join(".")
    expressions = expressions(body)
    [module(full, meta, expressions) | Enum.flat_map(expressions, &modules_in(&1, full))]
  end

  defp modules_in(_, _), do: []

  defp module(name, meta, expressions) do
    describes =
      for {:describe, _, [text, [{:do, _} | _]]} = node when is_binary(text) <- expressions,
          do: describe(node)

    tests = tests(expressions)
    uses = for {:use, _, [_ | _]} = node <- expressions, do: node

    %{
      "name" => name,
      "line" => meta[:line],
      "end_line" => meta[:end][:line],
      "uses" => Enum.map(uses, &Macro.to_string/1),
      "async" => Enum.any?(uses, &async?/1),
      "aliases" => Enum.flat_map(expressions, &aliases/1),
      "imports" => Enum.flat_map(expressions, &imports/1),
      "describes" => describes,
      "tests" => tests,
      "setups" => setups(expressions),
      "doctests" =>
        for(
          {:doctest, meta, [module | _]} <- expressions,
          do: %{"module" => Macro.to_string(module), "line" => meta[:line]}
        ),
      "names" => names(describes, tests),
      "functions" => functions(expressions),
      "last_directive_line" => last_directive_line(expressions, meta[:line]),
      "indent" => indent(expressions, meta)
    }
  end

  defp describe({:describe, meta, [text, [{:do, body} | _]]}) do
    inner = expressions(body)

    %{
      "name" => text,
      "line" => meta[:line],
      "end_line" => end_line(meta, inner),
      "tests" => tests(inner),
      "setups" => setups(inner),
      "indent" => indent(inner, meta)
    }
  end

  defp tests(expressions) do
    for {kind, meta, [name | rest]} = node when kind in @tests and is_binary(name) <- expressions,
        rest != [] do
      %{"name" => name, "line" => meta[:line], "end_line" => last_line(node), "kind" => Atom.to_string(kind)}
    end
  end

  defp setups(expressions) do
    for {kind, meta, [_ | _]} = node when kind in @setups <- expressions do
      %{"kind" => Atom.to_string(kind), "line" => meta[:line], "end_line" => last_line(node)}
    end
  end

  defp names(describes, tests) do
    inside = for describe <- describes, test <- describe["tests"], do: "#{describe["name"]} #{test["name"]}"
    Enum.map(tests, & &1["name"]) ++ inside
  end

  defp functions(expressions) do
    for {kind, _, [head | _]} when kind in [:def, :defp, :defmacro, :defmacrop] <- expressions,
        {name, _, args} <- [unguarded(head)],
        is_atom(name),
        uniq: true,
        do: "#{name}/#{if is_list(args), do: length(args), else: 0}"
  end

  defp unguarded({:when, _, [head | _]}), do: head
  defp unguarded(head), do: head

  defp async?({:use, _, [_, options]}) when is_list(options),
    do: Keyword.keyword?(options) and options[:async] == true

  defp async?(_), do: false

  defp aliases({:alias, meta, [{{:., _, [prefix, :{}]}, _, members}]}) do
    for {:__aliases__, _, parts} <- members do
      full = Enum.join([Macro.to_string(prefix) | parts], ".")
      %{"as" => to_string(List.last(parts)), "module" => full, "line" => meta[:line]}
    end
  end

  defp aliases({:alias, meta, [{:__aliases__, _, parts} = name | options]}) do
    as =
      case options do
        [[as: {:__aliases__, _, [as]}]] -> to_string(as)
        _ -> to_string(List.last(parts))
      end

    [%{"as" => as, "module" => Macro.to_string(name), "line" => meta[:line]}]
  end

  defp aliases(_), do: []

  defp imports({:import, meta, [module | options]}) do
    options = if options == [], do: nil, else: Macro.to_string(hd(options))
    [%{"module" => Macro.to_string(module), "options" => options, "line" => meta[:line]}]
  end

  defp imports(_), do: []

  defp last_directive_line(expressions, line) do
    directives = for {kind, _, [_ | _]} = node when kind in @directives <- expressions, do: last_line(node)
    Enum.max(directives, fn -> line end)
  end

  defp indent([{_, meta, _} | _], outer), do: max((meta[:column] || outer[:column] + 2) - 1, 0)
  defp indent(_, outer), do: outer[:column] + 1

  defp end_line(meta, inner),
    do: meta[:end][:line] || inner |> Enum.map(&last_line/1) |> Enum.max(fn -> meta[:line] end)

  defp last_line(node) do
    {_, line} =
      Macro.prewalk(node, 1, fn
        {_, meta, _} = part, line when is_list(meta) ->
          {part, Enum.max([line, meta[:line] || 1, meta[:end][:line] || 1, meta[:closing][:line] || 1])}

        part, line ->
          {part, line}
      end)

    line
  end

  defp expressions({:__block__, _, expressions}), do: expressions
  defp expressions(nil), do: []
  defp expressions(expression), do: [expression]
end
