import Config

config :processes, greeting: "hello", quota: 3

if config_env() == :test do
  import_config "test.exs"
end
