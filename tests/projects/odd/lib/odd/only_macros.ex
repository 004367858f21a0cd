# Shows: a module that has macros and no functions.
defmodule Odd.OnlyMacros do
  defmacro twice(block) do
    quote do
      unquote(block)
      unquote(block)
    end
  end

  defmacro swap({left, right}), do: {right, left}
end
