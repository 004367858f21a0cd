defmodule Testgen.Mutation.Calls do
  @moduledoc """
  What each call in a source file really calls: function or macro, and whose.

  Learned by compiling the unchanged file under a compiler tracer. A call that the compiler never saw at its own
  position (an argument that a macro took apart, code under `quote`) is unknown, and unknown code is neither mutated
  nor looked into. Calls are found again by line, column and name; code that macros generate has no column. The
  compiler inlines some functions (`Map.keys/1` is `:maps.keys/1` by the time it tells): the module as written comes
  from its alias.
  """

  @type target :: {:function | :macro, module | :local, arity}
  @type t :: %{optional({pos_integer, pos_integer, atom}) => target | module}

  @table __MODULE__

  @doc """
  Runs the function while the compiler reports, and gives its value with the calls seen.
  """
  @spec record((() -> value)) :: {value, t} when value: term
  def record(fun) do
    table = :ets.new(@table, [:set, :private])
    Process.put(@table, table)
    tracers = Code.get_compiler_option(:tracers)
    Code.put_compiler_option(:tracers, [__MODULE__ | tracers])

    try do
      value = fun.()
      {value, Map.new(:ets.tab2list(table))}
    after
      Code.put_compiler_option(:tracers, tracers)
      Process.delete(@table)
      :ets.delete(table)
    end
  end

  @doc false
  @spec trace(term, Macro.Env.t()) :: :ok
  def trace({:remote_function, meta, module, name, arity}, _) do
    seen(meta, name, {:function, module, arity})
    seen(meta, :inlined?, {:function, module, arity})
  end

  def trace({:alias_reference, meta, module}, _), do: seen(meta, :__aliases__, module)

  def trace({:imported_function, meta, module, name, arity}, _),
    do: seen(meta, name, {:function, module, arity})

  def trace({:local_function, meta, name, arity}, _), do: seen(meta, name, {:function, :local, arity})
  def trace({:remote_macro, meta, module, name, arity}, _), do: seen(meta, name, {:macro, module, arity})
  def trace({:imported_macro, meta, module, name, arity}, _), do: seen(meta, name, {:macro, module, arity})
  def trace({:local_macro, meta, name, arity}, _), do: seen(meta, name, {:macro, :local, arity})
  def trace(_, _), do: :ok

  defp seen(meta, name, target) do
    with line when is_integer(line) <- meta[:line],
         column when is_integer(column) <- meta[:column],
         table when table != nil <- Process.get(@table) do
      :ets.insert_new(table, {{line, column, name}, target})
    end

    :ok
  end

  @doc """
  What a call node calls.
  """
  @spec target(t, Macro.t()) :: target | :unknown
  def target(calls, {{:., _, [left, name]}, meta, args}) when is_atom(name) and is_list(args) do
    with {kind, module, arity} <- found(calls, meta, name), do: {kind, written(calls, left) || module, arity}
  end

  def target(calls, {name, meta, _}) when is_atom(name), do: find(calls, meta, name)
  def target(_, _), do: :unknown

  defp found(calls, meta, name) do
    with :unknown <- find(calls, meta, name), do: find(calls, meta, :inlined?)
  end

  defp written(calls, {:__aliases__, meta, _}), do: Map.get(calls, {meta[:line], meta[:column], :__aliases__})
  defp written(_, _), do: nil

  defp find(calls, meta, name), do: Map.get(calls, {meta[:line], meta[:column], name}, :unknown)

  @doc """
  Does the node call the named function or macro of that module?
  """
  @spec calls?(t, Macro.t(), module) :: boolean
  def calls?(calls, node, module), do: match?({_, ^module, _}, target(calls, node))
end
