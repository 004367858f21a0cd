# Shows: handle_params and navigation.
defmodule LiveViewsWeb.ProductsLive do
  @moduledoc "Tabs that are part of the path."
  use Phoenix.LiveView

  @tabs ~w(all new cheap)

  @impl true
  def mount(_params, _session, socket), do: {:ok, assign(socket, :tabs, @tabs)}

  @impl true
  def handle_params(%{"tab" => tab}, _uri, socket) when tab in @tabs do
    {:noreply, assign(socket, tab: tab, page_title: "Products: #{tab}")}
  end

  def handle_params(%{"tab" => _}, _uri, socket), do: {:noreply, push_navigate(socket, to: "/products")}
  def handle_params(_params, _uri, socket), do: {:noreply, assign(socket, :tab, "all")}

  @impl true
  def handle_event("cheapest", _params, socket) do
    {:noreply, push_patch(socket, to: "/products/cheap")}
  end

  def handle_event("leave", _params, socket), do: {:noreply, redirect(socket, to: "/counter")}

  @impl true
  def render(assigns) do
    ~H"""
    <nav>
      <.link :for={tab <- @tabs} patch={"/products/#{tab}"} class={if tab == @tab, do: "active"}><%= tab %></.link>
    </nav>
    <h1>Products: <%= @tab %></h1>
    <button phx-click="cheapest">Show the cheapest</button>
    <button phx-click="leave">Leave</button>
    <.link navigate="/counter">To the counter</.link>
    """
  end
end
