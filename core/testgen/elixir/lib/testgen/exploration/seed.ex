defmodule Testgen.Exploration.Seed do
  @moduledoc """
  A candidate taken apart into what is done and the values it is done with.

  `Cart.new() |> Cart.add("pen", 3)` becomes a function of `["pen", 3]`, and the way back: other values written into
  the same source. Only whole arguments that are literals (structs, sigils and ranges among them) are taken out; what
  is computed stays in the code.
  """

  alias Testgen.Observation.{Candidate, ValueSource}

  @enforce_keys [:id, :function, :setup, :call, :holes, :run, :values]
  defstruct [:id, :function, :setup, :call, :holes, :run, :values, light: true, reductions: 0]

  @type t :: %__MODULE__{
          id: term(),
          function: String.t(),
          setup: [Macro.t()],
          call: Macro.t(),
          holes: [Macro.t()],
          run: ([term()] -> term()),
          values: [term()],
          light: boolean(),
          reductions: non_neg_integer()
        }

  @doc "The seed of an observed candidate of a function (`name/arity`); `:error` where it has no value to vary."
  @spec of(Candidate.t(), String.t(), Macro.Env.t()) :: {:ok, t()} | :error
  def of(%Candidate{} = candidate, function, env) do
    with {:ok, setup} <- parse(candidate.setup ++ candidate.lead),
         {:ok, [call]} <- parse([candidate.call]),
         {statements, [_ | _] = holes} <- take_out(setup ++ [call], env),
         {:ok, values} <- evaluate(holes, env) do
      {setup, [call]} = Enum.split(statements, -1)

      {:ok,
       %__MODULE__{
         id: candidate.id,
         function: function,
         setup: setup,
         call: call,
         holes: holes,
         run: run(setup, call, length(holes), env),
         values: values,
         light: candidate.light,
         reductions: candidate.reductions
       }}
    else
      _ -> :error
    end
  end

  @doc """
  The lines of the setup and the call with these values in them, names shortened by the aliases; `:error` where a
  value cannot be written.
  """
  @spec source(t(), [term()], ValueSource.aliases()) :: {:ok, [String.t()], String.t()} | :error
  def source(%__MODULE__{} = seed, values, aliases) do
    written = Enum.zip_with([seed.holes, seed.values, values], &written(&1, aliases))

    if :error in written,
      do: :error,
      else: {:ok, Enum.map(seed.setup, &text(&1, written)), text(seed.call, written)}
  end

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

  # A bare call is applied; anything else is interpreted, its calls still being compiled code.
  defp run([], {{:., _, [{:__aliases__, _, _} = module, name]}, _, args}, num, env) do
    module = Macro.expand(module, env)

    if args == for(number <- 0..(num - 1)//1, do: {:testgen_hole, number, __MODULE__}) and
         Code.ensure_loaded?(module) and function_exported?(module, name, num),
       do: fn values -> apply(module, name, values) end,
       else: interpreted([], {{:., [], [module, name]}, [], args}, num, env)
  end

  defp run(setup, call, num, env), do: interpreted(setup, call, num, env)

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
