defmodule Testgen.Analysis.ModuleFinder do
  @moduledoc """
  Finds the modules of a parsed file: nested ones, protocols, implementations (each `for:`), and modules
  inside `if`.

  Each comes with its expressions and, for each of these, what the names mean at that place. Modules that a
  macro or a quote would define are not found.
  """

  alias Testgen.Analysis.{Names, Source}

  @type found :: %{
          name: module(),
          definer: :defmodule | :defprotocol | :defimpl,
          line: pos_integer(),
          end_line: pos_integer(),
          names: Names.t(),
          body: [{Macro.t(), Names.t()}]
        }

  @doc "Modules of the tree in the order in which they start."
  @spec find(Macro.t()) :: [found()]
  def find(quoted) do
    {_, _, found} = walk(expressions(quoted), Names.new(), [], [])
    Enum.sort_by(found, & &1.line)
  end

  @doc "The expressions of a body, which is one expression or a block."
  @spec expressions(Macro.t()) :: [Macro.t()]
  def expressions(nil), do: []

  def expressions({:__block__, meta, inner} = node) do
    if Keyword.get(meta, :literal, false), do: [node], else: inner
  end

  def expressions(node), do: [node]

  @doc "The part of a `do` block's keywords under `key`, nil where it is not there."
  @spec block([{Macro.t(), Macro.t()}] | term(), atom()) :: Macro.t() | nil
  def block(clauses, key) when is_list(clauses) do
    Enum.find_value(clauses, fn
      {written, body} -> if Source.unwrap(written) == key, do: body
      _ -> nil
    end)
  end

  def block(_, _), do: nil

  # Returns {names afterwards, body of the module walked, modules found}.
  defp walk([], names, body, found), do: {names, Enum.reverse(body), found}

  defp walk([{definer, meta, [_ | _] = args} = node | rest], names, body, found)
       when definer in [:defmodule, :defprotocol, :defimpl] do
    defined = define(definer, args, names)
    found = Enum.reduce(defined, found, &add(&1, definer, meta, node, args, names, &2))
    walk(rest, renamed(definer, args, defined, names), body, found)
  end

  defp walk([{:alias, _, args} = node | rest], names, body, found) when is_list(args),
    do: walk(rest, Names.add_alias(names, Enum.map(args, &Source.strip/1)), [{node, names} | body], found)

  defp walk([{kind, _, args} | rest], names, body, found) when kind in [:if, :unless] and is_list(args) do
    inner = args |> List.last() |> branches()
    {_, inner_body, found} = walk(inner, names, [], found)
    walk(rest, names, Enum.reverse(inner_body) ++ body, found)
  end

  defp walk([node | rest], names, body, found), do: walk(rest, names, [{node, names} | body], found)

  defp branches(clauses) when is_list(clauses) do
    Enum.flat_map(clauses, fn
      {_, body} -> expressions(body)
      _ -> []
    end)
  end

  defp branches(_), do: []

  defp define(:defimpl, [protocol | options], names) do
    protocol = Names.resolve(names, protocol)
    for target <- impl_targets(options, names), protocol != nil, do: Module.concat(protocol, target)
  end

  defp define(_, [written | _], names), do: names |> Names.define(Source.strip(written)) |> List.wrap()

  defp impl_targets(options, names) do
    case options |> Enum.find_value(&block(&1, :for)) |> Source.strip() do
      nil ->
        List.wrap(names.module)

      targets when is_list(targets) ->
        targets |> Enum.map(&Names.resolve(names, &1)) |> Enum.reject(&is_nil/1)

      target ->
        List.wrap(Names.resolve(names, target))
    end
  end

  defp renamed(:defimpl, _, _, names), do: names
  defp renamed(_, [written | _], [full], names), do: Names.nested(names, Source.strip(written), full)
  defp renamed(_, _, _, names), do: names

  defp add(name, definer, meta, node, args, names, found) do
    inner = Names.enter(names, name)
    {names_after, body, found} = walk(expressions(block(List.last(args), :do)), inner, [], found)
    line = meta[:line] || 1

    [
      %{name: name, definer: definer, line: line, end_line: end_line(node), names: names_after, body: body}
      | found
    ]
  end

  @doc "The last line of a node: where its `end` or closing bracket stands, or its deepest line."
  @spec end_line(Macro.t()) :: pos_integer()
  def end_line(node) do
    {_, line} = Macro.prewalk(node, 1, fn part, line -> {part, max(line, last_line(part))} end)
    line
  end

  defp last_line({_, meta, _}) when is_list(meta) do
    [meta, meta[:end], meta[:closing]]
    |> Enum.map(&((is_list(&1) && &1[:line]) || 1))
    |> Enum.max()
  end

  defp last_line(_), do: 1
end
