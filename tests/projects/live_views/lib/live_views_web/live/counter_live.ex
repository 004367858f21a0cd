# Shows: clicks and limits.
defmodule LiveViewsWeb.CounterLive do
  @moduledoc "Counts, within limits."
  use Phoenix.LiveView

  @limit 3

  @impl true
  def mount(_params, _session, socket) do
    {:ok, assign(socket, count: 0, step: 1)}
  end

  @impl true
  def handle_event("increment", _params, socket) do
    {:noreply, update(socket, :count, &min(&1 + socket.assigns.step, @limit))}
  end

  def handle_event("decrement", _params, socket) do
    {:noreply, update(socket, :count, &(&1 - socket.assigns.step))}
  end

  def handle_event("set-step", %{"step" => step}, socket) do
    {:noreply, assign(socket, :step, String.to_integer(step))}
  end

  def handle_event("reset", _params, socket) do
    {:noreply, assign(socket, count: 0, step: 1)}
  end

  @impl true
  def render(assigns) do
    ~H"""
    <h1>Counter</h1>
    <span id="count"><%= @count %></span>
    <p :if={@count < 0} class="warning">Below zero</p>
    <p :if={@count == limit()} class="full">That is all</p>
    <button phx-click="decrement">-</button>
    <button phx-click="increment">+</button>
    <button phx-click="set-step" phx-value-step="2" disabled={@step == 2}>By two</button>
    <button :if={@count != 0} phx-click="reset" id="reset">Reset</button>
    """
  end

  defp limit, do: @limit
end
