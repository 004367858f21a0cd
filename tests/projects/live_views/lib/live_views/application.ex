# Shows: the application of a Phoenix project, endpoint and PubSub.
defmodule LiveViews.Application do
  @moduledoc false
  use Application

  @impl true
  def start(_type, _args) do
    children = [{Phoenix.PubSub, name: LiveViews.PubSub}, LiveViewsWeb.Endpoint]
    Supervisor.start_link(children, strategy: :one_for_one)
  end
end
