defmodule Testgen.Mutation.Emit do
  @moduledoc """
  The code that is put around a mutated place.

  At a point, `case active do 7 -> mutated; _ -> original end`. Where a mutant keeps all operands and their
  order, operands are computed once, before the branch, so that nested points do not multiply the code:

      left = ...; right = ...
      case active do 7 -> left - right; _ -> left + right end

  Mutants that drop or reorder operands have copies of them, with no points inside.
  """

  alias Testgen.Mutation.{Change, Scope, Source, State, Switch, Watch}

  @type live :: State.live()

  @doc """
  The plain form: every mutant has its own copy.
  """
  @spec choice([live], Macro.t(), State.t(), (Macro.t() -> Macro.t())) :: {Macro.t(), State.t()}
  def choice(live, original, state, wrap \\ & &1)
  def choice([], original, state, _), do: {original, state}

  def choice(live, original, state, wrap) do
    {point, state} = State.point(state, live)
    {switch(at(point, state), copies(live, wrap), original), state}
  end

  @doc """
  A call (or operator) and its mutants: `walked` are the operands as instrumented, `rebuild` makes the call of operands.
  `wrap` finishes a mutated tree (a stage of a pipeline gets its first argument by it).
  """
  @spec call(
          [live],
          Macro.t(),
          [Macro.t()],
          [Macro.t()],
          ([Macro.t()] -> Macro.t()),
          State.t(),
          (Macro.t() -> Macro.t())
        ) ::
          {Macro.t(), State.t()}
  def call(live, node, operands, walked, rebuild, state, wrap \\ & &1)
  def call([], _, _, walked, rebuild, state, _), do: {rebuild.(walked), state}

  def call(live, node, operands, walked, rebuild, state, wrap) do
    {shared, copied} = Enum.split_with(live, fn {_, change} -> shares?(change, operands, node) end)

    if shared == [] or not heavy?(operands, walked) do
      choice(live, rebuild.(walked), state, wrap)
    else
      shared_operands(shared, copied, operands, walked, rebuild, state, wrap)
    end
  end

  defp shares?(%Change{ast: ast}, operands, node),
    do: form_args(ast) == {:ok, operands} and operands != [] and ast != node

  defp form_args({{:., _, [_, _]}, _, args}) when is_list(args), do: {:ok, args}

  defp form_args({name, _, args})
       when is_atom(name) and is_list(args) and name not in [:and, :or, :&&, :||, :__block__],
       do: {:ok, args}

  defp form_args(_), do: :error

  defp heavy?(operands, walked) do
    Enum.any?(Enum.zip(operands, walked), fn {operand, walked} ->
      not Scope.trivial?(operand) and (Source.strip(operand) != walked or not small?(operand))
    end)
  end

  defp small?(operand), do: operand |> Macro.prewalker() |> Enum.take(12) |> length() < 12

  @doc """
  As `call/7`, and what the call is given is seen while a recording watches: `before` (the value piped into it) and the
  operands. They are computed once, so they can be looked at.
  """
  @spec watched(
          Watch.what(),
          [Macro.t()],
          [live],
          Macro.t(),
          [Macro.t()],
          [Macro.t()],
          ([Macro.t()] -> Macro.t()),
          State.t(),
          (Macro.t() -> Macro.t())
        ) :: {Macro.t(), State.t()}
  def watched(what, before, live, node, operands, walked, rebuild, state, wrap \\ & &1)

  def watched(
        what,
        _,
        live,
        node,
        operands,
        walked,
        rebuild,
        %State{watch: watch, reader: reader} = state,
        wrap
      )
      when what == nil or not watch or reader == :call,
      do: call(live, node, operands, walked, rebuild, state, wrap)

  def watched(what, before, live, node, operands, walked, rebuild, state, wrap) do
    {point, state} = State.watch(state, what)
    looked_at = fn bound -> block([seen(point, before ++ bound), rebuild.(bound)]) end
    {shared, copied} = Enum.split_with(live, fn {_, change} -> shares?(change, operands, node) end)

    if live == [] do
      {bound, binds, state} = bind(operands, walked, state)
      {block(binds ++ [looked_at.(bound)]), state}
    else
      shared_operands(shared, copied, operands, walked, looked_at, state, wrap)
    end
  end

  @doc """
  Notes the values of variables and literals at a point, while a recording watches.
  """
  @spec seen(pos_integer, [Macro.t()]) :: Macro.t()
  def seen(point, values) do
    integer = {:when, [generated: true], [{:_, [], nil}, remote(:erlang, :is_integer, [active()])]}
    noted = {:->, [generated: true], [[{:_, [], nil}], remote(Switch, :seen, [active(), point, values])]}
    {:case, [generated: true], [active(), [do: [{:->, [generated: true], [[integer], :ok]}, noted]]]}
  end

  defp shared_operands(shared, copied, operands, walked, rebuild, state, wrap) do
    {point, state} = State.point(state, copied ++ shared)
    {bound, binds, state} = bind(operands, walked, state)
    branches = for {id, change} <- shared, do: {id, wrap.(with_args(change.ast, bound))}

    if copied == [] do
      {block(binds ++ [switch(at(point, state), branches, rebuild.(bound))]), state}
    else
      {active, state} = State.variable(state)
      rest = block(binds ++ [switch(active, branches, rebuild.(bound))])
      {switch(at(point, state), copies(copied, wrap), rest, active), state}
    end
  end

  defp with_args({{:., dot, [module, name]}, meta, _}, args),
    do: {{:., dot, [Source.strip(module), name]}, meta, args}

  defp with_args({name, meta, _}, args), do: {name, meta, args}

  defp bind(operands, walked, state) do
    {bound, {binds, state}} =
      Enum.map_reduce(Enum.zip(operands, walked), {[], state}, fn {operand, walked}, {binds, state} ->
        {value, more, state} = named(operand, walked, state)
        {value, {more ++ binds, state}}
      end)

    {bound, Enum.reverse(binds), state}
  end

  @doc """
  The instrumented node as something that can stand twice: itself, or a variable and what binds it.
  """
  @spec named(Macro.t(), Macro.t(), State.t()) :: {Macro.t(), [Macro.t()], State.t()}
  def named(node, walked, state) do
    if Scope.trivial?(node) and Source.strip(node) == walked do
      {walked, [], state}
    else
      {variable, state} = State.variable(state)
      {variable, [{:=, [generated: true], [variable, walked]}], state}
    end
  end

  defp copies(live, wrap), do: for({id, change} <- live, do: {id, wrap.(Source.strip(change.ast))})

  @spec block([Macro.t()]) :: Macro.t()
  def block([one]), do: one
  def block(many), do: {:__block__, [], many}

  @doc """
  Which mutant is active, asked at a point. The body of the function has read it into a variable; while coverage is
  recorded that is no number, and the point is counted.
  """
  @spec at(pos_integer, State.t()) :: Macro.t()
  def at(point, %State{reader: :call}), do: remote(Switch, :at, [point])

  def at(point, %State{reader: :variable}) do
    number = {:testgen_number, [generated: true], Testgen.Mutation}
    integer = {:when, [generated: true], [number, remote(:erlang, :is_integer, [number])]}
    counted = {:->, [generated: true], [[{:_, [], nil}], remote(Switch, :count, [active(), point])]}
    {:case, [generated: true], [active(), [do: [{:->, [generated: true], [[integer], number]}, counted]]]}
  end

  @doc """
  The variable that holds what the body of the function has read.
  """
  @spec active() :: Macro.t()
  def active, do: {:testgen_active, [generated: true], Testgen.Mutation}

  @doc """
  A body that reads the active mutant first, where there are points in it: the body of a function, of a `fn` (which may
  be called long after it was made), of a clause of `receive` (which may have waited).
  """
  @spec reading(Macro.t(), pos_integer, State.t()) :: Macro.t()
  def reading(body, next_point, %State{next_point: next_point}), do: body

  def reading(body, _, _),
    do: block([{:=, [generated: true], [active(), remote(:persistent_term, :get, [Switch.key(), 0])]}, body])

  @spec remote(module, atom, [Macro.t()]) :: Macro.t()
  def remote(module, name, args), do: {{:., [generated: true], [module, name]}, [generated: true], args}

  @spec switch(Macro.t(), [{pos_integer, Macro.t()}], Macro.t(), Macro.t()) :: Macro.t()
  def switch(subject, branches, original, otherwise \\ {:_, [], nil}) do
    clauses = for {id, ast} <- branches, do: {:->, [generated: true], [[id], ast]}

    {:case, [generated: true],
     [subject, [do: clauses ++ [{:->, [generated: true], [[otherwise], original]}]]]}
  end
end
