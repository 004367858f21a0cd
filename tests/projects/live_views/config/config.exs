import Config

config :phoenix, :json_library, Jason

config :live_views, LiveViewsWeb.Endpoint,
  server: false,
  pubsub_server: LiveViews.PubSub,
  secret_key_base: String.duplicate("not a secret ", 6),
  live_view: [signing_salt: "also not a secret"]

config :logger, level: :warning
