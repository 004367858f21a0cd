defmodule Testgen.Analysis.Inference.Conclusion do
  @moduledoc """
  The type that follows from evidence, in the form of `Testgen.TypeTree`, with additions: `text` (a string of
  which more is known: `words` in it, `literals` that it is compared with, `regexes` that it is matched with,
  `formats` that it is read as, `splits` with their `separator` and `parts`), `near` beside `integer` and
  `number` (what it is compared with), `rows` beside `list` (elements of lists whose length a pattern fixes),
  `table` (of `:ets`), `callbacks` beside `module` (what is called on it) with
  `implementers`, modules that have them, and `named`, a variable that the code binds it to.
  """

  alias Testgen.Analysis.Inference.{Evidence, Implementers, Kinds, Structs}

  @longest_row 10
  @most_rows 3

  @doc "The type that follows; `any` where nothing is known."
  @spec tree(Evidence.t()) :: map()
  def tree(evidence) do
    evidence
    |> Kinds.of()
    |> Enum.map(&of_kind(&1, evidence))
    |> case do
      [] -> %{"t" => "any"}
      [tree] -> tree
      trees -> %{"t" => "union", "of" => Enum.flat_map(trees, &members/1)}
    end
    |> named(evidence.names)
  end

  defp named(tree, []), do: tree
  defp named(tree, [name | _]), do: Map.put(tree, "named", name)

  defp members(%{"t" => "union", "of" => of}), do: of
  defp members(tree), do: [tree]

  defp of_kind(:string, evidence), do: text(evidence)
  defp of_kind(kind, evidence) when kind in [:integer, :number], do: numeric(kind, evidence)
  defp of_kind(:float, _), do: %{"t" => "float"}
  defp of_kind(:boolean, _), do: %{"t" => "boolean"}

  defp of_kind(:module, %{callbacks: callbacks}),
    do: %{
      "t" => "module",
      "callbacks" => callbacks,
      "implementers" => Enum.take(Implementers.of(callbacks), 4)
    }

  defp of_kind(:atom, evidence), do: with_literals(%{"t" => "atom"}, evidence, &is_atom/1)
  defp of_kind(:tuple, evidence), do: tuples(evidence)
  defp of_kind(:keyword, evidence), do: keyword(evidence)
  defp of_kind(:map, evidence), do: maps(evidence)
  defp of_kind(:struct, evidence), do: structs(evidence)
  defp of_kind(:function, evidence), do: function(evidence)
  defp of_kind(:table, _), do: %{"t" => "table"}
  defp of_kind(:pid, _), do: %{"t" => "pid"}
  defp of_kind(:reference, _), do: %{"t" => "reference"}
  defp of_kind(kind, evidence) when kind in [:list, :enumerable, :collection], do: list(evidence)

  defp with_literals(tree, evidence, fits?) do
    case for value <- evidence.literals, fits?.(value), do: literal(value) do
      [] -> tree
      literals -> %{"t" => "union", "of" => literals ++ [tree]}
    end
  end

  defp literal(value), do: %{"t" => "literal", "source" => inspect(value)}

  defp numeric(kind, evidence) do
    claimed = for %{"t" => t} = tree <- evidence.types, t in ~w(range pos_integer non_neg_integer), do: tree
    near = for value <- evidence.literals, is_number(value), do: inspect(value)

    case {claimed, near} do
      {[tree | _], []} when kind == :integer -> tree
      _ -> %{"t" => Atom.to_string(kind), "near" => near}
    end
  end

  defp text(evidence) do
    splits =
      for {{:split, separator}, child} <- evidence.children,
          do: %{"separator" => separator, "parts" => parts(child), "of" => tree(item(child))}

    words = Enum.uniq(evidence.words ++ characters(evidence))
    literals = Enum.filter(evidence.literals, &is_binary/1)

    if {words, literals, evidence.regexes, evidence.formats, splits, sizes(evidence)} ==
         {[], [], [], [], [], []},
       do: %{"t" => "string"},
       else: %{
         "t" => "text",
         "words" => words,
         "literals" => literals,
         "regexes" => evidence.regexes,
         "sizes" => sizes(evidence),
         "formats" => evidence.formats,
         "numbers" => numbers(evidence),
         "splits" => splits
       }
  end

  # What its length is compared with.
  defp sizes(evidence), do: for(size <- at_size(evidence), is_integer(size) and size in 0..300, do: size)
  defp at_size(evidence), do: Evidence.at(evidence, [:size]).literals

  # What numbers read from the text are compared with.
  defp numbers(evidence) do
    for {{:as, _}, child} <- evidence.children, value <- child.literals, is_number(value), do: inspect(value)
  end

  defp characters(evidence) do
    for char <- Evidence.at(evidence, [:char]).literals,
        is_integer(char),
        char in 9..0xD7FF,
        do: <<char::utf8>>
  end

  defp item(evidence), do: Map.get(evidence.children, :item, Evidence.new())

  # Rows of the lengths that patterns ask for.
  defp parts(evidence) do
    lengths = for {{:part, _, length}, _} <- evidence.children, length <= @longest_row, uniq: true, do: length

    for length <- lengths |> Enum.sort() |> Enum.take(@most_rows) do
      for index <- Enum.take(0..15, length),
          do: evidence |> Evidence.at([{:part, index, length}]) |> Evidence.merge(item(evidence)) |> tree()
    end
  end

  defp list(evidence) do
    element =
      evidence.types
      |> Enum.flat_map(&element/1)
      |> Enum.reduce(item(evidence), &Evidence.add(&2, [], {:type, &1}))

    rows = parts(evidence)
    nonempty = Enum.any?(evidence.types, &(&1["nonempty"] == true))
    plain = %{"t" => "list", "of" => tree(element), "nonempty" => nonempty, "sizes" => sizes(evidence)}
    if rows == [], do: plain, else: Map.put(plain, "rows", rows)
  end

  defp element(%{"t" => "list", "of" => %{} = of}), do: [of]
  defp element(_), do: []

  defp tuples(evidence) do
    shapes = for {{:tuple, size, tag, _}, _} <- evidence.children, uniq: true, do: {size, tag}

    case Enum.map(Enum.sort(shapes), &tuple(&1, evidence)) do
      [] ->
        evidence.types
        |> Enum.flat_map(&members/1)
        |> Enum.find(%{"t" => "tuple", "of" => nil}, &(&1["t"] == "tuple"))

      [one] ->
        one

      several ->
        %{"t" => "union", "of" => several}
    end
  end

  defp tuple({size, tag}, evidence) do
    of =
      for index <- Enum.take(0..15, size),
          do:
            if(index == 0 and tag,
              do: literal(tag),
              else: evidence |> Evidence.at([{:tuple, size, tag, index}]) |> tree()
            )

    %{"t" => "tuple", "of" => of}
  end

  defp keyword(evidence) do
    fields = for {{:option, key}, child} <- evidence.children, do: field(inspect(key), child, false)
    %{"t" => "keyword", "of" => %{"t" => "any"}, "fields" => fields}
  end

  defp field(key, evidence, required),
    do: %{"key" => literal_key(key), "key_source" => key, "required" => required, "value" => tree(evidence)}

  defp literal_key(source), do: %{"t" => "literal", "source" => source}

  defp maps(evidence) do
    if Enum.any?(evidence.children, &match?({{:field, _, ":__struct__"}, _}, &1)),
      do: %{"t" => "union", "of" => Enum.map(["Date", "Range"], &Structs.standard/1)},
      else: plain_maps(evidence)
  end

  defp plain_maps(evidence) do
    children = for {{:field, fixed, key}, child} <- evidence.children, do: {fixed, key, child}
    shared = for {[], key, child} <- children, do: {key, child}
    variants = children |> Enum.map(&elem(&1, 0)) |> Enum.uniq() |> Enum.reject(&(&1 == []))
    held = held(evidence)

    case variants do
      [] when shared == [] -> open_map(evidence, held)
      [] -> map([], shared, held)
      _ -> %{"t" => "union", "of" => Enum.map(Enum.sort(variants), &variant(&1, children, shared, held))}
    end
  end

  defp variant(fixed, children, shared, held) do
    own = for {^fixed, key, child} <- children, do: {key, child}
    map(fixed, own ++ Enum.reject(shared, fn {key, _} -> List.keymember?(own, key, 0) end), held)
  end

  defp map(fixed, fields, held) do
    constant =
      for {key, value} <- fixed,
          do: %{"key" => literal_key(key), "key_source" => key, "required" => true, "value" => literal(value)}

    rest = for {key, child} <- fields, not List.keymember?(fixed, key, 0), do: field(key, child, true)
    %{"t" => "map", "fields" => constant ++ rest ++ held}
  end

  defp held(evidence) do
    case {evidence.children[{:held, :key}], evidence.children[{:held, :value}]} do
      {nil, nil} ->
        []

      {key, value} ->
        [
          %{
            "key" => tree(key || Evidence.new()),
            "key_source" => nil,
            "required" => false,
            "value" => tree(value || Evidence.new())
          }
        ]
    end
  end

  defp open_map(evidence, []),
    do:
      Enum.find(
        evidence.types,
        %{"t" => "map", "fields" => []},
        &match?(%{"t" => "map", "fields" => [_ | _]}, &1)
      )

  defp open_map(_evidence, held), do: %{"t" => "map", "fields" => held}

  defp structs(evidence) do
    types = Enum.flat_map(evidence.types, &members/1)
    named = types |> Enum.map(&struct_name/1) |> Enum.reject(&is_nil/1) |> Enum.uniq()
    known = for %{"t" => kind} = tree <- types, kind in ["remote", "opaque"], do: tree

    case {named, known} do
      {[], [tree | _]} -> Map.put(tree, "fields", read(evidence))
      {[], []} -> maps(evidence)
      {names, _} -> union(Enum.map(names, &struct_of(&1, evidence)))
    end
  end

  defp struct_name(%{"t" => "struct", "name" => name}), do: name
  defp struct_name(%{"t" => "remote", "resolved" => %{"t" => "struct", "name" => name}}), do: name
  defp struct_name(_), do: nil

  defp union([one]), do: one
  defp union(several), do: %{"t" => "union", "of" => several}

  defp read(evidence) do
    for {{kind, _, key}, child} <- evidence.children, kind in [:field, :member], do: field(key, child, true)
  end

  defp struct_of(name, evidence) do
    read = for {{:field, _, key}, child} <- evidence.children, do: {key, child}
    own = for {{:member, ^name, key}, child} <- evidence.children, do: {key, child}
    fields = Map.merge(Map.new(read), Map.new(own), fn _, a, b -> Evidence.merge(a, b) end)
    Structs.tree(name, for({key, child} <- fields, do: field(key, child, true)))
  end

  defp function(evidence) do
    arities = for %{"t" => "function", "args" => [_ | _]} = type <- evidence.types, do: type

    case Enum.max_by(arities, &length(&1["args"]), fn -> nil end) do
      nil ->
        evidence.types
        |> Enum.flat_map(&members/1)
        |> Enum.find(%{"t" => "function"}, &(&1["t"] == "function"))

      type ->
        %{type | "return" => returned(type, tree(Evidence.at(evidence, [:result])))}
    end
  end

  defp returned(type, %{"t" => "any"}), do: type["return"]
  defp returned(_, tree), do: tree
end
