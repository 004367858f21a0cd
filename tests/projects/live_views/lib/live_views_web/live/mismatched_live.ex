# Shows: an event without a clause and a clause without an event.
defmodule LiveViewsWeb.MismatchedLive do
  @moduledoc "Its template sends an event that nothing handles, and it handles one that nothing sends."
  use Phoenix.LiveView

  @impl true
  def mount(_params, _session, socket), do: {:ok, assign(socket, :on, false)}

  @impl true
  def handle_event("switch_on", _params, socket), do: {:noreply, assign(socket, :on, true)}
  def handle_event("switch_off", _params, socket), do: {:noreply, assign(socket, :on, false)}

  @impl true
  def render(assigns) do
    ~H"""
    <p id="state"><%= if @on, do: "on", else: "off" %></p>
    <button phx-click="switch_on">On</button>
    <button phx-click="swich_off">Off</button>
    """
  end
end
