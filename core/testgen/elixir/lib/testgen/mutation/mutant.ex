defmodule Testgen.Mutation.Mutant do
  @moduledoc """
  One mutant: which operator made it, where in the source, and what stands there instead.
  """

  @enforce_keys [
    :id,
    :key,
    :operator,
    :group,
    :module,
    :function,
    :range,
    :start,
    :end,
    :original,
    :replacement
  ]
  defstruct [
    :id,
    :key,
    :operator,
    :group,
    :module,
    :function,
    :range,
    :start,
    :end,
    :original,
    :replacement,
    strategy: :switch,
    function_key: nil,
    reason: nil,
    message: nil
  ]

  @type t :: %__MODULE__{
          id: non_neg_integer,
          key: String.t(),
          operator: String.t(),
          group: String.t(),
          module: String.t(),
          function: String.t() | nil,
          range: {non_neg_integer, non_neg_integer},
          start: {pos_integer, pos_integer},
          end: {pos_integer, pos_integer},
          original: String.t(),
          replacement: String.t(),
          strategy: :switch | :recompile,
          function_key: {module, atom, arity} | nil,
          reason: String.t() | nil,
          message: String.t() | nil
        }

  @doc """
  The mutant as it travels in a frame: string keys, positions from 1, the end exclusive.
  """
  @spec to_wire(t) :: map
  def to_wire(%__MODULE__{} = mutant) do
    %{
      "id" => mutant.id,
      "key" => mutant.key,
      "operator" => mutant.operator,
      "group" => mutant.group,
      "module" => mutant.module,
      "function" => mutant.function,
      "start" => Tuple.to_list(mutant.start),
      "end" => Tuple.to_list(mutant.end),
      "original" => mutant.original,
      "replacement" => mutant.replacement,
      "strategy" => Atom.to_string(mutant.strategy)
    }
    |> put("reason", mutant.reason)
    |> put("message", mutant.message)
  end

  defp put(wire, _, nil), do: wire
  defp put(wire, key, value), do: Map.put(wire, key, value)
end
