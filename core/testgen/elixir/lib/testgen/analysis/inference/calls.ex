defmodule Testgen.Analysis.Inference.Calls do
  @moduledoc """
  Calls: what they ask of their arguments, by the called function's spec and by tables for those whose specs
  say little, and which piece of an argument their value is.
  """

  alias Testgen.Analysis.Inference.{Access, Binding, CommandLine, Flow, Place, Protocols, Specs, Texts}
  alias Testgen.Analysis.Names

  import Binding, only: [claim: 3, kind: 3]

  @kinds %{
    is_integer: "integer",
    is_float: "float",
    is_number: "number",
    is_binary: "string",
    is_bitstring: "string",
    is_atom: "atom",
    is_boolean: "boolean",
    is_list: "list",
    is_map: "map",
    is_tuple: "tuple",
    is_pid: "pid",
    is_reference: "reference"
  }
  @kept ~w(filter reject sort sort_by reverse take drop take_while drop_while uniq uniq_by dedup dedup_by slice shuffle
           to_list put delete merge drop take put_new put_new_lazy replace update update! delete_at insert_at
           replace_at update_at wrap take_every drop_every take_random concat from_enumerable new)a
  @element ~w(at fetch! find max min max_by min_by random first last)a
  @lists [Enum, Stream, List, MapSet, Map, Keyword]
  @predicates ~w(filter reject any? all? find find_index take_while drop_while count split_while split_with)a
  @two_elements ~w(sort dedup_by)a
  @servers [
    GenServer,
    Agent,
    Supervisor,
    DynamicSupervisor,
    Task.Supervisor,
    GenStage,
    :gen_server,
    :gen_statem
  ]
  @measures ~w(length byte_size map_size tuple_size)a

  @doc "The place of a call's value, and the state after it."
  @spec eval(Macro.t(), Binding.state()) :: Flow.answer()
  def eval({{:., _, [function]}, _, args}, state) do
    {place, state} = Flow.eval(function, state)
    {_, state} = arguments(args, state)
    any = Enum.map(args, fn _ -> %{"t" => "any"} end)
    state = claim(state, place, {:type, %{"t" => "function", "args" => any, "return" => %{"t" => "any"}}})
    {Place.step(place, :result), state}
  end

  def eval({{:., _, [target, name]}, _, args}, state) when is_atom(name) do
    case module(target, state) do
      nil -> dynamic(target, name, args, state)
      Elixir.Access when name == :get -> Access.read(args, state)
      module -> remote(module, name, args, state)
    end
  end

  def eval({check, _, [value]}, state) when is_map_key(@kinds, check) do
    {place, state} = Flow.eval(value, state)
    {nil, kind(state, place, @kinds[check])}
  end

  def eval({:is_struct, _, [value, name]}, state) do
    {place, state} = Flow.eval(value, state)
    module = Names.resolve(state.names, name)
    {nil, if(module, do: Binding.of_struct(state, place, module), else: state)}
  end

  def eval({:is_function, _, [value | arity]}, state) do
    {place, state} = Flow.eval(value, state)
    args = for n <- arity, is_integer(n), n > 0, _ <- 1..n, do: %{"t" => "any"}
    {nil, claim(state, place, {:type, %{"t" => "function", "args" => args, "return" => %{"t" => "any"}}})}
  end

  def eval({:is_map_key, _, args}, state), do: Access.call(:has_key?, args, state)

  def eval({name, _, [value, function]}, state) when name in [:then, :tap] do
    {place, state} = Flow.eval(value, state)
    {found, state} = function(function, [place], state)
    {if(name == :tap, do: place, else: found), state}
  end

  def eval({name, _, args}, state) when name in [:get_in, :put_in, :update_in, :pop_in],
    do: Access.nested(args, state)

  def eval({:hd, _, [value]}, state) do
    {place, state} = Flow.operand(value, "list", state)
    {Place.item(place), state}
  end

  def eval({:tl, _, [value]}, state), do: Flow.operand(value, "list", state)

  def eval({:elem, _, [value, index]}, state) when is_integer(index) do
    {place, state} = Flow.operand(value, "tuple", state)
    {if(match?({:tuple_of, _}, place), do: Place.step(place, {:tuple, 0, nil, index})), state}
  end

  def eval({name, _, [value]}, state) when name in @measures do
    {places, state} = arguments([value], state)
    {Place.step(hd(places), :size), spec(Kernel, name, places, state)}
  end

  def eval({:to_string, _, [value]}, state), do: Flow.eval(value, state)

  def eval({name, _, args}, state) when is_atom(name), do: local(name, args, state)
  def eval(_, state), do: {nil, state}

  @doc "A function passed to another, its parameters bound to `places`; the place of what it answers."
  @spec function(Macro.t(), [Place.t()], Binding.state()) :: Flow.answer()
  def function({:fn, _, clauses}, places, state), do: Flow.branches(clauses, padded(places), state)

  def function({:&, _, [{:/, _, [{name, _, context}, arity]}]}, places, state)
      when is_atom(name) and is_atom(context) and is_integer(arity),
      do: passed(name, Enum.take(padded(places), arity), state)

  def function({:&, _, [{:/, _, [{{:., _, [target, name]}, _, _}, arity]}]}, places, state)
      when is_integer(arity) do
    places = Enum.take(padded(places), arity)

    case module(target, state) do
      nil -> {nil, state}
      module -> known(module, name, Enum.map(places, fn _ -> nil end), places, state)
    end
  end

  def function({:&, _, [body]}, places, state) do
    Flow.scoped(state, fn state ->
      vars = for {place, n} <- Enum.with_index(places, 1), into: state.vars, do: {:"&#{n}", place}
      body |> Macro.prewalk(&captured/1) |> Flow.eval(%{state | vars: vars})
    end)
  end

  def function(other, _places, state), do: Flow.eval(other, state)

  @doc "As `Testgen.Analysis.Inference.Texts.matched/3`."
  @spec matched(Macro.t(), Place.t(), Binding.state()) :: Binding.state()
  def matched(text, place, state) when is_binary(text), do: claim(state, place, {:word, text})
  def matched(regex, place, state), do: Texts.matched(regex, place, state)

  defp captured({:&, _, [n]}) when is_integer(n), do: {:"&#{n}", [], nil}
  defp captured(node), do: node

  defp padded(places), do: places ++ List.duplicate(nil, 8)

  defp module(target, state) do
    case target do
      {name, _, context} when is_atom(name) and is_atom(context) and name != :__MODULE__ -> nil
      _ -> Names.resolve(state.names, target)
    end
  end

  # A module that is passed in, or a field that is called as a function.
  defp dynamic(target, name, args, state) do
    {place, state} = Flow.eval(target, state)
    {_, state} = arguments(args, state)
    {nil, state |> kind(place, "module") |> claim(place, {:callback, "#{name}/#{length(args)}"})}
  end

  defp remote(module, name, args, %{names: %{module: module}} = state) when module != nil,
    do: local(name, args, state)

  defp remote(module, name, args, state) when module in [Map, Keyword] do
    if Access.knows?(name),
      do: Access.call(module, name, args, state),
      else: general(module, name, args, state)
  end

  defp remote(OptionParser, _name, [_, options] = args, state) when is_list(options) do
    {[argv | _], state} = arguments(args, state)
    state = kind(state, argv, "list")

    {nil,
     options
     |> CommandLine.switches(state.constants)
     |> Enum.reduce(state, &claim(&2, Place.item(argv), {:literal, &1}))}
  end

  defp remote(module, name, args, state), do: general(module, name, args, state)

  defp general(module, name, args, state) do
    {places, state} = arguments(args, state)
    {place, state} = known(module, name, args, places, state)
    {found, state} = functions(module, name, args, places, state)
    {made(module, name, place, found, places), state}
  end

  defp known(module, name, args, places, state) do
    state = spec(module, name, places, state)
    {place, state} = Texts.call(module, name, args, places, state)
    {place || kept(module, name, places), state}
  end

  defp spec(module, name, places, state) do
    types = Specs.arguments(module, name, length(places)) || []

    types =
      cond do
        addresses?(module, name) -> [%{"t" => "pid"} | Enum.drop(types, 1)]
        Protocols.protocol?(module) -> [Protocols.implementing(module) | Enum.drop(types, 1)]
        true -> types
      end

    places
    |> Enum.zip(types)
    |> Enum.reduce(state, fn {place, type}, state ->
      claim(state, place, {:type, asked(type, module, name)})
    end)
  end

  # A server is told by its pid, a name or a tuple; tests have the pid.
  defp addresses?(module, name),
    do:
      module in @servers and
        not String.starts_with?(Atom.to_string(name), ["start", "child_spec", "reply", "init"])

  defp asked(%{"t" => "function"} = type, module, name) when module in @lists and name in @predicates,
    do: %{type | "return" => %{"t" => "boolean"}}

  defp asked(type, _, _), do: type

  defp kept(module, name, [place])
       when {module, name} in [{String, :length}, {Enum, :count}, {Enum, :empty?}],
       do: Place.step(place, :size)

  defp kept(module, name, [place | _]) when module in @lists do
    cond do
      name in @kept -> place
      name in @element -> Place.item(place)
      true -> nil
    end
  end

  defp kept(_, _, _), do: nil

  # Functions among the arguments see the elements of the first one.
  defp functions(module, name, args, places, state) do
    params = if module in @lists, do: parameters(name, places), else: []

    Enum.reduce(args, {nil, state}, fn
      {form, _, _} = function, {_, state} when form in [:fn, :&] -> function(function, params, state)
      _, answer -> answer
    end)
  end

  defp parameters(name, [first | rest]) do
    item = Place.item(first)

    cond do
      name in @two_elements -> [item, item]
      name in [:reduce, :map_reduce, :flat_map_reduce, :scan, :reduce_while] -> [item, List.first(rest)]
      true -> [item]
    end
  end

  defp parameters(_, []), do: []

  defp made(module, name, place, found, [first | _] = places) when module in [Enum, Stream] do
    cond do
      place -> place
      name == :map and found && found == Place.item(first) -> first
      name == :map and found -> {:each, found}
      name == :flat_map and found -> {:each, Place.item(found)}
      name == :with_index -> {:each, {:tuple_of, [Place.item(first), nil]}}
      name == :zip -> {:each, {:tuple_of, Enum.map(places, &Place.item/1)}}
      name in [:chunk_every, :chunk_by] -> {:each, first}
      name in [:split, :split_while, :split_with] -> {:tuple_of, [first, first]}
      true -> nil
    end
  end

  defp made(_, _, place, _, _), do: place

  # Function literals are looked at where their parameters are known.
  defp arguments(args, state) do
    Enum.map_reduce(args, state, fn
      {form, _, _}, state when form in [:fn, :&] -> {nil, state}
      arg, state -> Flow.eval(arg, state)
    end)
  end

  defp local(name, args, state) do
    {places, state} = arguments(args, state)
    {_, state} = functions(nil, name, args, places, state)
    passed(name, places, state)
  end

  defp passed(name, places, state) do
    key = {name, length(places)}

    passes =
      for {place, index} <- Enum.with_index(places),
          {piece, steps} <- pieces(place, []),
          do: {piece, key, index, steps}

    {nil, spec(Kernel, name, places, %{state | passes: passes ++ state.passes})}
  end

  # What is made of pieces is passed on piece by piece.
  defp pieces({:arg, _, _} = place, steps), do: [{place, Enum.reverse(steps)}]
  defp pieces({:each, place}, steps), do: pieces(place, [:item | steps])

  defp pieces({:tuple_of, places}, steps) do
    for {place, index} <- Enum.with_index(places),
        piece <- pieces(place, [{:tuple, length(places), nil, index} | steps]),
        do: piece
  end

  defp pieces(nil, _), do: []
end
