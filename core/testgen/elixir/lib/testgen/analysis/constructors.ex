defmodule Testgen.Analysis.Constructors do
  @moduledoc """
  How values of other modules' structs and opaque types are made: functions of those modules whose specs return
  one, and functions that take one and return it changed.

  A maker is `%{"function" => "new", "args" => [type], "tagged" => true}`, `tagged` where it answers `{:ok,
  value}`; a step the same, its first argument (the value itself) left out. Modules without specs give `new/0`
  and its like where they export one.
  """

  alias Testgen.Analysis.Inference.Structs
  alias Testgen.Analysis.Names
  alias Testgen.TypeTree
  alias Testgen.TypeTree.Library

  @most 6
  @most_modules 8
  @plain ~w(new empty init build create)a

  @doc "Constructors by the name of their module, for all modules whose structs the functions' types name."
  @spec of([map()], String.t()) :: %{String.t() => map()}
  def of(functions, own) do
    functions
    |> Enum.flat_map(&(named(Enum.map(&1["specs"], fn spec -> spec["args"] end)) ++ named(&1["inferred"])))
    |> Enum.uniq()
    |> Enum.reject(&(&1 == own or Structs.standard?(&1) or String.starts_with?(&1, ":")))
    |> Enum.take(@most_modules)
    |> Map.new(&{&1, made_by(Module.concat([&1]))})
  end

  @doc "Names of the modules whose structs or types a tree, or a list of trees, names."
  @spec named(term()) :: [String.t()]
  def named(%{"t" => "struct", "name" => name} = tree) when is_binary(name), do: [name | inside(tree)]

  def named(%{"t" => kind, "module" => name, "name" => "t"} = tree)
      when kind in ["remote", "opaque"] and is_binary(name),
      do: [name | inside(tree)]

  def named(%{} = tree), do: inside(tree)
  def named(list) when is_list(list), do: Enum.flat_map(list, &named/1)
  def named(_), do: []

  defp inside(tree), do: tree |> Map.drop(["args"]) |> Map.values() |> Enum.flat_map(&named/1)

  defp made_by(module) do
    specs = if Code.ensure_loaded?(module), do: specs(module), else: []

    makers =
      for {name, args, returns} <- specs,
          made = makes(returns, module),
          not takes?(args, module),
          do: entry(name, args, made)

    steps =
      for {name, [first | args], returns} <- specs,
          takes?([first], module),
          made = makes(returns, module),
          do: entry(name, args, made)

    %{"makers" => Enum.take(makers ++ plain(module, makers), @most), "steps" => Enum.take(steps, @most)}
  end

  defp entry(name, args, made),
    do: %{"function" => Atom.to_string(name), "args" => args, "tagged" => made == :tagged}

  defp plain(module, []) do
    for name <- @plain, function_exported?(module, name, 0), do: entry(name, [], :plain)
  end

  defp plain(_, _), do: []

  # Short and usual names first.
  defp specs(module) do
    types = Library.types(module)
    scope = TypeTree.scope(module, %{Names.new() | module: module}, types)

    with {:ok, specs} <- Code.Typespec.fetch_specs(module) do
      for {{name, arity}, [form | _]} <-
            Enum.sort_by(specs, fn {{name, arity}, _} -> {name not in @plain, arity, name} end),
          arity <= 3 and not String.starts_with?(Atom.to_string(name), "_"),
          function_exported?(module, name, arity),
          spec = TypeTree.spec(Code.Typespec.spec_to_quoted(name, form), scope),
          spec != nil,
          do: {name, spec["args"], spec["return"]}
    else
      _ -> []
    end
  end

  defp takes?(args, module), do: Enum.any?(args, &value_of?(&1, module))

  defp makes(%{"t" => "union", "of" => of}, module), do: Enum.find_value(of, &makes(&1, module))

  defp makes(%{"t" => "tuple", "of" => [%{"source" => ":ok"}, type]}, module),
    do: if(value_of?(type, module), do: :tagged)

  defp makes(type, module), do: if(value_of?(type, module), do: :plain)

  defp value_of?(%{"t" => "struct", "name" => name}, module), do: name == inspect(module)
  defp value_of?(%{"t" => "opaque", "module" => name, "name" => "t"}, module), do: name == inspect(module)
  defp value_of?(_, _), do: false
end
