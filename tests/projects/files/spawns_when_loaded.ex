# Shows: a module that leaves processes, an operating system process among them, while it is compiled.
defmodule SpawnsWhenLoaded do
  for _ <- 1..20, do: spawn(fn -> Process.sleep(:infinity) end)
  Port.open({:spawn, "sleep 4711"}, [])

  @doc "The answer."
  @spec answer(integer()) :: integer()
  def answer(add), do: 42 + add
end
