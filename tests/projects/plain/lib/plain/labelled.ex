# Shows: a protocol with implementations for built-in types, a struct and Any.
defprotocol Plain.Labelled do
  @moduledoc "What a thing is called on a price tag."

  @fallback_to_any true

  @doc "A label of a few words."
  @spec label(t()) :: String.t()
  def label(thing)
end

defimpl Plain.Labelled, for: BitString do
  def label(name), do: String.trim(name)
end

defimpl Plain.Labelled, for: Integer do
  def label(number) when number < 0, do: "no number"
  def label(number), do: "no. #{number}"
end

defimpl Plain.Labelled, for: List do
  def label([]), do: "nothing"
  def label([one]), do: Plain.Labelled.label(one)
  def label([first | rest]), do: "#{Plain.Labelled.label(first)} and #{length(rest)} more"
end

defimpl Plain.Labelled, for: Any do
  def label(_thing), do: "something"
end
