defmodule Testgen.Analysis.Inference.Flow do
  @moduledoc """
  Walks the body of a clause and tells what it does with each piece of its arguments.

  `eval/2` answers the place that an expression's value comes from, nil where that is not known, and the state
  with what was found. Branches are walked one after the other, each with the variables from before it; it is
  not known which branch a value takes.
  """

  alias Testgen.Analysis.Inference.{Binding, Calls, Place}
  alias Testgen.Analysis.Names

  import Binding, only: [bind: 3, claim: 3, kind: 3]

  @type answer :: {Place.t(), Binding.state()}

  @arithmetic ~w(+ - *)a
  @comparisons ~w(== != === !== < > <= >=)a
  @boolean ~w(and or && || not !)a

  @doc "Rewrites pipes to nested calls."
  @spec unpipe(Macro.t()) :: Macro.t()
  def unpipe(quoted), do: Macro.prewalk(quoted, &pipe/1)

  defp pipe({:|>, _, [left, {call, meta, args}]}) when is_list(args), do: {call, meta, [left | args]}
  defp pipe({:|>, _, [left, {name, meta, context}]}) when is_atom(context), do: {name, meta, [left]}
  defp pipe(node), do: node

  @doc "The place of an expression's value, and the state after it."
  @spec eval(Macro.t(), Binding.state()) :: answer()
  def eval({:__block__, _, expressions}, state), do: last(expressions, state)

  def eval({:=, _, [{name, _, context}, [_ | _] = list]}, state) when is_atom(name) and is_atom(context),
    do: {nil, put_in(each(list, state).constants[name], list)}

  def eval({:=, _, [pattern, value]}, state) do
    {place, state} = eval(value, state)
    {place, bind(pattern, place, state)}
  end

  def eval({name, _, context}, state) when is_atom(name) and is_atom(context),
    do: {Map.get(state.vars, name), state}

  def eval({:case, _, [subject, [do: clauses]]}, state) do
    {place, state} = eval(subject, state)
    branches(clauses, [place], state)
  end

  def eval({:cond, _, [[do: clauses]]}, state), do: branches(clauses, [], state)

  def eval({form, _, [condition, blocks]}, state) when form in [:if, :unless] and is_list(blocks) do
    {_, state} = eval(condition, state)
    alternatives(Keyword.values(blocks), state)
  end

  def eval({:with, _, steps}, state), do: scoped(state, &with_steps(steps, &1))
  def eval({:for, _, steps}, state), do: scoped(state, &comprehension(steps, &1))
  def eval({:fn, _, _} = function, state), do: {nil, Calls.function(function, [], state) |> elem(1)}
  def eval({:&, _, _} = capture, state), do: {nil, Calls.function(capture, [], state) |> elem(1)}

  def eval({form, _, [blocks]}, state) when form in [:try, :receive] and is_list(blocks),
    do: blocks(blocks, state)

  def eval({form, _, _}, state) when form in [:quote, :__aliases__, :@], do: {nil, state}

  def eval({:<>, _, parts}, state), do: strings(parts, state)
  def eval({:<<>>, _, segments}, state), do: {nil, Enum.reduce(segments, state, &segment/2)}

  def eval({op, _, [left, right]}, state) when op in @arithmetic do
    {_, state} = operand(left, "number", state)
    {_, state} = operand(right, "number", state)
    {nil, state}
  end

  def eval({:/, _, [left, right]}, state) do
    {_, state} = operand(left, "number", state)
    {_, state} = operand(right, "number", state)
    {nil, state}
  end

  def eval({:-, _, [value]}, state), do: operand(value, "number", state)

  def eval({:.., _, [first, last]}, state) do
    {_, state} = operand(first, "integer", state)
    {_, state} = operand(last, "integer", state)
    {nil, state}
  end

  def eval({op, _, [left, right]}, state) when op in [:++, :--] do
    {place, state} = operand(left, "list", state)
    {_, state} = operand(right, "list", state)
    {place, state}
  end

  def eval({:=~, _, [left, right]}, state) do
    {place, state} = operand(left, "string", state)
    {_, state} = eval(right, state)
    {nil, Calls.matched(right, place, state)}
  end

  def eval({op, _, [left, right]}, state) when op in @comparisons do
    {on_left, state} = eval(left, state)
    {on_right, state} = eval(right, state)
    {nil, state |> compared(on_left, right) |> compared(on_right, left)}
  end

  def eval({:in, _, [value, among]}, state) do
    {place, state} = eval(value, state)
    {held_in, state} = eval(among, state)
    state = if held_in, do: kind(state, held_in, "enumerable"), else: state
    {nil, among |> members() |> Enum.reduce(state, &compared(&2, place, &1))}
  end

  def eval({op, _, [left, right]}, state) when op in @boolean do
    {_, state} = boolean(op, left, state)
    {place, state} = eval(right, state)
    {if(op in [:||, :&&], do: place), state}
  end

  def eval({op, _, [value]}, state) when op in @boolean, do: boolean(op, value, state)

  def eval({:%{}, _, [{:|, _, [map, pairs]}]}, state) do
    {place, state} = eval(map, state)
    {place, Enum.reduce(pairs, kind(state, place, "map"), &updated(&1, place, &2))}
  end

  def eval({:%{}, _, pairs}, state), do: {nil, each(pairs, state)}

  def eval({:%, _, [name, {:%{}, _, [{:|, _, [map, pairs]}]}]}, state) do
    {place, state} = eval(map, state)
    module = Names.resolve(state.names, name)
    state = if module, do: Binding.of_struct(state, place, module), else: state
    {place, each(pairs, state)}
  end

  def eval({:%, _, [_name, {:%{}, _, pairs}]}, state), do: {nil, each(pairs, state)}

  def eval({left, right}, state), do: tuple([left, right], state)
  def eval({:{}, _, items}, state), do: tuple(items, state)

  def eval([{:|, _, [head, tail]}], state) do
    {_, state} = eval(head, state)
    operand(tail, "list", state)
  end

  def eval(list, state) when is_list(list), do: {nil, each(list, state)}

  def eval({{:., _, [target, key]}, meta, []} = call, state) when is_atom(key) do
    if meta[:no_parens] && not alias?(target),
      do: read(target, key, state),
      else: Calls.eval(call, state)
  end

  def eval({_, _, args} = call, state) when is_list(args), do: Calls.eval(call, state)
  def eval(_, state), do: {nil, state}

  @doc "Evaluates an expression whose value has to be of a kind."
  @spec operand(Macro.t(), String.t(), Binding.state()) :: answer()
  def operand(expression, kind, state) do
    {place, state} = eval(expression, state)
    {place, kind(state, place, kind)}
  end

  @doc "Walks `body` with the variables of `state`, which are as before afterwards."
  @spec scoped(Binding.state(), (Binding.state() -> answer())) :: answer()
  def scoped(state, fun) do
    {place, inner} = fun.(state)
    {place, %{inner | vars: state.vars}}
  end

  @doc "Clauses of a `case`, `fn` or `cond`, their patterns bound to `places`."
  @spec branches([Macro.t()], [Place.t()], Binding.state()) :: answer()
  def branches(clauses, places, state) do
    Enum.reduce(clauses, {nil, state}, fn
      {:->, _, [heads, body]}, {place, state} ->
        {found, state} = scoped(state, &branch(heads, body, places, &1))
        {place || found, state}

      _, answer ->
        answer
    end)
  end

  defp branch([{:when, _, parts}], body, places, state) do
    {heads, [guard]} = Enum.split(parts, -1)
    branch_of(heads, guard, body, places, state)
  end

  defp branch(heads, body, places, state), do: branch_of(heads, nil, body, places, state)

  defp branch_of([condition], nil, body, [], state) do
    {_, state} = eval(condition, state)
    eval(body, state)
  end

  defp branch_of(heads, guard, body, places, state) do
    state =
      heads
      |> Enum.with_index()
      |> Enum.reduce(state, fn {head, index}, state -> bind(head, Enum.at(places, index), state) end)

    {_, state} = eval(guard, state)
    eval(body, state)
  end

  defp last(expressions, state),
    do: Enum.reduce(expressions, {nil, state}, fn expression, {_, state} -> eval(expression, state) end)

  defp each(expressions, state), do: expressions |> last(state) |> elem(1)

  defp alternatives(bodies, state) do
    Enum.reduce(bodies, {nil, state}, fn body, {place, state} ->
      {found, state} = scoped(state, &eval(body, &1))
      {place || found, state}
    end)
  end

  defp blocks(blocks, state) do
    Enum.reduce(blocks, {nil, state}, fn
      {:do, body}, {_, state} when not is_list(body) ->
        scoped(state, &eval(body, &1))

      {_, clauses}, {place, state} when is_list(clauses) ->
        {place, branches(clauses, [nil], state) |> elem(1)}

      {_, body}, {place, state} ->
        {place, scoped(state, &eval(body, &1)) |> elem(1)}
    end)
  end

  defp with_steps(steps, state) do
    Enum.reduce(steps, {nil, state}, fn
      {:<-, _, [pattern, value]}, {_, state} -> with_match(pattern, value, state)
      blocks, {_, state} when is_list(blocks) -> blocks(blocks, state)
      expression, {_, state} -> eval(expression, state)
    end)
  end

  defp with_match(pattern, value, state) do
    {place, state} = eval(value, state)
    {place, pattern |> bind(place, state) |> guarded(pattern)}
  end

  defp guarded(state, {:when, _, [_, guard]}), do: guard |> eval(state) |> elem(1)
  defp guarded(state, _), do: state

  # Its value is a list of what its body gives.
  defp comprehension(steps, state) do
    {place, state} =
      Enum.reduce(steps, {nil, state}, fn
        {:<-, _, [pattern, source]}, {_, state} -> generated(pattern, source, state)
        {:<<>>, _, [{:<-, _, [pattern, source]}]}, {_, state} -> bits(pattern, source, state)
        blocks, {_, state} when is_list(blocks) -> blocks(blocks, state)
        expression, {_, state} -> eval(expression, state)
      end)

    {if(place, do: {:each, place}), state}
  end

  defp generated(pattern, source, state) do
    {place, state} = operand(source, "enumerable", state)
    {nil, pattern |> bind(Place.item(place), state) |> guarded(pattern)}
  end

  defp bits(pattern, source, state) do
    {place, state} = operand(source, "string", state)
    {nil, bind(pattern, Place.step(place, :char), state)}
  end

  defp strings(parts, state) do
    {[first | _], state} = Enum.map_reduce(parts, state, &operand(&1, "string", &2))
    {first, state}
  end

  # What is interpolated may be anything that can be shown.
  defp segment({:"::", _, [{{:., _, [Kernel, :to_string]}, _, [value]}, _]}, state),
    do: value |> eval(state) |> elem(1)

  defp segment({:"::", _, [value, spec]}, state) do
    kind = if Macro.to_string(spec) =~ ~r/binary|bytes|bitstring/, do: "string", else: "integer"
    value |> operand(kind, state) |> elem(1)
  end

  defp segment(value, state), do: value |> eval(state) |> elem(1)

  defp boolean(op, value, state) when op in [:and, :or, :not], do: operand(value, "boolean", state)
  defp boolean(_, value, state), do: eval(value, state)

  defp compared(state, place, {:-, _, [number]}) when is_number(number),
    do: claim(state, place, {:literal, -number})

  defp compared(state, _place, nil), do: state

  defp compared(state, place, value) when is_number(value) or is_atom(value) or is_binary(value),
    do: claim(state, place, {:literal, value})

  defp compared(state, place, []), do: kind(state, place, "list")
  defp compared(state, place, {:%{}, _, []}), do: kind(state, place, "map")
  defp compared(state, _, _), do: state

  defp members(list) when is_list(list), do: list
  defp members({:.., _, [first, last]}), do: [first, last]

  defp members({sigil, _, [{:<<>>, _, [words]}, modifiers]}) when sigil in [:sigil_w, :sigil_W] do
    words = String.split(words)
    if modifiers == ~c"a", do: Enum.map(words, &String.to_atom/1), else: words
  end

  defp members(_), do: []

  defp updated({key, value}, place, state) do
    {found, state} = eval(value, state)
    piece = Place.step(place, {:field, [], Macro.to_string(key)})
    if found == piece, do: state, else: claim(state, piece, {:type, %{"t" => "any"}})
  end

  defp updated(_, _, state), do: state

  defp tuple(items, state) do
    {places, state} = Enum.map_reduce(items, state, &eval/2)
    {if(Enum.any?(places), do: {:tuple_of, places}), state}
  end

  defp read(target, key, state) do
    {place, state} = eval(target, state)
    piece = Place.step(place, {:field, [], inspect(key)})
    {piece, claim(state, piece, {:type, %{"t" => "any"}})}
  end

  defp alias?({:__aliases__, _, _}), do: true
  defp alias?({:__MODULE__, _, _}), do: true
  defp alias?(module), do: is_atom(module)
end
