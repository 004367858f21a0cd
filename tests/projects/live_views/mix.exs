defmodule LiveViews.MixProject do
  use Mix.Project

  @packages [
    castore: ">= 0.0.0",
    floki: "~> 0.36",
    jason: "~> 1.4",
    mime: "~> 2.0",
    phoenix: "~> 1.7.21",
    phoenix_html: "~> 4.1",
    phoenix_live_view: "~> 0.20.17",
    phoenix_pubsub: "~> 2.1",
    phoenix_template: "~> 1.0",
    plug: "~> 1.16",
    plug_crypto: "~> 2.1",
    telemetry: "~> 1.2",
    websock: "~> 0.5",
    websock_adapter: "~> 0.5"
  ]

  def project do
    [
      app: :live_views,
      version: "0.1.0",
      elixir: "~> 1.14",
      elixirc_paths: ["lib", "test/support"],
      deps: deps()
    ]
  end

  def application, do: [mod: {LiveViews.Application, []}, extra_applications: [:logger]]

  defp deps do
    case System.get_env("TESTGEN_HEX_DIR") do
      nil -> @packages
      folder -> for {name, _} <- @packages, do: {name, path: Path.join(folder, "#{name}"), override: true}
    end
  end
end
