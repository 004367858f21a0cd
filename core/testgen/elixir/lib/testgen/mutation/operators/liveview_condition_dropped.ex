defmodule Testgen.Mutation.Operators.LiveviewConditionDropped do
  @moduledoc """
  The `:if` of an element of a template left out: the element is always there.
  """

  @behaviour Testgen.Mutation.Operator
  alias Testgen.Mutation.Template

  @impl true
  def id, do: "liveview.condition_dropped"

  @impl true
  def group, do: "LiveView"

  @impl true
  def describe do
    %{
      summary: "The `:if` of an element of a template left out: the element is always there.",
      examples: [{"<p :if={@open}>Open</p>", "<p>Open</p>"}],
      not: "Conditions that give a variable its value; templates in files of their own."
    }
  end

  @condition ~r/\s:if=\{((?:[^{}]|\{[^{}]*\})*)\}/
  @binds ~r/(?<![=!<>])=(?![=~>])/

  @impl true
  def mutations(node, context), do: Template.changes(node, context, &conditions/1)

  defp conditions(text) do
    for [{from, length}, {inside, size}] <- Regex.scan(@condition, text, return: :index),
        not Regex.match?(@binds, binary_part(text, inside, size)),
        do: {from, length, ""}
  end
end
