defmodule Testgen.Observation.Sketch do
  @moduledoc """
  The outline of a value in the form of `Testgen.TypeTree`, three levels deep: what kind it is and of which
  parts, so that it is known which argument it may be passed as.

  Of a list the first element stands for all.
  """

  @deepest 3
  @most 12

  @doc "The outline of `value`."
  @spec of(term(), non_neg_integer()) :: map()
  def of(value, depth \\ 0)
  def of(_, depth) when depth > @deepest, do: %{"t" => "any"}
  def of(value, _) when is_boolean(value), do: %{"t" => "boolean"}
  def of(value, _) when is_atom(value), do: %{"t" => "literal", "source" => inspect(value)}
  def of(value, _) when is_integer(value), do: %{"t" => "integer"}
  def of(value, _) when is_float(value), do: %{"t" => "float"}
  def of(value, _) when is_binary(value), do: %{"t" => "string"}
  def of(value, _) when is_bitstring(value), do: %{"t" => "bitstring"}
  def of(value, _) when is_pid(value), do: %{"t" => "pid"}
  def of(value, _) when is_reference(value), do: %{"t" => "reference"}
  def of(value, _) when is_port(value), do: %{"t" => "port"}

  def of(value, _) when is_function(value) do
    {:arity, arity} = Function.info(value, :arity)
    %{"t" => "function", "args" => List.duplicate(%{"t" => "any"}, arity), "return" => %{"t" => "any"}}
  end

  def of([first | _], depth), do: %{"t" => "list", "of" => of(first, depth + 1)}
  def of([], _), do: %{"t" => "list", "of" => nil}

  def of(value, depth) when is_tuple(value),
    do: %{
      "t" => "tuple",
      "of" => value |> Tuple.to_list() |> Enum.take(@most) |> Enum.map(&of(&1, depth + 1))
    }

  def of(%module{} = value, depth),
    do: %{"t" => "struct", "name" => inspect(module), "fields" => value |> Map.from_struct() |> fields(depth)}

  def of(value, depth) when is_map(value), do: %{"t" => "map", "fields" => fields(value, depth)}

  defp fields(map, depth) do
    for {key, value} <- map |> Enum.sort() |> Enum.take(@most), is_atom(key) or is_binary(key) do
      %{
        "key" => of(key, depth + 1),
        "key_source" => inspect(key),
        "required" => true,
        "value" => of(value, depth + 1)
      }
    end
  end
end
