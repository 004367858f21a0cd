# Shows: function components with attributes and slots.
defmodule LiveViewsWeb.Panels do
  @moduledoc "Function components with attributes and slots."
  use Phoenix.Component

  attr :kind, :string, default: "info", values: ["info", "danger"]
  attr :dismissable, :boolean, default: false
  slot :inner_block, required: true

  @doc "A message in a box."
  def alert(assigns) do
    ~H"""
    <div class={"alert alert-#{@kind}"} role={if @kind == "danger", do: "alert"}>
      <%= render_slot(@inner_block) %>
      <button :if={@dismissable} phx-click="dismiss">Dismiss</button>
    </div>
    """
  end

  attr :rows, :list, required: true
  attr :empty, :string, default: "Nothing yet"

  slot :column, required: true do
    attr :label, :string, required: true
  end

  @doc "A table, a slot for each column."
  def grid(assigns) do
    ~H"""
    <table>
      <thead>
        <tr><th :for={column <- @column}><%= column.label %></th></tr>
      </thead>
      <tbody>
        <tr :if={@rows == []}><td class="empty"><%= @empty %></td></tr>
        <tr :for={row <- @rows}>
          <td :for={column <- @column}><%= render_slot(column, row) %></td>
        </tr>
      </tbody>
    </table>
    """
  end

  attr :done, :integer, required: true
  attr :total, :integer, required: true

  @doc "How far it is."
  def progress(assigns) do
    assigns = assign(assigns, :percent, percent(assigns.done, assigns.total))

    ~H"""
    <div class="progress" style={"width: #{@percent}%"}><%= @percent %>%</div>
    """
  end

  defp percent(_done, 0), do: 100
  defp percent(done, total), do: div(done * 100, total)
end
