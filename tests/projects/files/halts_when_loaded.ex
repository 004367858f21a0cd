# Shows: a module that stops the VM while it is compiled.
defmodule HaltsWhenLoaded do
  System.halt(0)

  def answer, do: 42
end
