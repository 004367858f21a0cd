# Shows: a view that needs a session.
defmodule LiveViewsWeb.RaisingLive do
  @moduledoc "Cannot be mounted without what its caller's session holds."
  use Phoenix.LiveView

  @impl true
  def mount(_params, session, socket) do
    {:ok, assign(socket, :token, Map.fetch!(session, "token"))}
  end

  @impl true
  def render(assigns) do
    ~H"""
    <p><%= @token %></p>
    """
  end
end
