defmodule Testgen.Analysis.Inference.Implementers do
  @moduledoc """
  Modules of the project and its dependencies that have the functions which the code calls on a module that it
  is given.
  """

  @most 4
  @most_modules 600
  @library ~w(kernel stdlib elixir logger mix ex_unit compiler sasl testgen_agent iex eex crypto ssl public_key
              inets asn1 runtime_tools hex)a

  @doc "At most #{@most} modules, as they are written, that export all of `callbacks` (`name/arity`)."
  @spec of([String.t()]) :: [String.t()]
  def of([]), do: []

  def of(callbacks) do
    wanted = Enum.map(callbacks, &parsed/1)
    for module <- modules(), exports?(module, wanted), uniq: true, do: inspect(module)
  end

  defp parsed(callback) do
    [name, arity] = String.split(callback, "/")
    {String.to_atom(name), String.to_integer(arity)}
  end

  defp modules do
    key = {__MODULE__, :modules}

    with nil <- Process.get(key) do
      found =
        for {app, _, _} <- Application.loaded_applications(),
            app not in @library,
            {:ok, modules} <- [:application.get_key(app, :modules)],
            module <- modules,
            match?("Elixir." <> _, Atom.to_string(module)),
            do: module

      tap(Enum.take(Enum.sort(found), @most_modules), &Process.put(key, &1))
    end
  end

  defp exports?(module, wanted),
    do:
      Code.ensure_loaded?(module) and
        Enum.all?(wanted, fn {name, arity} -> function_exported?(module, name, arity) end)
end
