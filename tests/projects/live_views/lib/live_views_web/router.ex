# Shows: routes of LiveViews, one with a parameter.
defmodule LiveViewsWeb.Router do
  use Phoenix.Router, helpers: false

  import Phoenix.LiveView.Router

  pipeline :browser do
    plug :accepts, ["html"]
    plug :fetch_session
    plug :fetch_live_flash
  end

  scope "/", LiveViewsWeb do
    pipe_through :browser

    live "/counter", CounterLive
    live "/register", RegistrationLive
    live "/welcome/:name", WelcomeLive
    live "/products", ProductsLive, :index
    live "/products/:tab", ProductsLive, :show
    live "/members", MembersLive
  end
end
