# Shows: a module that is fine in a project that cannot be compiled.
defmodule Reader do
  def read(text), do: String.split(text, ",")
end
