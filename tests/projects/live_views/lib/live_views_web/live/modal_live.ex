# Shows: a dialog that opens and closes.
defmodule LiveViewsWeb.ModalLive do
  @moduledoc "Asks before it deletes."
  use Phoenix.LiveView

  @impl true
  def mount(_params, session, socket) do
    {:ok, assign(socket, open: false, deleted: false, title: session["title"] || "the account")}
  end

  @impl true
  def handle_event("ask", _params, socket), do: {:noreply, assign(socket, :open, true)}
  def handle_event("close", _params, socket), do: {:noreply, assign(socket, :open, false)}

  def handle_event("key", %{"key" => "Escape"}, socket), do: {:noreply, assign(socket, :open, false)}
  def handle_event("key", _params, socket), do: {:noreply, socket}

  def handle_event("confirm", _params, socket) do
    {:noreply, assign(socket, open: false, deleted: true)}
  end

  @impl true
  def render(assigns) do
    ~H"""
    <button :if={not @deleted} id="ask" phx-click="ask">Delete <%= @title %></button>
    <p :if={@deleted} id="gone">Gone</p>
    <div :if={@open} id="dialog" role="dialog" phx-window-keydown="key">
      <h2>Delete <%= @title %>?</h2>
      <button phx-click="close">Cancel</button>
      <button phx-click="confirm" class="danger">Delete</button>
    </div>
    """
  end
end
