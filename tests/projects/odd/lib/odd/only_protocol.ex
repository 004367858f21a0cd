# Shows: a protocol without implementations.
defprotocol Odd.OnlyProtocol do
  @doc "How heavy a thing is."
  @spec weight(t()) :: number()
  def weight(thing)
end
