defmodule Testgen.Mutation.Loader do
  @moduledoc """
  Brings builds into the VM and takes them out again.

  Where the instrumented file does not compile, the culprits are found by halving: first the functions that do not
  compile with points in them, then, in each, the mutants that do not. A mutant whose own text does not compile either
  is invalid; otherwise it is recompiled. A function that does not compile even without its mutants is left alone, and
  all its mutants are recompiled. So is a function that compiles and does not behave as it did: which one that is,
  is found in the same way.
  """

  alias Testgen.Mutation.{Build, Compiler, Instrument, Source}

  @doc """
  The modules' binaries as they are on disk (with documentation, consolidated), or as just compiled.
  """
  @spec originals(Compiler.compiled()) :: [{module, charlist, binary}]
  def originals(compiled) do
    for {module, binary} <- compiled do
      case :code.get_object_code(module) do
        {^module, on_disk, path} -> {module, path, on_disk}
        :error -> {module, ~c"nofile", binary}
      end
    end
  end

  # Compiled once; after that the binaries are there.
  @spec load(Build.t()) :: Build.t()
  def load(%Build{switched: [_ | _] = switched} = build) do
    for {module, binary} <- switched, do: put_in_place(module, ~c"", binary)
    build
  end

  def load(build) do
    case compile(build) do
      {:ok, switched} -> %{build | switched: switched}
      {:error, message} -> repair(build, message)
    end
  end

  defp put_in_place(module, path, binary) do
    :code.purge(module)
    {:module, ^module} = :code.load_binary(module, path, binary)
  end

  defp compile(build), do: Compiler.compile(build.ast, build.source.file)
  defp compiles?(build), do: match?({:ok, _}, compile(build))

  defp repair(build, message) do
    functions = switched_functions(build)
    culprits = culprits(functions, fn kept -> compiles?(freeze(build, functions -- kept)) end)
    build = Enum.reduce(culprits, freeze(build, culprits), &thaw(&1, &2, message))

    case compile(build) do
      {:ok, switched} -> %{build | switched: switched}
      {:error, message} -> give_up(build, functions, message)
    end
  end

  # What is left is the file as it was written.
  defp give_up(build, functions, message) do
    build = freeze(build, functions)
    {:ok, switched} = compile(build)
    %{build | switched: switched, fallbacks: for(key <- functions, do: {key, message})}
  end

  defp thaw(key, build, message) do
    alone = Instrument.run(%{build | frozen: MapSet.delete(build.frozen, key)})
    ids = for %{function_key: ^key, strategy: :switch} = mutant <- alone.mutants, do: mutant.id
    without = exclude(alone, ids)

    if compiles?(without) do
      culprits = culprits(ids, fn kept -> compiles?(exclude(alone, ids -- kept)) end)

      Instrument.run(%{
        alone
        | excluded: Map.merge(alone.excluded, Map.new(culprits, &{&1, verdict(build, &1)}))
      })
    else
      %{build | fallbacks: build.fallbacks ++ [{key, message}]}
    end
  end

  defp verdict(build, id) do
    case recompile(build, id) do
      {:ok, _} -> :recompile
      {:error, message} -> {:invalid, message}
    end
  end

  # Those of a list that fail even without the others, found by halving.
  defp culprits([], _), do: []

  defp culprits(suspects, holds?) do
    cond do
      holds?.(suspects) ->
        []

      match?([_], suspects) ->
        suspects

      true ->
        suspects
        |> Enum.split(div(length(suspects), 2))
        |> Tuple.to_list()
        |> Enum.flat_map(&culprits(&1, holds?))
    end
  end

  @doc """
  The build with no points in the functions of these names ("Cart.total/1"), before it is compiled.
  """
  @spec leave_alone(Build.t(), [String.t()]) :: Build.t()
  def leave_alone(build, []), do: build

  def leave_alone(build, names),
    do: freeze(build, for(key <- switched_functions(build), name(key) in names, do: key))

  defp name({module, name, arity}), do: Exception.format_mfa(module, name, arity)

  @doc """
  See `Testgen.Mutation.fall_back/3`.
  """
  @spec fall_back(Build.t(), (Build.t() -> boolean), String.t()) :: {:ok, Build.t()} | :none
  def fall_back(build, same?, reason) do
    functions = switched_functions(build)
    holds? = fn kept -> holds?(build, functions -- kept, same?) end

    with [_ | _] = culprits <- at_fault(functions, holds?),
         {:ok, fallen} <- without(build, culprits) do
      {:ok, load(%{fallen | fallbacks: build.fallbacks ++ for(key <- culprits, do: {key, reason})})}
    else
      _ ->
        load(build)
        :none
    end
  end

  # Functions may do harm only together: then none is at fault by itself, and all are left alone.
  defp at_fault(functions, holds?) do
    if holds?.([]) do
      culprits = culprits(functions, holds?)
      if holds?.(functions -- culprits), do: culprits, else: functions
    else
      []
    end
  end

  defp holds?(build, keys, same?) do
    case without(build, keys) do
      {:ok, build} -> build |> load() |> same?.()
      {:error, _} -> false
    end
  end

  defp without(build, keys) do
    frozen = freeze(build, keys)
    with {:ok, switched} <- compile(frozen), do: {:ok, %{frozen | switched: switched}}
  end

  defp freeze(build, keys),
    do: Instrument.run(%{build | frozen: MapSet.union(build.frozen, MapSet.new(keys))})

  defp exclude(build, ids),
    do: Instrument.run(%{build | excluded: Map.merge(build.excluded, Map.new(ids, &{&1, :recompile}))})

  defp switched_functions(build) do
    for(%{strategy: :switch, function_key: key} <- build.mutants, do: key) |> Enum.uniq()
  end

  @spec unload(Build.t()) :: :ok
  def unload(build) do
    for {module, path, binary} <- build.originals, do: put_in_place(module, path, binary)
    :ok
  end

  @doc """
  Compiles and loads the file with one mutant in its text.
  """
  @spec recompile(Build.t(), pos_integer) :: {:ok, Compiler.compiled()} | {:error, String.t()}
  def recompile(build, id) do
    mutant = Enum.find(build.mutants ++ build.invalid, &(&1.id == id))
    text = Source.splice(build.source, mutant.range, mutant.replacement)

    case Source.parse(text, build.source.file) do
      {:ok, source} -> Compiler.compile(Source.strip(source.ast), source.file)
      {:error, message, _} -> {:error, message}
    end
  end
end
