defmodule Testgen.Exploration.Seed do
  @moduledoc """
  A candidate taken apart into what is done and the values it is done with.

  `Cart.new() |> Cart.add("pen", 3)` becomes a function of `["pen", 3]`, and the way back: other values written into
  the same source. Whole arguments that are literals (structs, sigils and ranges among them) are taken out; what is
  computed stays in the code. Of a single call every argument is taken out: functions are values as they are, and what
  other calls give (`self()`, `make_ref()`, a process) is computed by each run.
  """

  alias Testgen.Observation.{Candidate, ValueSource}

  @enforce_keys [:id, :function, :setup, :call, :holes, :run, :values]
  defstruct [
    :id,
    :key,
    :function,
    :setup,
    :call,
    :holes,
    :run,
    :values,
    direct: false,
    light: true,
    reductions: 0
  ]

  @type t :: %__MODULE__{
          id: term(),
          key: integer(),
          function: String.t(),
          setup: [Macro.t()],
          call: Macro.t(),
          holes: [Macro.t()],
          run: ([term()] -> term()),
          values: [term()],
          direct: boolean(),
          light: boolean(),
          reductions: non_neg_integer()
        }

  @doc "The seed of an observed candidate of a function (`name/arity`); `:error` where it has no value to vary."
  @spec of(Candidate.t(), String.t(), Macro.Env.t()) :: {:ok, t()} | :error
  def of(%Candidate{} = candidate, function, env) do
    with {:ok, setup} <- parse(candidate.setup ++ candidate.lead),
         {:ok, [call]} <- parse([candidate.call]),
         :error <- single(setup, call, candidate, function, env),
         {statements, holes} <- take_out(setup ++ [call], env),
         {:ok, values} <- evaluate(holes, env) do
      {setup, [call]} = Enum.split(statements, -1)
      of(candidate, function, {setup, call, holes, values, nil}, env)
    else
      {:ok, seed} -> {:ok, seed}
      _ -> :error
    end
  end

  # A call of a function of a module, with nothing before it.
  defp single(
         [],
         {{:., _, [{:__aliases__, _, _} = module, name]} = form, meta, args},
         candidate,
         function,
         env
       )
       when is_atom(name) do
    name_and_arity = {name, length(args)}
    module = Macro.expand(module, env)

    with true <- Code.ensure_loaded?(module) and name_and_arity in module.module_info(:exports),
         {:ok, values} <- live_values(args, env) do
      holes = for number <- 0..(length(args) - 1)//1, do: {:testgen_hole, number, __MODULE__}
      run = fn values -> apply(module, name, Enum.map(values, &live/1)) end
      of(candidate, function, {[], {form, meta, holes}, args, values, run}, env)
    else
      _ -> :error
    end
  end

  defp single(_, _, _, _, _), do: :error

  defp live_values(args, env) do
    values = Enum.map(args, &live_value(&1, env))
    if :error in values, do: :error, else: {:ok, values}
  end

  defp live_value(arg, env) do
    if not settled?(arg, env) do
      {function, _, _} = Code.eval_quoted_with_env(quote(do: fn -> unquote(arg) end), [], env)
      {__MODULE__, :live, function}
    else
      {value, _, _} = Code.eval_quoted_with_env(arg, [], env)
      value
    end
  rescue
    _ -> :error
  catch
    _, _ -> :error
  end

  # Modules whose functions give the same for the same, and do nothing else.
  @pure [
          MapSet,
          Range,
          Regex,
          Date,
          Time,
          DateTime,
          NaiveDateTime,
          Version,
          URI,
          Map,
          Keyword,
          Enum,
          List,
          String
        ] ++
          [Integer, Float, Tuple, Atom, Bitwise]

  # What can be computed once, outside a run: no call in it but those of pure modules; functions are not called here.
  defp settled?({form, _, args}, _) when form in [:fn, :&] and is_list(args), do: true

  defp settled?({{:., _, [{:__aliases__, _, _} = module, name]}, _, args}, env) when is_atom(name),
    do: Macro.expand(module, env) in @pure and Enum.all?(args, &settled?(&1, env))

  defp settled?({form, _, args} = node, env) when is_atom(form) and is_list(args) do
    known? =
      form in [:{}, :%{}, :%, :<<>>, :|, :__aliases__, :.., :"..//", :"::"] or
        (form == :- and length(args) == 1) or String.starts_with?(Atom.to_string(form), "sigil_")

    known? and (literal?(node) or Enum.all?(args, &settled?(&1, env)))
  end

  defp settled?({left, right}, env), do: settled?(left, env) and settled?(right, env)
  defp settled?(list, env) when is_list(list), do: Enum.all?(list, &settled?(&1, env))
  defp settled?(other, _), do: literal?(other)

  defp live({__MODULE__, :live, function}), do: function.()
  defp live(value), do: value

  # Without values there is nothing to vary; what the call gives may still be what others take.
  defp of(_, _, {_, _, [], _, nil}, _), do: :error

  defp of(candidate, function, {setup, call, holes, values, direct}, env) do
    {:ok,
     %__MODULE__{
       id: candidate.id,
       key: System.unique_integer(),
       function: function,
       setup: setup,
       call: call,
       holes: holes,
       run: direct || interpreted(setup, call, length(holes), env),
       values: values,
       direct: direct != nil,
       light: candidate.light,
       reductions: candidate.reductions
     }}
  end

  @doc """
  The lines of the setup and the call with these values in them, names shortened by the aliases; `:error` where a
  value cannot be written. `{Testgen.Exploration.Seed, :variable, name}` stands for a variable.
  """
  @spec source(t(), [term()], ValueSource.aliases()) :: {:ok, [String.t()], String.t()} | :error
  def source(%__MODULE__{} = seed, values, aliases) do
    written = Enum.zip_with([seed.holes, seed.values, values], &written(&1, aliases))

    if :error in written,
      do: :error,
      else: {:ok, Enum.map(seed.setup, &text(&1, written)), text(seed.call, written)}
  end

  defp written([_, _, {__MODULE__, :variable, name}], _), do: {String.to_atom(name), [], nil}
  defp written([hole, same, value], _) when same === value, do: hole

  defp written([_, _, value], aliases) do
    with {:ok, source} <- ValueSource.source(value, aliases),
         {:ok, quoted} <- Code.string_to_quoted(source, emit_warnings: false) do
      quoted
    else
      _ -> :error
    end
  end

  defp text(statement, written) do
    statement
    |> Macro.prewalk(fn
      {:testgen_hole, number, __MODULE__} -> Enum.at(written, number)
      node -> node
    end)
    |> Code.quoted_to_algebra()
    |> Inspect.Algebra.format(:infinity)
    |> IO.iodata_to_binary()
  end

  @doc """
  One seed's steps, then the other's, where both begin with the same step (a process started, a table made); `:error`
  where they do not, or where it would get longer than `longest` steps.
  """
  @spec joined(t(), t(), Macro.Env.t(), pos_integer()) :: {:ok, t()} | :error
  def joined(
        %__MODULE__{setup: [start | _] = first} = one,
        %__MODULE__{setup: [_ | rest]} = other,
        env,
        longest
      )
      when length(first) + length(rest) + 2 <= longest do
    if same_start?(one, other) do
      num_dropped = length(holes_in(start))
      shift = length(one.holes) - num_dropped
      [call | back] = (rest ++ [other.call]) |> Enum.map(&renumbered(&1, shift)) |> Enum.reverse()
      holes = one.holes ++ Enum.drop(other.holes, num_dropped)
      setup = first ++ [one.call] ++ Enum.reverse(back)

      {:ok,
       %{
         other
         | key: System.unique_integer(),
           setup: setup,
           call: call,
           holes: holes,
           values: one.values ++ Enum.drop(other.values, num_dropped),
           run: interpreted(setup, call, length(holes), env),
           light: one.light and other.light,
           reductions: one.reductions + other.reductions
       }}
    else
      :error
    end
  end

  def joined(_, _, _, _), do: :error

  # The same code with the same values: holes are numbered from the first statement on.
  defp same_start?(%{setup: [start | _]} = one, %{setup: [start | _]} = other) do
    num = length(holes_in(start))
    Enum.take(one.values, num) === Enum.take(other.values, num)
  end

  defp same_start?(_, _), do: false

  defp holes_in(tree), do: for({:testgen_hole, _, __MODULE__} = hole <- Macro.prewalker(tree), do: hole)

  defp renumbered(tree, shift) do
    Macro.prewalk(tree, fn
      {:testgen_hole, number, __MODULE__} -> {:testgen_hole, number + shift, __MODULE__}
      node -> node
    end)
  end

  defp parse(lines) do
    Enum.reduce_while(Enum.reverse(lines), {:ok, []}, fn line, {:ok, parsed} ->
      case Code.string_to_quoted(line, emit_warnings: false) do
        {:ok, quoted} -> {:cont, {:ok, [quoted | parsed]}}
        {:error, _} -> {:halt, :error}
      end
    end)
  end

  # Statements with placeholders, and what they hold the place of.
  defp take_out(statements, env) do
    {statements, {holes, _}} = Enum.map_reduce(statements, {[], env}, &walk/2)
    {statements, Enum.reverse(holes)}
  end

  defp walk({:|>, meta, [left, right]}, acc) do
    {left, acc} = argument(left, acc)
    {right, acc} = walk(right, acc)
    {{:|>, meta, [left, right]}, acc}
  end

  defp walk({:=, meta, [left, right]}, acc) do
    {right, acc} = walk(right, acc)
    {{:=, meta, [left, right]}, acc}
  end

  defp walk({{:., _, [_, _]} = form, meta, args}, acc) when is_list(args) do
    {args, acc} = Enum.map_reduce(args, acc, &argument/2)
    {{form, meta, args}, acc}
  end

  defp walk({name, meta, args} = node, acc) when is_atom(name) and is_list(args) do
    cond do
      name in [:fn, :&, :->, :%, :%{}, :{}, :<<>>, :__aliases__, :@, :quote, :"::"] -> {node, acc}
      Macro.operator?(name, length(args)) or Macro.special_form?(name, length(args)) -> inside(node, acc)
      true -> call({name, meta, args}, acc)
    end
  end

  defp walk(list, acc) when is_list(list), do: Enum.map_reduce(list, acc, &walk/2)
  defp walk(other, acc), do: {other, acc}

  defp inside({name, meta, args}, acc) do
    {args, acc} = Enum.map_reduce(args, acc, &walk/2)
    {{name, meta, args}, acc}
  end

  defp call({name, meta, args}, acc) do
    if String.starts_with?(Atom.to_string(name), "sigil_") do
      {{name, meta, args}, acc}
    else
      {args, acc} = Enum.map_reduce(args, acc, &argument/2)
      {{name, meta, args}, acc}
    end
  end

  defp argument(node, {holes, env} = acc) do
    if literal?(node) and not module?(node) do
      {{:testgen_hole, length(holes), __MODULE__}, {[node | holes], env}}
    else
      walk(node, acc)
    end
  end

  defp module?({:__aliases__, _, _}), do: true
  defp module?(_), do: false

  defp literal?(value) when is_number(value) or is_atom(value) or is_binary(value), do: true
  defp literal?(list) when is_list(list), do: Enum.all?(list, &literal?/1)
  defp literal?({left, right}), do: literal?(left) and literal?(right)
  defp literal?({:|, _, [left, right]}), do: literal?(left) and literal?(right)
  defp literal?({:__aliases__, _, parts}), do: Enum.all?(parts, &is_atom/1)
  defp literal?({:%, _, [name, map]}), do: literal?(name) and literal?(map)
  defp literal?({:-, _, [number]}) when is_number(number), do: true
  defp literal?({:.., _, [first, last]}), do: literal?(first) and literal?(last)
  defp literal?({:"..//", _, parts}), do: Enum.all?(parts, &literal?/1)
  defp literal?({:<<>>, _, parts}), do: Enum.all?(parts, &(is_integer(&1) or is_binary(&1)))
  defp literal?({form, _, parts}) when form in [:{}, :%{}], do: literal?(parts)

  defp literal?({sigil, _, [{:<<>>, _, [text]}, modifiers]}) when is_binary(text) and is_list(modifiers),
    do: String.starts_with?(Atom.to_string(sigil), "sigil_")

  defp literal?(_), do: false

  defp evaluate(holes, env) do
    {values, _, _} = Code.eval_quoted_with_env(holes, [], env)
    {:ok, values}
  rescue
    _ -> :error
  end

  # Interpreted; its calls are compiled code all the same.
  defp interpreted(setup, call, num, env) do
    variables = for number <- 0..(num - 1)//1, do: {:"testgen_#{number}", [], __MODULE__}
    body = fill({:__block__, [], setup ++ [call]}, variables)

    {function, _, _} =
      Code.eval_quoted_with_env(quote(do: fn unquote(variables) -> unquote(body) end), [], env)

    function
  end

  defp fill(tree, variables) do
    Macro.prewalk(tree, fn
      {:testgen_hole, number, __MODULE__} -> Enum.at(variables, number)
      node -> node
    end)
  end
end
