defmodule Testgen.Analysis.Inference.Callbacks do
  @moduledoc "Types that the behaviours of a module give to the arguments of its callbacks."

  alias Testgen.Analysis.Names
  alias Testgen.TypeTree
  alias Testgen.TypeTree.Library

  @doc "Argument types by callback, of all behaviours named that are compiled."
  @spec arguments([String.t()]) :: %{{atom(), arity()} => [map()]}
  def arguments(behaviours),
    do: behaviours |> Enum.map(&of(Module.concat([&1]))) |> Enum.reduce(%{}, &Map.merge/2)

  defp of(module) do
    with true <- Code.ensure_loaded?(module), {:ok, callbacks} <- Code.Typespec.fetch_callbacks(module) do
      scope = TypeTree.scope(module, %{Names.new() | module: module}, Library.types(module))

      for {{name, arity}, [form | _]} <- callbacks,
          spec = TypeTree.spec(Code.Typespec.spec_to_quoted(name, form), scope),
          spec != nil,
          into: %{},
          do: {{name, arity}, spec["args"]}
    else
      _ -> %{}
    end
  end
end
