defmodule Testgen.Analysis.Beam do
  @moduledoc """
  What the compiled module knows that its source does not show: exports that macros made, their specs and
  docs, struct defaults as values, behaviours that a `use` brought in.

  Reads the beam on disk (`Code.fetch_docs/1` and `Code.Typespec` need it); a module that is only in memory
  gives its exports, struct and behaviours, no specs and no docs. A module that is not compiled gives nothing.
  """

  alias Testgen.Analysis.{Example, Names}
  alias Testgen.TypeTree
  alias Testgen.TypeTree.Library

  @type t :: %{
          module: module(),
          compiled: boolean(),
          types: Library.types(),
          specs: %{{atom(), arity()} => [Macro.t()]},
          docs: %{{atom(), arity()} => {pos_integer(), String.t() | :hidden | nil, [String.t()]}},
          exports: [{atom(), arity()}],
          behaviours: [String.t()]
        }

  @made_by_compiler ~w(__info__ __struct__ module_info behaviour_info __impl__ __protocol__ impl_for impl_for! __before_compile__
                       MACRO-__using__ __using__)a

  @doc "Reads what is known of `module`; loads it if it can be."
  @spec read(module()) :: t()
  def read(module) do
    if Code.ensure_loaded?(module), do: compiled(module), else: missing(module)
  end

  @doc "Specs of a function as the beam has them, as trees."
  @spec specs(t(), {atom(), arity()}) :: [map()]
  def specs(%{compiled: false}, _), do: []

  def specs(beam, key) do
    scope = TypeTree.scope(beam.module, %{Names.new() | module: beam.module}, beam.types)

    for quoted <- Map.get(beam.specs, key, []), tree = TypeTree.spec(quoted, scope), tree != nil do
      Map.put(tree, "source", Macro.to_string(quoted))
    end
  end

  @doc "Fills in the doc of a function where the source only computes it."
  @spec complete(t(), {atom(), arity()}, map()) :: map()
  def complete(beam, key, %{doc: nil, hidden: false} = notes) do
    case beam.docs do
      %{^key => {line, text, _}} when is_binary(text) -> %{notes | doc: text, doc_line: line + 1}
      _ -> notes
    end
  end

  def complete(_beam, _key, notes), do: notes

  @doc "Exported functions that the source does not show (made by macros or by computed names)."
  @spec generated(t(), [map()]) :: [map()]
  def generated(beam, written) do
    covered = MapSet.new(Enum.flat_map(written, &exported/1))

    for {name, arity} = key <- Enum.sort(beam.exports),
        name not in @made_by_compiler,
        shown = String.replace_prefix(Atom.to_string(name), "MACRO-", ""),
        not String.starts_with?(shown, "__"),
        not MapSet.member?(covered, {name, arity}) do
      function(beam, key, shown)
    end
  end

  @doc "The struct of a module: fields with the source of their defaults, and the keys that must be given."
  @spec struct(t(), [map()] | nil, [String.t()]) :: map() | nil
  def struct(beam, nil, enforced) do
    if beam.compiled and function_exported?(beam.module, :__struct__, 0),
      do: %{"fields" => struct_fields(beam.module), "enforced" => enforced},
      else: nil
  end

  def struct(_beam, fields, enforced), do: %{"fields" => fields, "enforced" => enforced}

  defp missing(module) do
    %{module: module, compiled: false, types: %{}, specs: %{}, docs: %{}, exports: [], behaviours: []}
  end

  defp compiled(module) do
    attributes = module.module_info(:attributes)

    %{
      module: module,
      compiled: true,
      types: Library.types(module),
      specs: fetch_specs(module),
      docs: fetch_docs(module),
      exports: module.module_info(:exports),
      behaviours: attributes |> Keyword.get_values(:behaviour) |> List.flatten() |> Enum.map(&inspect/1)
    }
  end

  defp fetch_specs(module) do
    case Code.Typespec.fetch_specs(module) do
      {:ok, specs} ->
        for {{name, arity}, forms} <- specs, into: %{} do
          {{name, arity}, Enum.map(forms, &Code.Typespec.spec_to_quoted(name, &1))}
        end

      :error ->
        %{}
    end
  end

  defp fetch_docs(module) do
    case Code.fetch_docs(module) do
      {:docs_v1, _, _, _, _, _, docs} -> Enum.reduce(docs, %{}, &doc/2)
      _ -> %{}
    end
  end

  defp doc({{kind, name, arity}, line, signature, text, _}, docs) when kind in [:function, :macro] do
    Map.put(docs, {name, arity}, {:erl_anno.line(line), doc_text(text), signature})
  end

  defp doc(_, docs), do: docs

  defp doc_text(%{"en" => text}), do: text
  defp doc_text(:hidden), do: :hidden
  defp doc_text(_), do: nil

  # `def f(a, b \\ 1)` exports f/1 as well; a macro is exported with the caller before its arguments.
  defp exported(%{"name" => name, "arity" => arity, "defaults" => defaults, "kind" => kind}) do
    name = String.to_atom(name)

    for arity <- (arity - defaults)..arity, macro <- [kind in ["defmacro", "defguard"]] do
      if macro, do: {:"MACRO-#{name}", arity + 1}, else: {name, arity}
    end
  end

  defp function(beam, {name, arity} = key, shown) do
    {line, text, signature} = Map.get(beam.docs, {String.to_atom(shown), arity}, {1, nil, []})
    doc = if is_binary(text), do: text

    %{
      "name" => shown,
      "arity" => if(shown == Atom.to_string(name), do: arity, else: arity - 1),
      "kind" => if(shown == Atom.to_string(name), do: "def", else: "defmacro"),
      "line" => line,
      "end_line" => line,
      "doc" => doc,
      "hidden" => text == :hidden,
      "impl" => nil,
      "generated" => true,
      "doctests" => Example.extract(doc, line),
      "specs" => specs(beam, key),
      "clauses" => [],
      "defaults" => 0,
      "arg_names" => arg_names(signature, arity),
      "literals" => [],
      "guard_bounds" => [],
      "guard_types" => [],
      "inferred" => [],
      "calls" => [],
      "raises" => []
    }
  end

  defp arg_names([signature | _], arity) do
    case Regex.run(~r/\((.*)\)/, signature) do
      [_, args] -> args |> String.split(", ", trim: true) |> pad(arity)
      nil -> pad([], arity)
    end
  end

  defp arg_names(_, arity), do: pad([], arity)

  defp pad(names, arity), do: Enum.map(Enum.take(1..32, arity), &Enum.at(names, &1 - 1, "arg#{&1}"))

  defp struct_fields(module) do
    for {name, value} <- module.__struct__() |> Map.from_struct() |> Enum.sort() do
      %{
        "name" => Atom.to_string(name),
        "default" => inspect(value, limit: :infinity, printable_limit: :infinity)
      }
    end
  end
end
