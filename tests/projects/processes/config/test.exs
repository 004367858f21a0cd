import Config

config :processes, quota: 5
config :logger, level: :warning
