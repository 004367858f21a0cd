defmodule Testgen.Scoring.Code do
  @moduledoc """
  Which form of the modules under test is loaded: the switched one, the original, or that of one recompiled mutant.
  """

  alias Testgen.Mutation
  alias Testgen.Mutation.Build
  alias Testgen.Runner.{Loading, Suite}

  @doc "Calls `fun` with the original modules loaded, and loads the switched ones again."
  @spec with_plain(Build.t(), (() -> value)) :: value when value: term
  def with_plain(%Build{} = build, fun) do
    Mutation.unload(build)

    try do
      fun.()
    after
      {:ok, _} = Mutation.load(build)
    end
  end

  @doc """
  Loads the modules with one recompiled mutant in them, and again the test files that use them at compile time.

  The function that it answers puts the original modules and the tests back.
  """
  @spec recompiled(Build.t(), Suite.t(), pos_integer) :: {:ok, (() -> :ok)} | {:error, String.t()}
  def recompiled(%Build{} = build, %Suite{} = suite, id) do
    with {:ok, _compiled} <- Mutation.recompile(build, id) do
      {:ok, back(Loading.reload_users(suite, build.modules), build, suite)}
    else
      {:error, message} ->
        Mutation.unload(build)
        {:error, message}
    end
  end

  # Tests that do not compile any more keep their code: a mutant is not judged by that.
  defp back({:error, _message}, build, suite), do: back({:ok, Map.keys(suite.files)}, build, suite)

  defp back({:ok, reloaded}, build, suite) do
    fn ->
      Mutation.unload(build)
      Loading.put_back(suite, reloaded)
    end
  end

  @doc """
  Loads the switched modules again if they are not the ones that `fingerprint` is of; answers whether they were not.
  """
  @spec replaced?(Build.t() | nil, [binary]) :: boolean
  def replaced?(nil, _fingerprint), do: false

  def replaced?(%Build{} = build, fingerprint) do
    replaced? = fingerprint(build) != fingerprint
    if replaced?, do: {:ok, _} = Mutation.load(build)
    replaced?
  end

  @doc "What identifies the code of the modules that is loaded now, to see whether a test replaced it."
  @spec fingerprint(Build.t()) :: [binary]
  def fingerprint(%Build{modules: modules}), do: Enum.map(modules, &fingerprint_of/1)

  defp fingerprint_of(module) do
    module.module_info(:md5)
  rescue
    UndefinedFunctionError -> nil
  end
end
