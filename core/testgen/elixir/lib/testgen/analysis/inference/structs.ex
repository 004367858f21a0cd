defmodule Testgen.Analysis.Inference.Structs do
  @moduledoc """
  Types of structs by their module's name: from its `@type t`, completed by what the code reads of it.

  A struct of the file itself is told by its name alone, since its fields and defaults are sent with the
  module.
  """

  alias Testgen.Analysis.Names
  alias Testgen.TypeTree
  alias Testgen.TypeTree.Library

  @standard ~w(Date Time NaiveDateTime DateTime Calendar Range MapSet Regex URI Version)

  @doc "Whether the language itself has values of this module, and ways to write them."
  @spec standard?(String.t() | nil) :: boolean()
  def standard?(module), do: module in @standard

  @doc "The type of a value of a standard module."
  @spec standard(String.t()) :: map()
  def standard(module),
    do: %{"t" => "remote", "module" => module, "name" => "t", "args" => [], "resolved" => nil}

  @doc """
  The type of a struct, `fields` being those that the code reads, in the form of `Testgen.TypeTree`; required are
  those, and what cannot be left out.
  """
  @spec tree(String.t(), [map()]) :: map()
  def tree(name, fields) do
    if standard?(name),
      do: standard(name),
      else: %{"t" => "struct", "name" => name, "fields" => fields(name, fields)}
  end

  defp fields(name, read) do
    module = Module.concat([name])
    enforced = Map.new(enforced(module), &{&1, any(&1)})

    declared =
      module
      |> declared()
      |> Map.new(&{&1["key_source"], %{&1 | "required" => is_map_key(enforced, &1["key_source"])}})

    read = Map.new(read, &{&1["key_source"], &1})

    enforced
    |> Map.merge(declared)
    |> Map.merge(read, fn _, known, inferred -> %{narrower(known, inferred) | "required" => true} end)
    |> Map.delete(":__struct__")
    |> Map.values()
    |> Enum.sort_by(& &1["key_source"])
  end

  defp narrower(known, %{"value" => %{"t" => "any"}}), do: known
  defp narrower(%{"value" => %{"t" => "any"}}, inferred), do: inferred
  defp narrower(known, _inferred), do: known

  defp declared(module) do
    types = if Code.ensure_loaded?(module), do: Library.types(module), else: %{}

    with {_, [], quoted} <- types[{:t, 0}],
         %{"t" => "struct", "fields" => fields} <- expand(module, quoted, types),
         do: fields,
         else: (_ -> [])
  end

  defp expand(module, quoted, types) do
    scope = TypeTree.scope(module, %{Names.new() | module: module}, types)
    TypeTree.build(quoted, %{scope | path: [{module, :t, 0}]})
  end

  defp enforced(module) do
    if Code.ensure_loaded?(module) and function_exported?(module, :__info__, 1),
      do: for(%{field: field, required: true} <- module.__info__(:struct) || [], do: inspect(field)),
      else: []
  end

  defp any(key),
    do: %{
      "key" => %{"t" => "literal", "source" => key},
      "key_source" => key,
      "required" => true,
      "value" => %{"t" => "any"}
    }
end
