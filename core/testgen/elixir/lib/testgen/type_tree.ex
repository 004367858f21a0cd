defmodule Testgen.TypeTree do
  @moduledoc """
  Typespecs as a tree of plain maps that a generator of values can walk.

  Every node has `"t"`. Basic: `integer float number atom boolean binary string bitstring any none pid
  reference port iodata charlist module pos_integer non_neg_integer neg_integer`. With parts: `list` (`of`,
  `nonempty`), `tuple` (`of`), `union` (`of`), `map` (`fields`), `struct` (`name`, `fields`), `keyword`
  (`of`), `function` (`args`, `return`), `range` (`first`, `last`), `literal` (`source`), `var` (`name`),
  `remote` (`module`, `name`, `args`, `resolved`), `opaque` (`module`, `name`, `resolved`), `recursive`
  (`name`).

  The module's own types are put in their place; types of other modules are looked up in their beams as deep
  as `@max_depth`, and stay unresolved (`resolved` nil) where there is no beam.
  """

  alias Testgen.Analysis.Names
  alias Testgen.TypeTree.Library

  @max_depth 8

  @basic ~w(integer float number atom boolean binary bitstring any none pid reference port iodata charlist module
            pos_integer non_neg_integer neg_integer)a
  @renamed %{
    term: "any",
    no_return: "none",
    iolist: "iodata",
    nonempty_charlist: "charlist",
    nonempty_binary: "binary",
    nonempty_bitstring: "bitstring",
    string: "charlist",
    nonempty_string: "charlist",
    node: "atom"
  }
  @ranges %{byte: [0, 255], char: [0, 0x10FFFF], arity: [0, 255]}

  @type t :: map()

  @typedoc "What local names mean: `types` maps `{name, arity}` to `{kind, parameter names, quoted}`."
  @type scope :: %{
          names: Names.t(),
          module: module() | nil,
          types: %{{atom(), arity()} => {atom(), [atom()], Macro.t()}},
          vars: %{atom() => t()},
          path: [term()]
        }

  @doc "A scope of `module` with its own types."
  @spec scope(module() | nil, Names.t(), map()) :: scope()
  def scope(module, names, types), do: %{names: names, module: module, types: types, vars: %{}, path: []}

  @doc "The tree of a quoted type."
  @spec build(Macro.t(), scope()) :: t()
  def build({:"::", _, [_name, type]}, scope), do: build(type, scope)
  def build({:|, _, [left, right]}, scope), do: union([build(left, scope), build(right, scope)])

  def build({:.., _, [first, last]}, _),
    do: %{"t" => "range", "first" => number(first), "last" => number(last)}

  def build({:"..//", _, [first, last, _]}, scope), do: build({:.., [], [first, last]}, scope)
  def build({:{}, _, items}, scope), do: %{"t" => "tuple", "of" => all(items, scope)}
  def build({left, right}, scope), do: %{"t" => "tuple", "of" => all([left, right], scope)}
  def build({:%{}, _, pairs}, scope), do: map(pairs, scope)

  def build({:%, _, [name, {:%{}, _, pairs}]}, scope),
    do: struct(Names.resolve(scope.names, name), pairs, scope)

  def build({:<<>>, _, []}, _), do: %{"t" => "literal", "source" => "\"\""}

  def build({:<<>>, _, [{:"::", _, [_, {:*, _, [_, unit]}]}]}, _) when rem(unit, 8) == 0,
    do: %{"t" => "binary"}

  def build({:<<>>, _, _}, _), do: %{"t" => "bitstring"}
  def build([{:->, _, [args, return]}], scope), do: function(args, return, scope)
  def build({:fun, _, [[{:->, _, [args, return]}]]}, scope), do: function(args, return, scope)
  def build([], _), do: literal("[]")
  def build([{:..., _, _}], _), do: list(%{"t" => "any"}, true)
  def build([item, {:..., _, _}], scope), do: list(build(item, scope), true)
  def build([{key, _} | _] = pairs, scope) when is_atom(key), do: pairs(pairs, scope)
  def build([item], scope), do: list(build(item, scope), false)
  def build([_ | _] = items, scope), do: list(union(all(items, scope)), false)

  def build({{:., _, [module, name]}, _, args}, scope) when is_list(args),
    do: remote(module, name, args, scope)

  def build({:-, _, [n]}, _) when is_number(n), do: literal("-#{n}")
  def build({:__aliases__, _, _} = name, scope), do: literal(Names.show(Names.resolve(scope.names, name)))
  def build({:__MODULE__, _, _}, scope), do: literal(Names.show(scope.module))
  def build({name, _, context}, scope) when is_atom(name) and is_atom(context), do: variable(name, scope)
  def build({name, _, args}, scope) when is_atom(name) and is_list(args), do: named(name, args, scope)
  def build(value, _) when is_number(value) or is_atom(value) or is_binary(value), do: literal(inspect(value))
  def build(_other, _), do: %{"t" => "any"}

  @doc "The tree of one `@spec`: its arguments and what it returns, type variables put in their place."
  @spec spec(Macro.t(), scope()) :: %{String.t() => term()} | nil
  def spec({:when, _, [spec, constraints]}, scope) when is_list(constraints) do
    vars =
      Enum.reduce(constraints, scope.vars, fn
        {name, {:var, _, context}}, vars when is_atom(context) ->
          vars |> Map.put(name, var(name))

        {name, type}, vars ->
          Map.put(vars, name, build(type, %{scope | vars: Map.put(vars, name, var(name))}))
      end)

    spec(spec, %{scope | vars: vars})
  end

  def spec({:"::", _, [{name, _, args}, return]}, scope) when is_atom(name) do
    args = if is_list(args), do: args, else: []
    %{"args" => all(args, scope), "return" => build(return, scope)}
  end

  def spec(_, _), do: nil

  defp all(items, scope), do: Enum.map(items, &build(&1, scope))

  defp variable(name, scope) do
    case scope.vars do
      %{^name => type} -> type
      _ -> if type_name?(name, scope), do: named(name, [], scope), else: var(name)
    end
  end

  defp type_name?(name, scope) do
    Map.has_key?(scope.types, {name, 0}) or name in @basic or Map.has_key?(@renamed, name) or
      Map.has_key?(@ranges, name) or
      name in ~w(list map tuple struct keyword timeout mfa fun function identifier nonempty_list maybe_improper_list as_boolean)a
  end

  defp named(name, args, scope) do
    case Map.fetch(scope.types, {name, length(args)}) do
      {:ok, definition} -> local(name, args, definition, scope)
      :error -> builtin(name, args, scope)
    end
  end

  defp local(name, args, {kind, params, quoted}, scope) do
    key = {scope.module, name, length(args)}

    cond do
      key in scope.path -> %{"t" => "recursive", "name" => Atom.to_string(name)}
      length(scope.path) >= @max_depth -> %{"t" => "any"}
      true -> wrap(kind, name, expand(key, args, params, quoted, scope), scope)
    end
  end

  defp expand(key, args, params, quoted, scope) do
    vars = params |> Enum.zip(all(args, scope)) |> Map.new()
    build(quoted, %{scope | vars: vars, path: [key | scope.path]})
  end

  defp wrap(:opaque, name, tree, scope),
    do: %{
      "t" => "opaque",
      "module" => Names.show(scope.module),
      "name" => Atom.to_string(name),
      "resolved" => tree
    }

  defp wrap(_, _, tree, _), do: tree

  defp builtin(name, [], _) when name in @basic, do: %{"t" => Atom.to_string(name)}
  defp builtin(name, [], _) when is_map_key(@renamed, name), do: %{"t" => @renamed[name]}

  defp builtin(name, [], _) when is_map_key(@ranges, name) do
    [first, last] = @ranges[name]
    %{"t" => "range", "first" => first, "last" => last}
  end

  defp builtin(:list, [], _), do: list(%{"t" => "any"}, false)
  defp builtin(:list, [of], scope), do: list(build(of, scope), false)
  defp builtin(:nonempty_list, [], _), do: list(%{"t" => "any"}, true)
  defp builtin(:nonempty_list, [of], scope), do: list(build(of, scope), true)
  defp builtin(:maybe_improper_list, [of, _], scope), do: list(build(of, scope), false)
  defp builtin(:maybe_improper_list, [], _), do: list(%{"t" => "any"}, false)
  defp builtin(:nonempty_maybe_improper_list, _, _), do: list(%{"t" => "any"}, true)
  defp builtin(:nonempty_improper_list, [of, _], scope), do: list(build(of, scope), true)
  defp builtin(:keyword, [], _), do: %{"t" => "keyword", "of" => %{"t" => "any"}}
  defp builtin(:keyword, [of], scope), do: %{"t" => "keyword", "of" => build(of, scope)}
  defp builtin(:map, [], _), do: %{"t" => "map", "fields" => []}
  defp builtin(:tuple, [], _), do: %{"t" => "tuple", "of" => nil}
  defp builtin(:struct, [], _), do: %{"t" => "struct", "name" => nil, "fields" => []}
  defp builtin(:timeout, [], _), do: union([literal(":infinity"), %{"t" => "non_neg_integer"}])

  defp builtin(:mfa, [], _),
    do: %{"t" => "tuple", "of" => [basic("module"), basic("atom"), builtin(:arity, [], nil)]}

  defp builtin(:identifier, [], _), do: union(Enum.map(~w(pid port reference), &basic/1))

  defp builtin(name, [], _) when name in [:fun, :function],
    do: %{"t" => "function", "args" => nil, "return" => basic("any")}

  defp builtin(:as_boolean, [of], scope), do: build(of, scope)

  defp builtin(name, _, _),
    do: %{"t" => "remote", "module" => nil, "name" => Atom.to_string(name), "args" => [], "resolved" => nil}

  defp remote(module, name, args, scope) do
    case Names.resolve(scope.names, module) do
      String when name == :t -> basic("string")
      nil -> basic("any")
      own when own == scope.module -> named(name, args, scope)
      other -> foreign(other, name, args, scope)
    end
  end

  defp foreign(module, name, args, scope) do
    key = {module, name, length(args)}
    given = all(args, scope)

    resolved =
      if key in scope.path or length(scope.path) >= @max_depth,
        do: nil,
        else: lookup(module, name, given, key, scope)

    case resolved do
      {:opaque, tree} ->
        %{"t" => "opaque", "module" => Names.show(module), "name" => Atom.to_string(name), "resolved" => tree}

      {_, tree} ->
        foreign_node(module, name, given, tree)

      nil ->
        foreign_node(module, name, given, nil)
    end
  end

  defp foreign_node(module, name, args, tree),
    do: %{
      "t" => "remote",
      "module" => Names.show(module),
      "name" => Atom.to_string(name),
      "args" => args,
      "resolved" => tree
    }

  defp lookup(module, name, args, key, scope) do
    types = Library.types(module)

    with {kind, params, quoted} <- types[{name, length(args)}] do
      inner = scope(module, %{Names.new() | module: module}, types)
      {kind, build(quoted, %{inner | vars: Map.new(Enum.zip(params, args)), path: [key | scope.path]})}
    end
  end

  defp function([{:..., _, _}], return, scope),
    do: %{"t" => "function", "args" => nil, "return" => build(return, scope)}

  defp function(args, return, scope),
    do: %{"t" => "function", "args" => all(args, scope), "return" => build(return, scope)}

  defp pairs(pairs, scope) do
    if Keyword.keyword?(pairs),
      do: %{
        "t" => "keyword",
        "of" => union(Enum.map(pairs, fn {_, type} -> build(type, scope) end)),
        "fields" => keyed(pairs, scope)
      },
      else: list(union(all(pairs, scope)), false)
  end

  defp map([], _), do: %{"t" => "map", "fields" => []}

  defp map(pairs, scope) do
    case List.keytake(pairs, :__struct__, 0) do
      {{_, name}, rest} -> struct(Names.resolve(scope.names, name), rest, scope)
      nil -> %{"t" => "map", "fields" => keyed(pairs, scope)}
    end
  end

  defp struct(name, pairs, scope),
    do: %{"t" => "struct", "name" => Names.show(name), "fields" => keyed(pairs, scope)}

  defp keyed(pairs, scope) do
    for {key, value} <- pairs do
      {key, required} = required(key)

      %{
        "key" => build(key, scope),
        "key_source" => key_source(key),
        "required" => required,
        "value" => build(value, scope)
      }
    end
  end

  defp required({:required, _, [key]}), do: {key, true}
  defp required({:optional, _, [key]}), do: {key, false}
  defp required(key), do: {key, is_atom(key) or is_binary(key) or is_number(key)}

  defp key_source(key) when is_atom(key) or is_binary(key) or is_number(key), do: inspect(key)
  defp key_source(_), do: nil

  defp union(types) do
    flat = types |> Enum.flat_map(&members/1) |> Enum.uniq()
    if length(flat) == 1, do: hd(flat), else: %{"t" => "union", "of" => flat}
  end

  defp members(%{"t" => "union", "of" => of}), do: of
  defp members(type), do: [type]

  defp list(of, nonempty), do: %{"t" => "list", "of" => of, "nonempty" => nonempty}
  defp literal(source), do: %{"t" => "literal", "source" => source}
  defp var(name), do: %{"t" => "var", "name" => Atom.to_string(name)}
  defp basic(name), do: %{"t" => name}
  defp number({:-, _, [n]}), do: -n
  defp number(n) when is_integer(n), do: n
  defp number(_), do: nil
end
