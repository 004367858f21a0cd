defmodule Testgen.Analysis.Inference.Specs do
  @moduledoc """
  What functions of other modules, of the language's own too, say in their specs about their arguments.

  Kept for the life of the calling process, as `Testgen.TypeTree.Library` does and for its reason.
  """

  alias Testgen.Analysis.Inference.Structs
  alias Testgen.Analysis.Names
  alias Testgen.TypeTree
  alias Testgen.TypeTree.Library

  @doc "Types of the arguments of `module.name/arity`; nil where there is no spec."
  @spec arguments(module(), atom(), arity()) :: [map()] | nil
  def arguments(module, name, arity) do
    key = {__MODULE__, module, name, arity}

    with nil <- Process.get(key) do
      found = module |> specs() |> forms(name, arity) |> trees(module)
      Process.put(key, {:known, found})
      found
    else
      {:known, found} -> found
    end
  end

  defp specs(module) do
    key = {__MODULE__, module}

    with nil <- Process.get(key) do
      tap(read(module), &Process.put(key, &1))
    end
  end

  defp read(module) do
    case Code.ensure_loaded?(module) && Code.Typespec.fetch_specs(module) do
      {:ok, specs} -> Map.new(specs)
      _ -> %{}
    end
  end

  # With default arguments, the spec is that of the full arity.
  defp forms(specs, name, arity),
    do: Enum.find_value(0..2, [], fn more -> specs[{name, arity + more}] end)

  defp trees([], _), do: nil

  defp trees(forms, module) do
    scope = TypeTree.scope(module, %{Names.new() | module: module}, Library.types(module))

    rows =
      for form <- forms,
          spec = TypeTree.spec(Code.Typespec.spec_to_quoted(:spec, form), scope),
          spec != nil,
          do: Enum.map(spec["args"], &own(&1, module))

    Enum.zip_with(rows, &together/1)
  end

  defp together(types) do
    case Enum.uniq(types) do
      [one] -> one
      several -> %{"t" => "union", "of" => several}
    end
  end

  # `Date.diff/2` takes any map with the fields of a date; who calls it has dates in mind.
  defp own(%{"t" => "remote", "module" => "Calendar"} = type, module), do: of_module(type, module)

  defp own(%{"t" => "struct", "name" => name} = type, module),
    do: if(name == inspect(module), do: of_module(type, module), else: type)

  defp own(type, _), do: type

  defp of_module(type, module) do
    name = inspect(module)
    if Structs.standard?(name), do: Structs.standard(name), else: type
  end
end
