defmodule Testgen.Analysis.Names do
  @moduledoc """
  Resolves module names as they are written to the modules that they mean.

  Follows `alias` (with `:as`, with several in braces, inside nested modules), `__MODULE__` and names defined
  by nested `defmodule`. It does not follow aliases that a `use` brings in: those stay as written.
  """

  @type t :: %{module: module() | nil, aliases: %{atom() => module()}}

  @doc "No module and no alias yet."
  @spec new() :: t()
  def new, do: %{module: nil, aliases: %{}}

  @doc "The names inside module `name`, known outside by its last part."
  @spec enter(t(), module()) :: t()
  def enter(names, name), do: %{names | module: name}

  @doc "After `defmodule` inside a module, its first written part means the nested module."
  @spec nested(t(), Macro.t(), module()) :: t()
  def nested(%{module: nil} = names, _written, _full), do: names

  def nested(names, {:__aliases__, _, [first | rest]}, full) when is_atom(first) do
    parts = full |> Module.split() |> Enum.drop(-length(rest))
    put_in(names.aliases[first], Module.concat(parts))
  end

  def nested(names, _written, _full), do: names

  @doc "Takes in one `alias` expression (arguments stripped of literal wrapping)."
  @spec add_alias(t(), [Macro.t()]) :: t()
  def add_alias(names, [{{:., _, [prefix, :{}]}, _, written}]) do
    prefix = resolve(names, prefix)

    Enum.reduce(written, names, fn
      {:__aliases__, _, parts}, acc when is_atom(prefix) and prefix != nil ->
        put_in(acc.aliases[List.last(parts)], Module.concat([prefix | parts]))

      _, acc ->
        acc
    end)
  end

  def add_alias(names, [written]), do: add_alias(names, [written, []])

  def add_alias(names, [written, options]) when is_list(options) do
    case {resolve(names, written), options[:as]} do
      {nil, _} -> names
      {full, {:__aliases__, _, [as]}} -> put_in(names.aliases[as], full)
      {full, _} -> put_in(names.aliases[last_part(full)], full)
    end
  end

  def add_alias(names, _), do: names

  @doc "The module a written name means, nil where it is not a name."
  @spec resolve(t(), Macro.t()) :: module() | nil
  def resolve(names, {:__block__, _, [inner]}), do: resolve(names, inner)
  def resolve(%{module: module}, {:__MODULE__, _, _}), do: module
  def resolve(_names, atom) when is_atom(atom), do: atom

  def resolve(names, {:__aliases__, _, [first | rest]}) when is_atom(first) do
    case names.aliases do
      %{^first => full} -> Module.concat([full | rest])
      _ -> Module.concat([first | rest])
    end
  end

  def resolve(names, {:__aliases__, _, [{:__MODULE__, _, _} | rest]}) when names.module != nil,
    do: Module.concat([names.module | rest])

  def resolve(_names, _other), do: nil

  @doc "The full name of a module defined as `written` inside these names."
  @spec define(t(), Macro.t()) :: module() | nil
  def define(%{module: nil} = names, written), do: resolve(names, written)
  def define(_names, {:__aliases__, _, [:"Elixir" | rest]}), do: Module.concat(rest)

  def define(%{module: outer}, {:__aliases__, _, [first | _] = parts}) when is_atom(first),
    do: Module.concat([outer | parts])

  def define(names, written), do: resolve(names, written)

  @doc "A module's name as it is read: without the `Elixir.` prefix."
  @spec show(module() | nil) :: String.t() | nil
  def show(nil), do: nil
  def show(module), do: inspect(module)

  defp last_part(module) do
    case Atom.to_string(module) do
      "Elixir." <> _ -> module |> Module.split() |> List.last() |> String.to_atom()
      _ -> module
    end
  end
end
