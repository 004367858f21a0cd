defmodule TestgenAgent.MixProject do
  use Mix.Project

  def project do
    [
      app: :testgen_agent,
      version: "0.1.0",
      elixir: "~> 1.14",
      elixirc_paths: elixirc_paths(Mix.env()),
      start_permanent: false,
      deps: []
    ]
  end

  defp elixirc_paths(:test), do: ["lib", "test/support"]
  defp elixirc_paths(_), do: ["lib"]

  # The agent starts what it needs by itself: it runs inside projects that it knows nothing about.
  def application, do: [extra_applications: [:compiler, :ex_unit, :logger, :mix, :tools]]
end
