defmodule Testgen.Analysis.Call do
  @moduledoc """
  What a function calls and what it raises, read from its tree.

  A call is `%{"module" => "String" | nil, "function" => "trim", "arity" => 1}`, `nil` for a local or imported
  one; piped calls have the arity that they are called with. Kernel's special forms and operators are left
  out. A raise has its message where that is a literal; an interpolated message is given as the literal text
  before the first interpolation in `"prefix"`.
  """

  alias Testgen.Analysis.{Names, Source}

  @forms ~w(__block__ __aliases__ {} %{} % <<>> :: -> fn & . = ^ |> | <- when case cond if unless with for receive try
            quote unquote unquote_splicing @ \\\\ do and or not in ! && || + - * / ++ -- <> .. ..// == != === !== < > <=
            >= =~ super raise reraise throw alias import require use def defp defmacro defmacrop __MODULE__ __ENV__
            __CALLER__ __STACKTRACE__ __DIR__)a

  @doc "Calls of the tree, each once, in reading order."
  @spec calls(Macro.t(), Names.t()) :: [map()]
  def calls(quoted, names) do
    {_, found} = quoted |> Source.strip() |> unpipe() |> Macro.prewalk([], &{&1, call(&1, names) ++ &2})
    found |> Enum.reverse() |> Enum.uniq()
  end

  @doc "Exceptions that the tree raises, each once, in reading order."
  @spec raises(Macro.t(), Names.t()) :: [map()]
  def raises(quoted, names) do
    {_, found} = quoted |> Source.strip() |> Macro.prewalk([], &{&1, raised(&1, names) ++ &2})
    found |> Enum.reverse() |> Enum.uniq()
  end

  defp unpipe(quoted), do: Macro.prewalk(quoted, &pipe/1)

  defp pipe({:|>, _, [left, {call, meta, args}]}) when is_list(args), do: {call, meta, [left | args]}
  defp pipe({:|>, _, [left, {name, meta, context}]}) when is_atom(context), do: {name, meta, [left]}
  # A leaf, so that the walk does not take the function's name for a call without arguments.
  defp pipe({:&, _, [{:/, _, [{{:., _, [module, name]}, _, []}, arity]}]}) when is_integer(arity),
    do: {:captured, [module: module, name: name, arity: arity], nil}

  defp pipe({:&, _, [{:/, _, [{name, _, context}, arity]}]})
       when is_integer(arity) and is_atom(name) and is_atom(context),
       do: {:captured, [module: nil, name: name, arity: arity], nil}

  defp pipe(node), do: node

  defp call({:captured, [module: nil, name: name, arity: arity], nil}, _), do: local(name, arity)

  defp call({:captured, [module: module, name: name, arity: arity], nil}, names),
    do: remote(Names.resolve(names, module), name, arity)

  defp call({{:., _, [module, name]}, meta, args}, names) when is_atom(name) do
    if meta[:no_parens] && args == [] && not alias?(module),
      do: [],
      else: remote(Names.resolve(names, module), name, length(args))
  end

  defp call({name, _, args}, _names) when is_atom(name) and is_list(args) and name not in @forms do
    if String.starts_with?(Atom.to_string(name), "sigil_"), do: [], else: local(name, length(args))
  end

  defp call(_, _), do: []

  defp alias?({:__aliases__, _, _}), do: true
  defp alias?(module), do: is_atom(module)

  defp remote(nil, _, _), do: []
  defp remote(Kernel, :to_string, _), do: []

  defp remote(module, name, arity),
    do: [%{"module" => Names.show(module), "function" => Atom.to_string(name), "arity" => arity}]

  defp local(name, arity), do: [%{"module" => nil, "function" => Atom.to_string(name), "arity" => arity}]

  defp raised({:raise, _, [message]}, names) when is_binary(message),
    do: raise_of(RuntimeError, message, names)

  defp raised({:raise, _, [{:<<>>, _, _} = message]}, names), do: raise_of(RuntimeError, message, names)
  defp raised({:raise, _, [{:<>, _, _} = message]}, names), do: raise_of(RuntimeError, message, names)

  defp raised({:raise, _, [{{:., _, [exception, :exception]}, _, _}]}, names),
    do: raise_of(Names.resolve(names, exception), nil, names)

  defp raised({:raise, _, [{:%, _, [exception, _]}]}, names),
    do: raise_of(Names.resolve(names, exception), nil, names)

  defp raised({:raise, _, [exception]}, names), do: raise_of(Names.resolve(names, exception), nil, names)

  defp raised({:raise, _, [exception, [{:message, message} | _]]}, names),
    do: raise_of(Names.resolve(names, exception), message, names)

  defp raised({:raise, _, [exception, message]}, names),
    do: raise_of(Names.resolve(names, exception), message, names)

  defp raised(_, _), do: []

  defp raise_of(nil, _, _), do: []

  defp raise_of(exception, message, _names) do
    [%{"exception" => Names.show(exception), "message" => literal(message), "prefix" => prefix(message)}]
  end

  defp literal(message) when is_binary(message), do: message
  defp literal(_), do: nil

  defp prefix({:<<>>, _, [text | _]}) when is_binary(text), do: text
  defp prefix({:<>, _, [text, _]}) when is_binary(text), do: text
  defp prefix(_), do: nil
end
