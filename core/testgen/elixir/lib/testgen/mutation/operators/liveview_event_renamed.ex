defmodule Testgen.Mutation.Operators.LiveviewEventRenamed do
  @moduledoc """
  An element of a template that sends another event.
  """

  @behaviour Testgen.Mutation.Operator
  alias Testgen.Mutation.Template

  @impl true
  def id, do: "liveview.event_renamed"

  @impl true
  def group, do: "LiveView"

  @impl true
  def describe do
    %{
      summary: "An element of a template that sends another event.",
      examples: [{~s(<button phx-click="add">), ~s(<button phx-click="mutant">)}],
      not: "Events of JS commands and those that are computed; templates in files of their own."
    }
  end

  @event ~r/\sphx-(?:window-)?(?:click|submit|change|blur|focus|keydown|keyup)="([^"]+)"/

  @impl true
  def mutations(node, context), do: Template.changes(node, context, &events/1)

  defp events(text) do
    for [_, {from, length}] <- Regex.scan(@event, text, return: :index), do: {from, length, "mutant"}
  end
end
