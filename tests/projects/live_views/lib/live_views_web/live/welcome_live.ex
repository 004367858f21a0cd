# Shows: a view without events.
defmodule LiveViewsWeb.WelcomeLive do
  @moduledoc "Greets by the name in the path."
  use Phoenix.LiveView

  @impl true
  def mount(%{"name" => name}, _session, socket), do: {:ok, assign(socket, :name, name)}

  @impl true
  def render(assigns) do
    ~H"""
    <h1>Hello <%= @name %></h1>
    """
  end
end
