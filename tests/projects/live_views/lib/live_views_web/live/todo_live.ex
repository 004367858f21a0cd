# Shows: a form and a list with conditions.
defmodule LiveViewsWeb.TodoLive do
  @moduledoc "A list that is a stream; without a route."
  use Phoenix.LiveView

  @impl true
  def mount(_params, _session, socket) do
    items = [%{id: 1, title: "Buy milk", done: false}, %{id: 2, title: "Call home", done: true}]
    {:ok, socket |> assign(next_id: 3, open: 1) |> stream(:items, items)}
  end

  @impl true
  def handle_event("add", %{"title" => title}, socket) do
    case String.trim(title) do
      "" ->
        {:noreply, put_flash(socket, :error, "A title, please")}

      title ->
        item = %{id: socket.assigns.next_id, title: title, done: false}

        {:noreply,
         socket
         |> clear_flash()
         |> update(:next_id, &(&1 + 1))
         |> update(:open, &(&1 + 1))
         |> stream_insert(:items, item)}
    end
  end

  def handle_event("finish", %{"id" => id, "title" => title}, socket) do
    item = %{id: String.to_integer(id), title: title, done: true}
    {:noreply, socket |> update(:open, &(&1 - 1)) |> stream_insert(:items, item)}
  end

  def handle_event("delete", %{"dom-id" => dom_id}, socket) do
    {:noreply, stream_delete_by_dom_id(socket, :items, dom_id)}
  end

  @impl true
  def render(assigns) do
    ~H"""
    <p :if={error = Phoenix.Flash.get(@flash, :error)} class="flash"><%= error %></p>
    <p id="open"><%= @open %> to do</p>
    <form id="new-item" phx-submit="add">
      <input type="text" name="title" />
    </form>
    <ul id="items" phx-update="stream">
      <li :for={{dom_id, item} <- @streams.items} id={dom_id} class={item.done && "done"}>
        <%= item.title %>
        <button :if={!item.done} phx-click="finish" phx-value-id={item.id} phx-value-title={item.title}>Done</button>
        <button phx-click="delete" phx-value-dom-id={dom_id}>Delete</button>
      </li>
    </ul>
    """
  end
end
