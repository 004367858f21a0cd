defmodule Testgen.Analysis.ModuleFacts do
  @moduledoc """
  Turns one module of a file into the map that is sent: what its source says, completed by
  `Testgen.Analysis.Beam` where it is compiled (specs and types that macros made, functions that the source
  does not show, docs that are computed).
  """

  alias Testgen.Analysis.{Beam, Constructors, Example, Functions, Literal, ModuleFinder, Names, Source}
  alias Testgen.TypeTree

  @private ["defp", "defmacrop", "defguardp"]
  @not_attributes ~w(doc moduledoc typedoc spec type typep opaque callback macrocallback impl behaviour optional_callbacks
                     deprecated since enforce_keys derive dialyzer compile before_compile)a
  @typers [:type, :typep, :opaque]

  @doc "The facts of a module found by `Testgen.Analysis.ModuleFinder`."
  @spec build(ModuleFinder.found()) :: map()
  def build(found) do
    state = Enum.reduce(found.body, start(found), &read/2)
    beam = Beam.read(found.name)
    scope = TypeTree.scope(found.name, found.names, Map.merge(beam.types, source_types(state)))
    functions = Functions.gather(found.body, state.values, beam, scope)
    {private, public} = Enum.split_with(functions, &(&1["kind"] in @private))

    Map.merge(outline(found, state, public), %{
      "compiled" => beam.compiled,
      "struct" => Beam.struct(beam, state.struct, state.enforced),
      "behaviours" => Enum.uniq(Enum.reverse(state.behaviours) ++ beam.behaviours),
      "types" => types(state, scope),
      "literals" => Literal.collect(Enum.map(found.body, &elem(&1, 0))),
      "functions" => public ++ Beam.generated(beam, functions),
      "constructors" => Constructors.of(functions, Names.show(found.name)),
      "private_functions" => private
    })
  end

  defp outline(found, state, public) do
    %{
      "name" => Names.show(found.name),
      "line" => found.line,
      "end_line" => found.end_line,
      "kind" => kind(found, state, public),
      "moduledoc" => state.moduledoc,
      "doctests" => Example.extract(state.moduledoc, state.moduledoc_line),
      "uses" => state.uses |> Enum.reverse() |> Enum.uniq(),
      "callbacks" => Enum.reverse(state.callbacks),
      "attributes" => Enum.reverse(state.attributes)
    }
  end

  defp start(found) do
    %{
      moduledoc: nil,
      moduledoc_line: found.line,
      struct: nil,
      enforced: [],
      exception: false,
      behaviours: [],
      uses: [],
      callbacks: [],
      types: [],
      attributes: [],
      values: %{}
    }
  end

  defp read({{:@, meta, [{name, _, [value]}]}, names}, state), do: attribute(name, value, meta, names, state)

  defp read({{:use, _, [module | _]}, names}, state) do
    case Names.resolve(names, module) do
      nil -> state
      used -> %{state | uses: [Names.show(used) | state.uses]}
    end
  end

  defp read({{:defstruct, _, [fields]}, _}, state), do: %{state | struct: fields(Source.strip(fields))}

  defp read({{:defexception, _, [fields]}, _}, state),
    do: %{state | struct: fields(Source.strip(fields)), exception: true}

  defp read(_, state), do: state

  defp attribute(:moduledoc, value, meta, _, state) do
    {doc, line} = Source.doc(value, meta)
    %{state | moduledoc: doc, moduledoc_line: line}
  end

  defp attribute(:behaviour, value, _, names, state) do
    case Names.resolve(names, value) do
      nil -> state
      module -> %{state | behaviours: [Names.show(module) | state.behaviours]}
    end
  end

  defp attribute(:enforce_keys, value, _, _, state) do
    case Source.strip(value) do
      keys when is_list(keys) -> %{state | enforced: Enum.map(keys, &to_string/1)}
      _ -> state
    end
  end

  defp attribute(name, value, _, _, state) when name in [:callback, :macrocallback],
    do: %{state | callbacks: [Source.text(value) | state.callbacks]}

  defp attribute(name, value, _, _, state) when name in @typers,
    do: %{state | types: [{name, Source.strip(value)} | state.types]}

  defp attribute(name, _, _, _, state) when name in @not_attributes, do: state

  defp attribute(name, value, _, _, state) do
    stripped = Source.strip(value)
    entry = %{"name" => Atom.to_string(name), "source" => Macro.to_string(stripped)}
    %{state | attributes: [entry | state.attributes], values: Map.put(state.values, name, stripped)}
  end

  defp fields(fields) when is_list(fields), do: Enum.map(fields, &field/1)
  defp fields(_), do: []

  defp field({name, default}) when is_atom(name),
    do: %{"name" => Atom.to_string(name), "default" => Macro.to_string(default)}

  defp field(name) when is_atom(name), do: %{"name" => Atom.to_string(name), "default" => "nil"}
  defp field(other), do: %{"name" => Macro.to_string(other), "default" => "nil"}

  defp source_types(state) do
    for {kind, {:"::", _, [{name, _, params}, quoted]}} <- state.types, into: %{} do
      params = if is_list(params), do: Enum.map(params, &parameter/1), else: []
      {{name, length(params)}, {kind, params, quoted}}
    end
  end

  defp parameter({name, _, _}), do: name

  defp types(state, scope) do
    sources = for {_, {:"::", _, [{name, _, _}, _]} = quoted} <- state.types, into: %{}, do: {name, quoted}

    for {{name, arity}, {kind, params, quoted}} <- Enum.sort(scope.types) do
      vars = Map.new(params, &{&1, %{"t" => "var", "name" => Atom.to_string(&1)}})
      written = {:"::", [], [{name, [], Enum.map(params, &{&1, [], nil})}, quoted]}

      %{
        "name" => Atom.to_string(name),
        "arity" => arity,
        "kind" => Atom.to_string(kind),
        "tree" => TypeTree.build(quoted, %{scope | vars: vars, path: [{scope.module, name, arity}]}),
        "source" => sources |> Map.get(name, written) |> Macro.to_string()
      }
    end
  end

  defp kind(%{definer: :defprotocol}, _, _), do: "protocol"
  defp kind(%{definer: :defimpl}, _, _), do: "impl"
  defp kind(_, %{exception: true}, _), do: "exception"
  defp kind(_, %{callbacks: [_ | _]}, []), do: "behaviour"
  defp kind(_, _, _), do: "module"
end
