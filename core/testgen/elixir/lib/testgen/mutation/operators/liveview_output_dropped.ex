defmodule Testgen.Mutation.Operators.LiveviewOutputDropped do
  @moduledoc """
  A value that a template shows left out.
  """

  @behaviour Testgen.Mutation.Operator
  alias Testgen.Mutation.Template

  @impl true
  def id, do: "liveview.output_dropped"

  @impl true
  def group, do: "LiveView"

  @impl true
  def describe do
    %{
      summary: "A value that a template shows left out.",
      examples: [{"<b><%= @total %></b>", "<b></b>"}],
      not: "Blocks (`<%= if ... do %>`); attributes; templates in files of their own."
    }
  end

  @output ~r/<%=\s((?:(?!%>).)*?)\s%>/s
  @block ~r/(\bdo|->)\s*\z/

  @impl true
  def mutations(node, context), do: Template.changes(node, context, &outputs/1)

  defp outputs(text) do
    for [{from, length}, {inside, size}] <- Regex.scan(@output, text, return: :index),
        not Regex.match?(@block, binary_part(text, inside, size)),
        do: {from, length, ""}
  end
end
