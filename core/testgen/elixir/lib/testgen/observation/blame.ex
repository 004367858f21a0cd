defmodule Testgen.Observation.Blame do
  @moduledoc """
  Which value an exception complains of, and what it should have been, where the language itself raised it.

  The answer is `%{"value" => source, "wants" => type}` (in the form of `Testgen.TypeTree`), with `"key"` for a
  key that a map lacks, or, where no clause of a function took its arguments, `%{"function" => "name/arity",
  "module" => name, "arguments" => [source]}`. Nil where nothing is known. Values that cannot be written as
  source are left out.
  """

  alias Testgen.Analysis.Inference.{Protocols, Specs}
  alias Testgen.Observation.ValueSource

  @doc "What an exception tells of the value that it was raised for."
  @spec of(Exception.t(), Exception.stacktrace()) :: map() | nil
  def of(%KeyError{key: key, term: term}, _) do
    case ValueSource.source(key) do
      {:ok, key} -> wants(term, %{"t" => "map", "fields" => []}, %{"key" => key})
      :error -> nil
    end
  end

  def of(%BadMapError{term: term}, _), do: wants(term, %{"t" => "map", "fields" => []})
  def of(%BadBooleanError{term: term}, _), do: wants(term, %{"t" => "boolean"})
  def of(%BadFunctionError{term: term}, stacktrace), do: wants(term, function(called_with(stacktrace)))
  def of(%BadArityError{function: function, args: args}, _), do: wants(function, function(length(args)))

  def of(%Protocol.UndefinedError{protocol: protocol, value: value}, _),
    do: wants(value, Protocols.implementing(protocol))

  def of(%UndefinedFunctionError{module: module, function: name, arity: arity}, _)
      when is_atom(module) and name != nil,
      do: wants(module, %{"t" => "module", "callbacks" => ["#{name}/#{arity}"]})

  def of(%ArithmeticError{}, [{:erlang, _, [_ | _] = args, _} | _]) do
    case Enum.find(args, &(not is_number(&1))) do
      nil -> nil
      wrong -> wants(wrong, %{"t" => "number"})
    end
  end

  def of(%FunctionClauseError{}, [{module, name, args, _} | _]) when is_list(args),
    do: refused(module, name, args) || unmatched(module, name, args)

  def of(_, [{module, name, args, _} | _]) when is_list(args), do: refused(module, name, args)
  def of(_, _), do: nil

  # The first argument that the function's spec does not allow.
  defp refused(module, name, args) do
    args
    |> Enum.zip(Specs.arguments(module, name, length(args)) || [])
    |> Enum.find_value(fn {arg, type} -> if fits?(arg, type), do: nil, else: wants(arg, type) end)
  end

  defp unmatched(module, name, args) do
    sources =
      for arg <- args, do: with({:ok, source} <- ValueSource.source(arg), do: source, else: (_ -> nil))

    %{
      "function" => "#{name}/#{length(args)}",
      "module" => inspect(module),
      "arguments" => sources
    }
  end

  defp wants(value, type, more \\ %{}) do
    case ValueSource.source(value) do
      {:ok, source} -> Map.merge(more, %{"value" => source, "wants" => type})
      :error -> nil
    end
  end

  defp function(arity),
    do: %{"t" => "function", "args" => List.duplicate(%{"t" => "any"}, arity), "return" => %{"t" => "any"}}

  defp called_with([{_, args, _} | _]) when is_list(args), do: length(args)
  defp called_with(_), do: 1

  # Whether a value may be of a type, looked at from the outside; what is not known here may be anything.
  defp fits?(value, %{"t" => "union", "of" => of}), do: Enum.any?(of, &fits?(value, &1))
  defp fits?(value, %{"t" => "remote", "resolved" => %{} = resolved}), do: fits?(value, resolved)
  defp fits?(value, %{"t" => "opaque", "resolved" => %{} = resolved}), do: fits?(value, resolved)
  defp fits?(value, %{"t" => "remote", "module" => module, "name" => "t"}), do: struct_of?(value, module)
  defp fits?(value, %{"t" => "struct", "name" => name}) when name != nil, do: struct_of?(value, name)
  defp fits?(value, %{"t" => "literal", "source" => source}), do: ValueSource.source(value) == {:ok, source}
  defp fits?(value, %{"t" => "integer"}), do: is_integer(value)
  defp fits?(value, %{"t" => "non_neg_integer"}), do: is_integer(value) and value >= 0
  defp fits?(value, %{"t" => "pos_integer"}), do: is_integer(value) and value > 0

  defp fits?(value, %{"t" => "range", "first" => first, "last" => last}),
    do: is_integer(value) and value in first..last

  defp fits?(value, %{"t" => "float"}), do: is_float(value)
  defp fits?(value, %{"t" => "number"}), do: is_number(value)
  defp fits?(value, %{"t" => kind}) when kind in ["string", "binary"], do: is_binary(value)
  defp fits?(value, %{"t" => "bitstring"}), do: is_bitstring(value)
  defp fits?(value, %{"t" => kind}) when kind in ["atom", "module"], do: is_atom(value)
  defp fits?(value, %{"t" => "boolean"}), do: is_boolean(value)
  defp fits?(value, %{"t" => kind}) when kind in ["list", "keyword", "charlist"], do: is_list(value)
  defp fits?(value, %{"t" => "iodata"}), do: is_list(value) or is_binary(value)
  defp fits?(value, %{"t" => "map"}), do: is_map(value)

  defp fits?(value, %{"t" => "tuple", "of" => of}) when is_list(of),
    do: is_tuple(value) and tuple_size(value) == length(of)

  defp fits?(value, %{"t" => "tuple"}), do: is_tuple(value)

  defp fits?(value, %{"t" => "function", "args" => args}) when is_list(args),
    do: is_function(value, length(args))

  defp fits?(value, %{"t" => "function"}), do: is_function(value)
  defp fits?(value, %{"t" => "pid"}), do: is_pid(value)
  defp fits?(value, %{"t" => "reference"}), do: is_reference(value)
  defp fits?(_, _), do: true

  defp struct_of?(%module{}, name), do: inspect(module) == name

  defp struct_of?(_, name) when is_binary(name),
    do: name in ["Enumerable", "Collectable", "Access", "Calendar"]

  defp struct_of?(_, _), do: true
end
