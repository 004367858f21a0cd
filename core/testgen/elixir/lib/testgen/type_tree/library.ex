defmodule Testgen.TypeTree.Library do
  @moduledoc """
  The types that a compiled module defines, from its beam.

  Kept for the life of the calling process, which answers one request: a beam on disk may change between
  requests, not within.
  """

  @type types :: %{{atom(), arity()} => {atom(), [atom()], Macro.t()}}

  @doc "Types of `module` by name and arity; empty where there is no beam or it has none."
  @spec types(module()) :: types()
  def types(module) do
    case Process.get({__MODULE__, module}) do
      nil -> tap(read(module), &Process.put({__MODULE__, module}, &1))
      types -> types
    end
  end

  defp read(module) do
    case Code.Typespec.fetch_types(module) do
      {:ok, types} -> Map.new(types, &entry/1)
      :error -> %{}
    end
  end

  defp entry({kind, type}) do
    {:"::", _, [{name, _, params}, quoted]} = Code.Typespec.type_to_quoted(type)
    params = if is_list(params), do: params, else: []
    {{name, length(params)}, {kind, Enum.map(params, &elem(&1, 0)), quoted}}
  end
end
