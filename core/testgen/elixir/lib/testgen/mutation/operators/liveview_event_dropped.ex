defmodule Testgen.Mutation.Operators.LiveviewEventDropped do
  @moduledoc """
  The handler of an event or message of a LiveView left out.
  """

  @behaviour Testgen.Mutation.Operator
  alias Testgen.Mutation.{Change, Clause, Context}

  @impl true
  def id, do: "liveview.event_dropped"

  @impl true
  def group, do: "LiveView"

  @impl true
  def describe do
    %{
      summary: "The handler of an event or message of a LiveView left out.",
      examples: [
        {"def handle_event(\"inc\", _, socket), do: ...", "# no handler of \"inc\""}
      ],
      not: "Modules that are not LiveViews."
    }
  end

  @handlers [:handle_event, :handle_info, :handle_params, :handle_async]

  @impl true
  def mutations(%Clause{count: count} = clause, %Context{site: :clause} = context) when count > 1,
    do: if(handler?(clause, context), do: [Change.drop_clause(clause, context.source)], else: [])

  def mutations(_, _), do: []

  @doc """
  Is the clause a handler in a module that is a LiveView?
  """
  @spec handler?(Clause.t(), Context.t()) :: boolean
  def handler?(%Clause{kind: :def, name: name}, %Context{module: module}) when name in @handlers,
    do: Code.ensure_loaded?(module) and function_exported?(module, :__live__, 0)

  def handler?(_, _), do: false
end
