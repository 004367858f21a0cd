defmodule Testgen.Observation.ValueSource do
  @moduledoc """
  Writes a value as the source a person would write for it.

  Structs that have a sigil or an inspected form that evaluates to the same value are written so (checked by
  evaluating), others as `%Name{}` with their fields; sets as `MapSet.new([...])`; external captures as
  `&Mod.fun/1`. Module names are shortened by the aliases given. Pids, references, ports and closures have no
  source: `:error`.
  """

  @typedoc "Short names by module, as the test's `alias` lines give them."
  @type aliases :: %{module() => String.t()}

  # With more fields than this, a struct is written without any that has its default; with fewer, without those
  # that hold nothing by default.
  @all_fields_up_to 5
  @nothing [nil, [], "", %{}]

  # From here on digits are grouped, as style guides ask.
  @grouped_from 10_000

  @doc "Source of `value`, or `:error` where some part of it cannot be written."
  @spec source(term(), aliases()) :: {:ok, String.t()} | :error
  def source(value, aliases \\ %{}) do
    {:ok, value |> write(aliases) |> IO.iodata_to_binary()}
  catch
    :no_source -> :error
  end

  @doc "A module's name under the aliases."
  @spec module_name(module(), aliases()) :: String.t()
  def module_name(module, aliases), do: Map.get_lazy(aliases, module, fn -> outer_alias(module, aliases) end)

  # An alias of an outer module shortens the inner one too.
  defp outer_alias(module, aliases) do
    name = inspect(module)

    Enum.find_value(aliases, name, fn {full, short} ->
      prefix = inspect(full) <> "."
      if String.starts_with?(name, prefix), do: short <> "." <> String.replace_prefix(name, prefix, "")
    end)
  end

  defp write(atom, aliases) when is_atom(atom), do: atom(Atom.to_string(atom), atom, aliases)
  defp write(integer, _) when is_integer(integer) and abs(integer) >= @grouped_from, do: grouped(integer)
  defp write(number, _) when is_number(number), do: inspect(number)
  defp write(binary, _) when is_binary(binary), do: binary(binary)
  defp write(bits, _) when is_bitstring(bits), do: inspect(bits, limit: :infinity)
  defp write([], _), do: "[]"
  defp write(list, aliases) when is_list(list), do: list(list, aliases)
  defp write(tuple, aliases) when is_tuple(tuple), do: ["{", tuple |> Tuple.to_list() |> commas(aliases), "}"]
  defp write(%module{} = struct, aliases), do: struct(module, struct, aliases)
  defp write(map, aliases) when is_map(map), do: ["%{", map |> sorted() |> pairs(aliases), "}"]
  defp write(function, aliases) when is_function(function), do: capture(Function.info(function), aliases)
  defp write(_pid_or_reference_or_port, _), do: throw(:no_source)

  defp grouped(integer) do
    digits = integer |> abs() |> Integer.to_string() |> String.reverse()
    groups = digits |> String.to_charlist() |> Enum.chunk_every(3) |> Enum.map_join("_", &List.to_string/1)
    if integer < 0, do: "-" <> String.reverse(groups), else: String.reverse(groups)
  end

  defp atom("Elixir." <> _, atom, aliases), do: module_name(atom, aliases)
  defp atom(_, atom, _), do: inspect(atom)

  defp binary(binary) do
    if readable?(binary),
      do: inspect(binary, binaries: :as_strings, printable_limit: :infinity),
      else: inspect(binary, binaries: :as_binaries, limit: :infinity)
  end

  # Text with a control character or two is still text; a key or a checksum is not.
  defp readable?(binary) do
    String.printable?(binary) or
      (String.valid?(binary) and byte_size(binary) > 4 and unprintable(binary) * 10 <= String.length(binary))
  end

  defp unprintable(binary), do: binary |> String.graphemes() |> Enum.count(&(not String.printable?(&1)))

  defp list(list, aliases) do
    cond do
      improper?(list) -> improper(list, aliases)
      Keyword.keyword?(list) and Enum.all?(list, &plain_key?(elem(&1, 0))) -> ["[", pairs(list, aliases), "]"]
      charlist?(list) -> ["~c", inspect(List.to_string(list), printable_limit: :infinity)]
      true -> ["[", commas(list, aliases), "]"]
    end
  end

  defp improper?([_ | tail]) when is_list(tail), do: improper?(tail)
  defp improper?([]), do: false
  defp improper?(_), do: true

  defp improper(list, aliases) do
    {heads, tail} = split_improper(list, [])
    ["[", commas(heads, aliases), " | ", write(tail, aliases), "]"]
  end

  defp split_improper([head | tail], heads) when is_list(tail), do: split_improper(tail, [head | heads])
  defp split_improper([head | tail], heads), do: {Enum.reverse([head | heads]), tail}

  # A list of numbers that happen to be letters is more often a list of numbers.
  defp charlist?(list) do
    length(list) >= 4 and Enum.all?(list, &(is_integer(&1) and &1 in 32..126)) and
      Enum.count(list, &(&1 in ?a..?z or &1 in ?A..?Z)) * 2 > length(list)
  end

  defp commas(values, aliases), do: values |> Enum.map(&write(&1, aliases)) |> Enum.intersperse(", ")

  defp pairs(pairs, aliases) do
    if Enum.all?(pairs, fn {key, _} -> plain_key?(key) end),
      do: Enum.map_intersperse(pairs, ", ", fn {key, value} -> [key(key), " ", write(value, aliases)] end),
      else:
        Enum.map_intersperse(pairs, ", ", fn {key, value} ->
          [write(key, aliases), " => ", write(value, aliases)]
        end)
  end

  defp plain_key?(key), do: is_atom(key) and not match?("Elixir." <> _, Atom.to_string(key))

  @doc "A key as it is written in a keyword list: `name:`."
  @spec key(atom()) :: String.t()
  def key(key), do: Macro.inspect_atom(:key, key)

  @doc "Entries of a map in the order in which they are written."
  @spec sorted(map()) :: [{term(), term()}]
  def sorted(map), do: map |> Map.to_list() |> Enum.sort()

  defp struct(MapSet, set, aliases),
    do: ["MapSet.new([", set |> MapSet.to_list() |> Enum.sort() |> commas(aliases), "])"]

  defp struct(module, struct, aliases) do
    case inspected(struct) do
      {:ok, source} -> source
      :error -> literal_struct(module, struct, aliases)
    end
  end

  # A derived Inspect writes %Name{...} in full; that form is made here, with aliases and without defaults.
  defp inspected(struct) do
    text = inspect(struct, limit: :infinity, printable_limit: :infinity)

    if String.starts_with?(text, ["%", "#"]) or not same?(text, struct), do: :error, else: {:ok, text}
  rescue
    _ -> :error
  end

  defp same?(text, value) do
    {evaluated, _} = Code.eval_string(text)
    evaluated === value
  rescue
    _ -> false
  catch
    _, _ -> false
  end

  defp literal_struct(module, struct, aliases) do
    fields = fields(module, struct)
    ["%", module_name(module, aliases), "{", pairs(fields, aliases), "}"]
  end

  @doc """
  The fields of a struct that its source has to name; throws `:no_source` where the struct is not its
  module's.
  """
  @spec fields(module(), struct()) :: [{atom(), term()}]
  def fields(module, struct) do
    all = struct |> Map.from_struct() |> Map.delete(:__exception__) |> Enum.sort()
    default = default(module)

    if Enum.sort(Map.keys(default)) != Enum.sort(Map.keys(struct)), do: throw(:no_source)
    large? = length(all) > @all_fields_up_to

    short =
      Enum.reject(all, fn {name, value} ->
        Map.fetch!(default, name) === value and (large? or value in @nothing)
      end)

    if buildable?(module, short), do: short, else: all
  end

  defp default(module) do
    if Code.ensure_loaded?(module) and function_exported?(module, :__struct__, 0),
      do: module.__struct__(),
      else: throw(:no_source)
  end

  # Refuses where a key that @enforce_keys asks for has its default.
  defp buildable?(module, fields) do
    is_map(module.__struct__(fields))
  rescue
    _ -> false
  end

  defp capture(info, aliases) do
    if info[:type] == :external,
      do: [
        "&",
        module_name(info[:module], aliases),
        ".",
        Macro.inspect_atom(:remote_call, info[:name]),
        "/",
        to_string(info[:arity])
      ],
      else: throw(:no_source)
  end
end
