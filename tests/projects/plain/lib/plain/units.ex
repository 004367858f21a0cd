# Shows: a module that defines macros for others.
defmodule Plain.Units do
  @moduledoc "Defines conversion functions from a table of factors."

  @doc "Defines `to_base/2` and `from_base/2` for the units given."
  defmacro units(table) do
    for {unit, factor} <- table do
      quote do
        def to_base(amount, unquote(unit)), do: amount * unquote(factor)
        def from_base(amount, unquote(unit)), do: amount / unquote(factor)
      end
    end
  end

  @doc "Raises unless a condition holds, naming the condition."
  defmacro require!(condition) do
    text = Macro.to_string(condition)

    quote do
      if unquote(condition), do: :ok, else: raise(ArgumentError, "needs " <> unquote(text))
    end
  end
end
