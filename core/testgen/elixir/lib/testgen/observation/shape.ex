defmodule Testgen.Observation.Shape do
  @moduledoc """
  What the values of several runs have in common, as a tree that can be matched (`fits?/2`) and written as a
  pattern (`Testgen.Observation.PatternSource`). Matching decides as the written pattern with its follow-up
  assertions would.

  Nodes: `{:value, term}` (the same in all runs), `{:kind, kind}` (only its type is), `{:delta, float,
  delta}`, `:any`, `{:tuple, of}`, `{:list, of}`, `{:head, of, length}` (a list's first items), `{:prefix,
  text, bytes}`, `{:map, pairs}`, `{:struct, module, pairs}`.
  """

  alias Testgen.Observation.{Number, ValueSource}

  @type kind ::
          :pid
          | :reference
          | :port
          | :integer
          | :float
          | :number
          | :binary
          | :atom
          | :boolean
          | :list
          | :map
          | {:function, arity()}
  @type t ::
          {:value, term()}
          | {:kind, kind()}
          | {:delta, float(), float()}
          | :any
          | {:tuple, [t()]}
          | {:list, [t()]}
          | {:head, [t()], non_neg_integer()}
          | {:prefix, String.t(), non_neg_integer() | nil}
          | {:map, [{term(), t()}]}
          | {:struct, module(), [{atom(), t()}]}

  @shared_prefix 4

  # What is in these is the language's own affair.
  @closed [DateTime, NaiveDateTime, Date, Time, MapSet, Stream, File.Stream, IO.Stream, Task]

  @doc """
  The shape of the values seen at one place, one for each run. `keep?` tells whether a leaf may be pinned.
  """
  @spec of([term(), ...], (term() -> boolean())) :: t()
  def of([value | rest] = values, keep? \\ fn _ -> true end) do
    cond do
      Enum.all?(values, &stacktrace?/1) -> :any
      Enum.all?(rest, &(&1 === value)) and keep?.(value) and leaf?(value) -> {:value, value}
      true -> by_type(values, keep?)
    end
  end

  @doc "Whether the shape says anything that a wrong value could violate."
  @spec says_something?(t()) :: boolean()
  def says_something?(:any), do: false
  def says_something?(_), do: true

  @doc "A shape that pins only the beginning of a long value."
  @spec abbreviated(term()) :: t()
  def abbreviated(value), do: shorten(value, 600)

  @doc "A struct, alone or under `:ok`, by the fields that do not have their default."
  @spec open(term()) :: t()
  def open({:ok, value}), do: {:tuple, [{:value, :ok}, open(value)]}

  def open(%module{} = value),
    do: {:struct, module, fields(own_fields(module, [value]), [value], fn _ -> true end)}

  @doc "Whether `value` is as the shape says."
  @spec fits?(t(), term()) :: boolean()
  def fits?(:any, _), do: true
  def fits?({:value, expected}, value), do: value === expected
  def fits?({:delta, expected, delta}, value), do: is_number(value) and abs(value - expected) <= delta
  def fits?({:kind, kind}, value), do: kind?(kind, value)

  def fits?({:tuple, of}, value) when is_tuple(value),
    do: tuple_size(value) == length(of) and all_fit?(of, Tuple.to_list(value))

  def fits?({:list, of}, value) when is_list(value), do: all_fit?(of, value)

  def fits?({:head, of, length}, value) when is_list(value),
    do: proper?(value) and length(value) == length and all_fit?(of, Enum.take(value, length(of)))

  def fits?({:prefix, prefix, bytes}, value) when is_binary(value),
    do: String.starts_with?(value, prefix) and (bytes == nil or byte_size(value) == bytes)

  def fits?({:struct, module, pairs}, %module{} = value), do: fields_fit?(pairs, value)
  def fits?({:map, pairs}, value) when is_map(value), do: fields_fit?(pairs, value)
  def fits?(_, _), do: false

  defp fields_fit?(pairs, value) do
    Enum.all?(pairs, fn {key, shape} ->
      case value do
        %{^key => field} -> fits?(shape, field)
        _ -> false
      end
    end)
  end

  defp all_fit?([], []), do: true
  defp all_fit?([shape | shapes], [value | values]), do: fits?(shape, value) and all_fit?(shapes, values)
  defp all_fit?(_, _), do: false

  defp proper?([_ | tail]), do: proper?(tail)
  defp proper?(tail), do: tail == []

  # Containers are descended into only for a reason: a part without source, a float that is not exact, a leaf to be let go.
  defp leaf?(value) when is_float(value), do: Number.exact?(value)

  defp leaf?(value) when is_tuple(value) or is_list(value) or is_map(value),
    do: ValueSource.source(value) != :error and not inexact?(value)

  defp leaf?(value), do: ValueSource.source(value) != :error

  defp inexact?(value) when is_float(value), do: not Number.exact?(value)
  defp inexact?([head | tail] = list), do: stacktrace?(list) or inexact?(head) or inexact?(tail)
  defp inexact?(value) when is_tuple(value), do: value |> Tuple.to_list() |> inexact?()
  defp inexact?(%_{} = value), do: value |> Map.from_struct() |> Map.values() |> inexact?()
  defp inexact?(value) when is_map(value), do: value |> Map.values() |> inexact?()
  defp inexact?(_), do: false

  # Files, lines and the functions in between are not what a caller relies on: {:function_clause, [{A, :f, 1, [file: ..]}]}.
  defp stacktrace?([_ | _] = list),
    do: proper?(list) and Enum.all?(list, &entry?/1) and Enum.any?(list, &located?/1)

  defp stacktrace?(_), do: false

  defp entry?({module, name, arity, location}) when is_atom(module) and is_atom(name),
    do: (is_integer(arity) or is_list(arity)) and Keyword.keyword?(location)

  defp entry?(_), do: false

  defp located?({_, _, _, location}), do: Keyword.has_key?(location, :file)

  defp by_type([value | _] = values, keep?) do
    cond do
      kind = Enum.find([:pid, :reference, :port], &all?(values, &1)) -> {:kind, kind}
      Enum.all?(values, &is_function/1) -> function(values)
      Enum.all?(values, &is_tuple/1) -> tuple(values, keep?)
      Enum.all?(values, &is_list/1) -> list(values, keep?)
      Enum.all?(values, &is_struct/1) -> structs(values, keep?)
      Enum.all?(values, &is_map/1) -> map(values, keep?)
      Enum.all?(values, &is_binary/1) -> binary(values)
      Enum.all?(values, &is_float/1) -> float(values, keep?.(value))
      kind = Enum.find([:integer, :number, :boolean, :atom], &all?(values, &1)) -> {:kind, kind}
      true -> :any
    end
  end

  defp all?(values, kind), do: Enum.all?(values, &kind?(kind, &1))

  defp kind?(:pid, value), do: is_pid(value)
  defp kind?(:reference, value), do: is_reference(value)
  defp kind?(:port, value), do: is_port(value)
  defp kind?(:integer, value), do: is_integer(value)
  defp kind?(:float, value), do: is_float(value)
  defp kind?(:number, value), do: is_number(value)
  defp kind?(:binary, value), do: is_binary(value)
  defp kind?(:boolean, value), do: is_boolean(value)
  defp kind?(:atom, value), do: is_atom(value)
  defp kind?(:list, value), do: is_list(value)
  defp kind?(:map, value), do: is_map(value)
  defp kind?({:function, arity}, value), do: is_function(value, arity)

  defp function([value | _] = values) do
    arity = Function.info(value)[:arity]
    if Enum.all?(values, &is_function(&1, arity)), do: {:kind, {:function, arity}}, else: :any
  end

  defp tuple([value | _] = values, keep?) do
    if Enum.all?(values, &(tuple_size(&1) == tuple_size(value))),
      do: {:tuple, values |> Enum.map(&Tuple.to_list/1) |> columns(keep?)},
      else: :any
  end

  defp list([value | _] = values, keep?) do
    if Enum.all?(values, &proper?/1) and Enum.all?(values, &(length(&1) == length(value))),
      do: {:list, columns(values, keep?)},
      else: {:kind, :list}
  end

  defp columns(rows, keep?), do: rows |> Enum.zip() |> Enum.map(&of(Tuple.to_list(&1), keep?))

  defp structs([%module{} | _] = values, keep?) do
    cond do
      not Enum.all?(values, &is_struct(&1, module)) ->
        {:kind, :map}

      module in @closed ->
        {:struct, module, []}

      module == Regex ->
        {:struct, module, fields([:source, :opts], values, keep?)}

      true ->
        {:struct, module,
         module |> own_fields(values) |> fields(values, keep?) |> Enum.reject(&match?({_, :any}, &1))}
    end
  end

  # Fields that have their default in every run say nothing that a reader wants to see.
  defp own_fields(module, values) do
    default = if function_exported?(module, :__struct__, 0), do: module.__struct__(), else: %{}
    names = values |> hd() |> Map.from_struct() |> Map.delete(:__exception__) |> Map.keys() |> Enum.sort()

    Enum.reject(names, fn name ->
      Enum.all?(values, &(Map.get(&1, name) === Map.get(default, name, make_ref())))
    end)
  end

  defp fields(names, values, keep?),
    do: Enum.map(names, fn name -> {name, values |> Enum.map(&Map.get(&1, name)) |> of(keep?)} end)

  defp map([value | rest] = values, keep?) do
    shared =
      value
      |> ValueSource.sorted()
      |> Enum.map(&elem(&1, 0))
      |> Enum.filter(fn key -> Enum.all?(rest, &is_map_key(&1, key)) end)

    writable = Enum.filter(shared, &(ValueSource.source(&1) != :error))
    {:map, fields(writable, values, keep?)}
  end

  defp binary([value | rest]) do
    shared = Enum.reduce(rest, value, &shared_prefix/2)

    if String.length(shared) >= @shared_prefix and rest != [] and shared != value,
      do: {:prefix, shared, nil},
      else: {:kind, :binary}
  end

  defp shared_prefix(left, right) do
    size = :binary.longest_common_prefix([left, right])
    left |> binary_part(0, size) |> valid()
  end

  defp valid(text),
    do: if(String.valid?(text), do: text, else: text |> binary_part(0, byte_size(text) - 1) |> valid())

  defp float([value | _] = values, keep?) do
    delta = Number.delta(value)

    if keep? and Enum.all?(values, &(abs(&1 - value) <= delta)),
      do: {:delta, Number.rounded(value), delta},
      else: {:kind, :float}
  end

  # Long parts are cut, short ones kept: `room` is how many characters of source are left for this part.
  defp shorten(value, room) do
    case ValueSource.source(value) do
      {:ok, source} when byte_size(source) <= room -> of([value])
      _ -> cut(value, room)
    end
  end

  defp cut(value, _room) when is_binary(value) do
    prefix = value |> String.slice(0, 40) |> then(&if(String.valid?(&1), do: &1, else: nil))
    if prefix, do: {:prefix, prefix, byte_size(value)}, else: {:kind, :binary}
  end

  defp cut(value, room) when is_tuple(value) do
    items = Tuple.to_list(value)
    {:tuple, Enum.map(items, &shorten(&1, div(room, length(items))))}
  end

  defp cut([_ | _] = value, room) do
    if proper?(value),
      do: {:head, value |> Enum.take(3) |> Enum.map(&shorten(&1, div(room, 3))), length(value)},
      else: {:kind, :list}
  end

  defp cut(%module{} = value, room),
    do: {:struct, module, module |> own_fields([value]) |> cut_fields(value, room)}

  defp cut(value, room) when is_map(value),
    do: {:map, value |> Map.keys() |> Enum.sort() |> cut_fields(value, room)}

  defp cut(value, _room), do: of([value])

  defp cut_fields(names, value, room) do
    names = names |> Enum.filter(&(ValueSource.source(&1) != :error)) |> Enum.take(6)
    Enum.map(names, fn name -> {name, shorten(Map.fetch!(value, name), div(room, 6))} end)
  end
end
