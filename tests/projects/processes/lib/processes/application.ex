# Shows: an application with a supervision tree.
defmodule Processes.Application do
  @moduledoc false
  use Application

  @impl true
  def start(_type, _args) do
    children = [
      {Registry, keys: :unique, name: Processes.RoomRegistry},
      {DynamicSupervisor, name: Processes.RoomSupervisor, strategy: :one_for_one},
      Processes.Cache,
      Processes.Visits
    ]

    Supervisor.start_link(children, strategy: :one_for_one, name: Processes.Supervisor)
  end
end
