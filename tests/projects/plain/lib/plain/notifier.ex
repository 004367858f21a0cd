# Shows: a behaviour that the caller brings a module for.
defmodule Plain.Notifier do
  @moduledoc "Sends what happens through a module that knows how."
  @callback deliver(to :: String.t(), text :: String.t()) :: :ok | {:error, term}

  @spec notify(module, [String.t()], String.t()) ::
          {:ok, non_neg_integer} | {:error, [{String.t(), term}]}
  def notify(_adapter, [], _text), do: {:ok, 0}

  def notify(adapter, people, text) do
    results =
      for person <- Enum.uniq(people), do: {person, adapter.deliver(person, subject(text))}

    failed = for {person, {:error, reason}} <- results, do: {person, reason}
    if failed == [], do: {:ok, length(results)}, else: {:error, failed}
  end

  defp subject(text) do
    if String.length(text) > 20, do: String.slice(text, 0, 17) <> "...", else: text
  end
end
