# Shows: handle_info and PubSub.
defmodule LiveViewsWeb.TickerLive do
  @moduledoc "Shows prices that others announce."
  use Phoenix.LiveView

  @impl true
  def mount(_params, _session, socket) do
    if connected?(socket), do: Phoenix.PubSub.subscribe(LiveViews.PubSub, "prices")
    {:ok, assign(socket, price: 100, trend: :flat)}
  end

  @impl true
  def handle_info({:price, price}, socket) do
    {:noreply, assign(socket, price: price, trend: trend(socket.assigns.price, price))}
  end

  def handle_info(:closed, socket) do
    {:noreply, assign(socket, trend: :closed)}
  end

  defp trend(before, now) when now > before, do: :up
  defp trend(before, now) when now < before, do: :down
  defp trend(_, _), do: :flat

  @impl true
  def render(assigns) do
    ~H"""
    <strong id="price"><%= @price %></strong>
    <span id="trend" class={"trend-#{@trend}"}><%= @trend %></span>
    """
  end
end
