# Shows: a redirect on mount, with flash.
defmodule LiveViewsWeb.MembersLive do
  @moduledoc "Sends away whoever has not logged in."
  use Phoenix.LiveView

  @impl true
  def mount(_params, %{"member" => name}, socket), do: {:ok, assign(socket, :name, name)}

  def mount(_params, _session, socket) do
    {:ok, socket |> put_flash(:error, "Log in first") |> redirect(to: "/counter")}
  end

  @impl true
  def render(assigns) do
    ~H"""
    <p>Hello <%= @name %></p>
    """
  end
end
