defmodule Weights.MixProject do
  use Mix.Project

  def project, do: [app: :weights, version: "0.1.0", elixir: "~> 1.14", deps: []]
end
