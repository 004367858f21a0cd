defmodule Processes.MixProject do
  use Mix.Project

  def project do
    [
      app: :processes,
      version: "0.1.0",
      elixir: "~> 1.14",
      elixirc_paths: elixirc_paths(Mix.env()),
      deps: []
    ]
  end

  def application, do: [mod: {Processes.Application, []}, extra_applications: [:logger]]

  defp elixirc_paths(:test), do: ["lib", "test/support"]
  defp elixirc_paths(_env), do: ["lib"]
end
