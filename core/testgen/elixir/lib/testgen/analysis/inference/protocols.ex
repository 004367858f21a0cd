defmodule Testgen.Analysis.Inference.Protocols do
  @moduledoc "Types of values that implement a protocol."

  @standard %{Enumerable => "list", Collectable => "list", String.Chars => "string", List.Chars => "string"}
  @most 5

  @doc "Whether a module is a protocol of the project or of a dependency."
  @spec protocol?(module()) :: boolean()
  def protocol?(module) do
    not is_map_key(@standard, module) and module not in [Inspect, IEx.Info] and Code.ensure_loaded?(module) and
      function_exported?(module, :__protocol__, 1)
  end

  @doc "The type of a value that implements `protocol`: one of those that do."
  @spec implementing(module()) :: map()
  def implementing(protocol) do
    case @standard do
      %{^protocol => kind} -> %{"t" => kind, "of" => %{"t" => "any"}}
      _ -> one_of(Enum.map(implementations(protocol), &implementation/1))
    end
  end

  defp one_of([]), do: %{"t" => "any"}
  defp one_of([one]), do: one
  defp one_of(several), do: %{"t" => "union", "of" => several}

  # Those for structs first: the protocol was made for them.
  defp implementations(protocol) do
    case protocol.__protocol__(:impls) do
      {:consolidated, modules} -> modules |> Enum.sort_by(&(not struct?(&1))) |> Enum.take(@most)
      :not_consolidated -> []
    end
  end

  defp struct?(module), do: Code.ensure_loaded?(module) and function_exported?(module, :__struct__, 0)

  defp implementation(module) do
    if struct?(module),
      do: %{"t" => "struct", "name" => inspect(module), "fields" => []},
      else: %{"t" => module |> Module.split() |> List.last() |> kind()}
  end

  defp kind("BitString"), do: "string"
  defp kind("PID"), do: "pid"
  defp kind(name), do: Macro.underscore(name)
end
