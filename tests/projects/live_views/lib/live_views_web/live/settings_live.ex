# Shows: a view with a live component.
defmodule LiveViewsWeb.ToggleComponent do
  @moduledoc "A switch with a state of its own."
  use Phoenix.LiveComponent

  @impl true
  def update(assigns, socket) do
    {:ok, socket |> assign(assigns) |> assign_new(:on, fn -> false end)}
  end

  @impl true
  def handle_event("toggle", _params, socket) do
    send(self(), {:toggled, socket.assigns.id})
    {:noreply, update(socket, :on, &(not &1))}
  end

  @impl true
  def render(assigns) do
    ~H"""
    <div id={@id}>
      <%= @label %>: <span class="state"><%= if @on, do: "on", else: "off" %></span>
      <button phx-click="toggle" phx-target={@myself}>Switch <%= @label %></button>
    </div>
    """
  end
end

defmodule LiveViewsWeb.SettingsLive do
  @moduledoc "A page of switches."
  use Phoenix.LiveView

  @impl true
  def mount(_params, _session, socket), do: {:ok, assign(socket, :changes, 0)}

  @impl true
  def handle_info({:toggled, _id}, socket), do: {:noreply, update(socket, :changes, &(&1 + 1))}

  @impl true
  def render(assigns) do
    ~H"""
    <.live_component module={LiveViewsWeb.ToggleComponent} id="sound" label="Sound" />
    <.live_component module={LiveViewsWeb.ToggleComponent} id="light" label="Light" />
    <p id="changes">Changed <%= @changes %> times</p>
    """
  end
end
