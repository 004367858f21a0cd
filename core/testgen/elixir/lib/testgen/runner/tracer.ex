defmodule Testgen.Runner.Tracer do
  @moduledoc """
  A compile tracer that collects the modules whose macros, structs or functions are used while a file is compiled, so that it is
  known which test files have to be compiled again when such a module changes.
  """

  @key __MODULE__

  @doc "Calls `fun`, which compiles in this process; its value and the modules that were used."
  @spec record((() -> value)) :: {value, MapSet.t(module)} when value: term
  def record(fun) do
    tracers = Code.get_compiler_option(:tracers)
    Process.put(@key, MapSet.new())
    Code.put_compiler_option(:tracers, [__MODULE__ | tracers])

    try do
      value = fun.()
      {value, Process.get(@key)}
    after
      Code.put_compiler_option(:tracers, tracers)
      Process.delete(@key)
    end
  end

  @doc false
  @spec trace(tuple, Macro.Env.t()) :: :ok
  def trace({:remote_macro, _meta, module, _name, _arity}, _env), do: used(module)
  def trace({:imported_macro, _meta, module, _name, _arity}, _env), do: used(module)
  def trace({:struct_expansion, _meta, module, _keys}, _env), do: used(module)
  def trace({:remote_function, _meta, module, _name, _arity}, %{function: nil}), do: used(module)
  def trace({:imported_function, _meta, module, _name, _arity}, %{function: nil}), do: used(module)
  def trace(_event, _env), do: :ok

  defp used(module) do
    case Process.get(@key) do
      nil -> :ok
      modules -> Process.put(@key, MapSet.put(modules, module)) && :ok
    end
  end
end
