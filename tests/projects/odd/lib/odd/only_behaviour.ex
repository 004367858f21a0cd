# Shows: a behaviour without functions.
defmodule Odd.OnlyBehaviour do
  @callback open(path :: String.t()) :: {:ok, term()} | :error
  @callback close(term()) :: :ok
end
