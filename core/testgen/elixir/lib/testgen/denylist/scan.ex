defmodule Testgen.Denylist.Scan do
  @moduledoc """
  Walks a test file and collects what the rules refuse.

  Besides calls: imports and aliases of refused modules, `{module, function, args}` tuples and argument
  triples, refused modules as values, modules that only the run knows, messages to the VM's own processes,
  definitions that hook into compilation or replace a module that exists.
  """

  alias Testgen.Denylist.{Calls, Paths, Rules, Scope}

  @doc "Violations in reading order, under the aliases of the surroundings."
  @spec run(Macro.t(), [{module(), module()}]) :: [Testgen.Denylist.violation()]
  def run(quoted, aliases \\ []) do
    known = for {short, full} <- aliases, into: %{}, do: {short |> inspect() |> String.to_atom(), full}
    {_scope, found} = walk(quoted, %Scope{aliases: known, attributes: attributes(quoted)}, [])
    Enum.reverse(found)
  end

  defp attributes(quoted) do
    {_, attributes} =
      Macro.prewalk(quoted, %{}, fn
        {:@, _, [{name, _, [value]}]} = node, acc when is_atom(name) -> {node, Map.put(acc, name, value)}
        node, acc -> {node, acc}
      end)

    attributes
  end

  # Scope flows through a block's expressions; what is bound inside a branch is seen after it too, which is harmless.
  defp walk({:alias, meta, args}, scope, found) when is_list(args) do
    after_alias = Scope.add_alias(scope, args)
    {after_alias, directive(:alias, meta, args, after_alias, found)}
  end

  defp walk({kind, meta, [module | _] = args}, scope, found) when kind in [:import, :require, :use] do
    walk_rest(tl(args), scope, directive(kind, meta, [module], scope, found))
  end

  defp walk({:defmodule, meta, [name, body]}, scope, found) do
    module = Scope.module(scope, name)
    {_, found} = walk(body, %{scope | module: module}, redefinition(module, meta, found))
    {scope, found}
  end

  defp walk({:@, meta, [{hook, _, [value]}]}, scope, found)
       when hook in [:on_load, :before_compile, :after_compile, :after_verify, :on_definition, :compile] do
    walk(value, scope, add(found, meta, "@#{hook}", "runs code while compiling or loading"))
  end

  defp walk({bind, _, [pattern, value]}, scope, found) when bind in [:=, :<-] do
    {_, found} = walk_rest([pattern, value], scope, found)
    {Scope.bind(scope, pattern, Paths.inside?(value, scope), value), found}
  end

  defp walk({:->, _, [head, body]}, scope, found) do
    {_, found} = walk_rest([head, body], Scope.shadow(scope, head), found)
    {scope, found}
  end

  defp walk({:defdelegate, meta, [head, options]}, scope, found) when is_list(options) do
    {_, found} = walk_rest([head, options], scope, found)
    {scope, delegation(Scope.module(scope, options[:to]), meta, found)}
  end

  # The subject of a pipe is the first argument of what follows.
  defp walk({:|>, _, [left, {call, meta, args}]}, scope, found) when is_list(args) do
    {scope, found} = walk(left, scope, found)
    {_, found} = walk_rest(args, scope, found)
    {scope, Calls.check({call, meta, [left | args]}, scope, found) |> head(call, scope)}
  end

  defp walk({:&, meta, [{:/, _, [{{:., _, [module, name]}, _, _}, arity]}]}, scope, found) when is_atom(name),
    do: {scope, Calls.capture(module, name, arity, meta, scope, found)}

  defp walk({:&, meta, [{:/, _, [{name, _, context}, arity]}]}, scope, found)
       when is_atom(name) and is_atom(context),
       do: {scope, Calls.capture(Kernel, name, arity, meta, scope, found)}

  defp walk({:%, _, [_name, map]}, scope, found), do: walk(map, scope, found)

  defp walk({:__aliases__, meta, _} = node, scope, found),
    do: {scope, value(Scope.module(scope, node), meta, found)}

  defp walk({:{}, meta, items}, scope, found) do
    {scope, found} = walk_rest(items, scope, found)
    {scope, Calls.triples(items, meta, scope, found)}
  end

  defp walk({call, _meta, args} = node, scope, found) when is_list(args) do
    found = Calls.check(node, scope, found)
    {scope, found} = walk_rest(args, scope, found)
    {scope, head(found, call, scope)}
  end

  defp walk({left, right}, scope, found), do: walk_rest([left, right], scope, found)
  defp walk(list, scope, found) when is_list(list), do: walk_rest(list, scope, found)
  defp walk(_, scope, found), do: {scope, found}

  defp walk_rest(nodes, scope, found),
    do: Enum.reduce(nodes, {scope, found}, fn node, {scope, found} -> walk(node, scope, found) end)

  # `Mod.fun(...)`: the module in the head is no value. `(expr).fun(...)`: the expression is code like any other.
  defp head(found, {:., _, [{:__aliases__, _, _}, _]}, _scope), do: found

  defp head(found, {:., _, parts}, scope) do
    {_, found} = walk_rest(parts, scope, found)
    found
  end

  defp head(found, {_, _, args} = node, scope) when is_list(args) do
    {_, found} = walk(node, scope, found)
    found
  end

  defp head(found, _, _), do: found

  defp directive(kind, meta, args, scope, found) do
    case args |> hd() |> directive_modules(scope) |> Enum.find(&refused?(kind, &1)) do
      nil -> found
      module -> add(found, meta, "#{kind} #{inspect(module)}", "brings in a module that tests do not need")
    end
  end

  defp directive_modules({{:., _, [prefix, :{}]}, _, members}, scope) do
    for {:__aliases__, _, parts} <- members,
        do: Module.concat([Scope.module(scope, prefix) || Elixir | parts])
  end

  defp directive_modules(node, scope), do: node |> then(&Scope.module(scope, &1)) |> List.wrap()

  # An alias alone does nothing: `alias MyApp.File` is checked where it is used.
  defp refused?(:alias, _), do: false
  defp refused?(_, module), do: Rules.dangerous?(module) or module == Process

  defp value(module, meta, found) do
    if is_atom(module) and module != nil and Rules.dangerous?(module),
      do: add(found, meta, inspect(module), "hands around a module that tests do not need"),
      else: found
  end

  defp delegation(module, meta, found) do
    if module == nil or Rules.dangerous?(module),
      do:
        add(
          found,
          meta,
          "defdelegate to #{inspect(module)}",
          "hands a call on to a module that tests do not need"
        ),
      else: found
  end

  # What candidates brought themselves they may bring again.
  defp own?(module) do
    Code.ensure_loaded?(module) and function_exported?(module, :module_info, 1) and
      Path.basename(to_string(module.module_info(:compile)[:source] || "")) == "candidate"
  end

  defp redefinition(module, meta, found) do
    name = if module, do: inspect(module), else: "a computed module"

    cond do
      module == nil -> add(found, meta, "defmodule", "defines a module whose name only the run knows")
      String.ends_with?(name, "Test") -> found
      own?(module) -> found
      Code.ensure_loaded?(module) -> add(found, meta, "defmodule #{name}", "replaces a module that exists")
      true -> found
    end
  end

  defp add(found, meta, call, reason), do: Calls.add(found, meta, call, reason)
end
