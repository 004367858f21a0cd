defmodule Testgen.Mutation.Definitions do
  @moduledoc """
  How many clauses each compiled function really has, from the debug information of its module.

  More than the source shows means that a macro, a loop in the module's body or a hook adds clauses: such a function
  cannot be put behind a dispatcher, which would hide them.
  """

  alias Testgen.Mutation.{Build, Compiler}

  @spec num_clauses(Compiler.compiled()) :: %{optional(Build.function_key()) => non_neg_integer}
  def num_clauses(compiled) do
    for {module, binary} <- compiled,
        {{name, arity}, _, _, clauses} <- definitions(binary),
        into: %{},
        do: {{module, name, arity}, length(clauses)}
  end

  defp definitions(binary) do
    case :beam_lib.chunks(binary, [:debug_info]) do
      {:ok, {_, [debug_info: {:debug_info_v1, _, {:elixir_v1, %{definitions: definitions}, _}}]}} ->
        definitions

      _ ->
        []
    end
  end
end
