defmodule Testgen.MutationSource do
  @moduledoc """
  Small sources for tests of mutation: a module of a fresh name around some code, its mutants, and what calls give.
  """

  alias Testgen.Mutation

  @doc """
  Builds a module around definitions; gives the build and the module.
  """
  def build(definitions, options \\ []) do
    name = "MutationSource#{System.unique_integer([:positive])}"
    {:ok, build} = Mutation.build("defmodule #{name} do\n#{definitions}\nend\n", "#{name}.ex", options)
    {build, Module.concat([name])}
  end

  @doc """
  What an operator makes of the definitions: pairs of text before and after.
  """
  def changes(definitions, operator) do
    {build, module} = build(definitions)
    unload(module)
    for %{operator: ^operator} = mutant <- build.mutants, do: {mutant.original, mutant.replacement}
  end

  @doc """
  The value of code that calls the module as `M`, or how it failed.
  """
  def value(module, call) do
    empty_mailbox()
    {value, _} = Code.eval_string("alias #{inspect(module)}, as: M; " <> call)
    {:ok, settle(value, module)}
  rescue
    error -> {:raise, error.__struct__, message(error, module)}
  catch
    kind, reason -> {kind, reason}
  end

  defp empty_mailbox do
    receive do
      _ -> empty_mailbox()
    after
      0 -> :ok
    end
  end

  defp settle(value, _) when is_function(value), do: :a_function
  defp settle(value, _), do: value

  defp message(error, module), do: error |> Exception.message() |> String.replace(inspect(module), "M")

  def unload(module) do
    :code.purge(module)
    :code.delete(module)
    :ok
  end
end
