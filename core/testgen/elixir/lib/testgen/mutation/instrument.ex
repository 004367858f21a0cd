defmodule Testgen.Mutation.Instrument do
  @moduledoc """
  A whole file: finds the modules in it, instruments their functions, and leaves everything else as it is.

  Definitions whose names are computed, and those inside other code of a module's body, are not touched. Attributes,
  struct defaults and macros are run while compiling: their mutants are left to recompiling.
  """

  import Testgen.Mutation.Source, only: [is_literal: 1, strip: 1]
  alias Testgen.Mutation.{Build, Context, State}
  alias Testgen.Mutation.Instrument.{Data, Function}

  @definitions [:def, :defp, :defmacro, :defmacrop]
  # Phoenix's components have a `def` of their own, which is Kernel's with a check of what it takes.
  @definers [Kernel, Phoenix.Component.Declarative]
  @modules [:defmodule, :defimpl]

  # Instrumented code is compiled far more often than it is run for long: without these passes it compiles in about
  # a third of the time (see docs/log.md).
  @quick {:@, [], [{:compile, [], [[:no_copt, :no_ssa_opt, :no_postopt, :no_module_opt]]}]}

  @doc """
  The build with its mutants found and its instrumented tree made.
  """
  @spec run(Build.t()) :: Build.t()
  def run(%Build{} = build) do
    context = %Context{source: build.source, calls: build.calls}
    {ast, state} = outer(build.source.ast, context, State.new(build))

    {mutants, invalid} = state.mutants |> Enum.reverse() |> Enum.map(&judged(&1, build.excluded)) |> split()

    %{
      build
      | ast: ast,
        mutants: mutants,
        invalid: invalid,
        pruned: Enum.reverse(state.pruned),
        points: state.points,
        watched: state.watched,
        num_points: state.next_point - 1
    }
  end

  defp judged(%{id: id} = mutant, excluded) do
    case excluded do
      %{^id => :recompile} -> %{mutant | strategy: :recompile}
      %{^id => {:invalid, message}} -> %{mutant | message: message}
      _ -> mutant
    end
  end

  defp split(mutants), do: Enum.split_with(mutants, &(&1.message == nil))

  defp outer({form, meta, args}, context, state) when form in @modules and is_list(args),
    do: module({form, meta, args}, context, state)

  defp outer({form, meta, args}, context, state) when form in [:__block__, :if, :unless] and is_list(args) do
    if match?([literal] when is_literal(literal), args) and form == :__block__ do
      {strip({form, meta, args}), state}
    else
      {args, state} = Enum.map_reduce(args, state, &outer(&1, context, &2))
      {{form, meta, args}, state}
    end
  end

  defp outer(sections, context, state) when is_list(sections) do
    Enum.map_reduce(sections, state, fn
      {key, body}, state ->
        {body, state} = outer(body, context, state)
        {{strip(key), body}, state}

      other, state ->
        {strip(other), state}
    end)
  end

  defp outer(node, _, state), do: {strip(node), state}

  defp module({form, meta, args} = node, context, state) do
    with {before, [[{do_key, body}]]} <- Enum.split(args, -1),
         name when is_atom(name) and name != nil <- name(form, before, context) do
      {body, state} = body(body, %{context | module: name}, state)
      {{form, meta, strip(before) ++ [[{strip(do_key), body}]]}, state}
    else
      _ -> {strip(node), state}
    end
  end

  defp name(:defmodule, [{:__aliases__, _, [Elixir | segments]}], _), do: Module.concat(segments)

  defp name(:defmodule, [{:__aliases__, _, [first | _] = segments}], context) when is_atom(first),
    do: if(context.module, do: Module.concat([context.module | segments]), else: Module.concat(segments))

  defp name(:defmodule, [{:__aliases__, _, [{:__MODULE__, _, _} | segments]}], context),
    do: Module.concat([context.module | segments])

  defp name(:defmodule, [{:__block__, _, [name]}], _) when is_atom(name), do: name
  defp name(:defmodule, [{:__MODULE__, _, _}], context), do: context.module

  defp name(:defimpl, [{:__aliases__, _, [first | _] = protocol} | options], context) when is_atom(first),
    do: implementation(protocol, options, context)

  defp name(_, _, _), do: nil

  # The true name of an implementation depends on aliases; it is only shown and kept in keys.
  defp implementation(protocol, options, context) do
    case options do
      [[{_, {:__aliases__, _, [first | _] = target}} | _]] when is_atom(first) ->
        Module.concat(protocol ++ target)

      [[{_, {:__block__, _, [_]}} | _]] ->
        Module.concat(protocol ++ [List])

      _ ->
        Module.concat(protocol ++ List.wrap(context.module && Module.split(context.module)))
    end
  end

  defp body({:__block__, meta, statements}, context, state), do: with_meta(meta, statements, context, state)
  defp body(statement, context, state), do: with_meta([], [statement], context, state)

  defp with_meta(meta, statements, context, state) do
    outer = Map.take(state, [:attributes, :attributes_read])
    once = Data.set_once(statements)

    state =
      Enum.reduce(
        statements,
        %{state | attributes: %{}, attributes_read: %{}},
        &Data.record(&1, context, &2, once)
      )

    indexed = Enum.with_index(statements)
    liftable = not Enum.any?(statements, &match?({:defoverridable, _, _}, &1))
    functions = functions(indexed, liftable, context)
    {done, state} = Enum.reduce(functions, {%{}, state}, &function(&1, &2, context))

    {statements, state} =
      Enum.flat_map_reduce(indexed, state, fn {node, index}, state ->
        case done do
          %{^index => nodes} -> {nodes, state}
          _ -> statement(node, context, state)
        end
      end)

    {{:__block__, meta, [@quick | statements]},
     struct!(read_everywhere(statements_of(indexed), state), outer)}
  end

  defp statements_of(indexed), do: for({node, _} <- indexed, do: node)

  # Mutants of attributes stay switched only where every place that reads them is.
  defp read_everywhere(statements, state) do
    reads = Data.reads(statements)

    ids =
      for {name, live} <- state.attributes,
          Map.get(reads, name, 0) != Map.get(state.attributes_read, name, 0) or not is_map_key(reads, name),
          {id, _} <- live,
          do: id

    State.demote(state, ids)
  end

  defp function(function, {done, state}, context) do
    {nodes, state} = Function.walk(function, context, state)
    {Map.merge(done, nodes), state}
  end

  defp statement({form, _, args} = node, context, state) when form in @modules and is_list(args) do
    {node, state} = module(node, context, state)
    {[node], state}
  end

  defp statement(node, _, state), do: {[strip(node)], state}

  # In the order in which they first appear.
  defp functions(indexed, liftable, context) do
    indexed
    |> Enum.flat_map(fn {node, index} -> for key <- definition(node, context), do: {key, index, node} end)
    |> Enum.group_by(&elem(&1, 0), fn {_, index, node} -> {index, node} end)
    |> Enum.map(fn {{kind, name, arity}, definitions} ->
      %Function{
        key: {name, arity},
        kind: kind,
        definitions: definitions,
        liftable: liftable and arity < 200 and Enum.all?(definitions, fn {_, node} -> movable?(node) end)
      }
    end)
    |> Enum.sort_by(fn function -> function.definitions |> hd() |> elem(0) end)
  end

  defp definition({kind, _, [head | _]} = node, context) when kind in @definitions do
    with {_, module, _} when module in @definers <- Context.target(context, node),
         {name, arity} <- name_and_arity(head),
         false <- fragment?(node) do
      [{kind, name, arity}]
    else
      _ -> []
    end
  end

  defp definition(_, _), do: []

  defp name_and_arity({:when, _, [head | _]}), do: name_and_arity(head)
  defp name_and_arity({:unquote, _, [_]}), do: nil
  defp name_and_arity({name, _, args}) when is_atom(name) and is_list(args), do: {name, length(args)}
  defp name_and_arity({name, _, scope}) when is_atom(name) and is_atom(scope), do: {name, 0}
  defp name_and_arity(_), do: nil

  defp fragment?({_, _, [head | rest]}), do: unquotes?(head) or Enum.any?(rest, &unquotes?/1)

  # An `unquote` inside a `quote` belongs to that one.
  defp unquotes?({:quote, _, _}), do: false
  defp unquotes?({form, _, args}) when form in [:unquote, :unquote_splicing] and is_list(args), do: true
  defp unquotes?({form, _, args}), do: unquotes?(form) or unquotes?(args)
  defp unquotes?({left, right}), do: unquotes?(left) or unquotes?(right)
  defp unquotes?(list) when is_list(list), do: Enum.any?(list, &unquotes?/1)
  defp unquotes?(_), do: false

  defp movable?(node) do
    not (node
         |> Macro.prewalker()
         |> Enum.any?(fn
           {:super, _, args} -> is_list(args)
           {:__ENV__, _, scope} -> is_atom(scope)
           {:var!, _, args} -> is_list(args)
           _ -> false
         end))
  end
end
