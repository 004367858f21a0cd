defmodule Testgen.Mutation.Operators.LiveviewAssignRemoved do
  @moduledoc """
  An `assign` to a socket left out.
  """

  @behaviour Testgen.Mutation.Operator
  alias Testgen.Mutation.{Change, Context}

  @impl true
  def id, do: "liveview.assign_removed"

  @impl true
  def group, do: "LiveView"

  @impl true
  def describe do
    %{
      summary: "An `assign` to a socket left out.",
      examples: [
        {"assign(socket, :count, 1)", "socket"},
        {"assign_new(socket, :user, f)", "socket"}
      ],
      not: "Stages of pipelines, which have an operator of their own."
    }
  end

  @modules [Phoenix.Component, Phoenix.LiveView]
  @names [
    :assign,
    :assign_new,
    :put_flash,
    :clear_flash,
    :push_event,
    :stream,
    :stream_insert,
    :stream_delete,
    :update
  ]

  @impl true
  def mutations(_, %Context{piped: true}), do: []

  def mutations({_, _, [socket | _]} = node, %Context{site: :expression} = context) do
    case Context.target(context, node) do
      {_, module, _} when module in @modules ->
        if Context.name(node) in @names, do: [Change.replace(socket)], else: []

      _ ->
        []
    end
  end

  def mutations(_, _), do: []
end
