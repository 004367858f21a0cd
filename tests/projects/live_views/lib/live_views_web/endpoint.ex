# Shows: an endpoint, for views that are mounted by their route.
defmodule LiveViewsWeb.Endpoint do
  use Phoenix.Endpoint, otp_app: :live_views

  @session [store: :cookie, key: "_live_views", signing_salt: "salt"]

  socket "/live", Phoenix.LiveView.Socket, websocket: [connect_info: [session: @session]]

  plug Plug.Session, @session
  plug LiveViewsWeb.Router
end
