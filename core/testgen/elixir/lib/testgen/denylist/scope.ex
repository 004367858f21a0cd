defmodule Testgen.Denylist.Scope do
  @moduledoc """
  What names mean at a place of a test file: aliases, imported functions of refused modules, variables that
  hold a path in the test's own folder.
  """

  defstruct aliases: %{}, module: nil, own_paths: MapSet.new(["tmp_dir"]), attributes: %{}

  @type t :: %__MODULE__{
          aliases: %{atom() => module()},
          module: module() | nil,
          own_paths: MapSet.t(String.t()),
          attributes: %{atom() => Macro.t()}
        }

  @doc "The module a node names for certain, nil where only the run knows."
  @spec module(t(), Macro.t()) :: module() | nil
  def module(_scope, atom) when is_atom(atom), do: atom

  def module(scope, {:__aliases__, _, [first | rest]}) when is_atom(first) do
    case scope.aliases do
      %{^first => full} when rest == [] -> full
      %{^first => full} -> Module.concat([full | rest])
      _ -> Module.concat([first | rest])
    end
  end

  def module(scope, {:__aliases__, _, [{:__MODULE__, _, _} | rest]}),
    do: Module.concat([scope.module || Elixir | rest])

  def module(scope, {:__MODULE__, _, _}), do: scope.module || Elixir

  def module(scope, {:@, _, [{name, _, context}]}) when is_atom(context) do
    case scope.attributes do
      %{^name => value} -> module(scope, value)
      _ -> nil
    end
  end

  def module(_scope, _), do: nil

  @doc "The scope after an `alias`."
  @spec add_alias(t(), [Macro.t()]) :: t()
  def add_alias(scope, [{{:., _, [prefix, :{}]}, _, members} | _]) do
    Enum.reduce(members, scope, fn
      {:__aliases__, _, parts}, acc ->
        put(acc, List.last(parts), Module.concat([module(scope, prefix) || Elixir | parts]))

      _, acc ->
        acc
    end)
  end

  def add_alias(scope, [written, [{:as, {:__aliases__, _, [as]}} | _]]),
    do: put(scope, as, module(scope, written))

  def add_alias(scope, [{:__aliases__, _, parts} = written | _]) do
    case List.last(parts) do
      last when is_atom(last) -> put(scope, last, module(scope, written))
      _ -> scope
    end
  end

  def add_alias(scope, _), do: scope

  defp put(scope, _as, nil), do: scope
  defp put(scope, as, module), do: put_in(scope.aliases[as], module)

  @doc """
  The scope after `pattern = value` or `pattern <- value`: what a path lies in, and what it no longer does.
  """
  @spec bind(t(), Macro.t(), boolean(), Macro.t()) :: t()
  def bind(scope, {name, _, context}, inside?, _value) when is_atom(name) and is_atom(context) do
    change = if inside?, do: &MapSet.put/2, else: &MapSet.delete/2
    %{scope | own_paths: change.(scope.own_paths, Atom.to_string(name))}
  end

  # `%{tmp_dir: dir} = context`: what a test was given is trusted, what is made on the spot is not.
  def bind(scope, _pattern, _inside?, {name, _, context}) when is_atom(name) and is_atom(context), do: scope
  def bind(scope, pattern, _inside?, _value), do: shadow(scope, pattern)

  @doc "The scope inside a clause whose head binds names anew."
  @spec shadow(t(), Macro.t()) :: t()
  def shadow(scope, pattern) do
    {_, names} =
      Macro.prewalk(pattern, [], fn
        {name, _, context} = node, names when is_atom(name) and is_atom(context) ->
          {node, [Atom.to_string(name) | names]}

        node, names ->
          {node, names}
      end)

    %{scope | own_paths: MapSet.difference(scope.own_paths, MapSet.new(names))}
  end
end
