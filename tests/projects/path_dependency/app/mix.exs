defmodule Freight.MixProject do
  use Mix.Project

  def project do
    [app: :freight, version: "0.1.0", elixir: "~> 1.14", deps: [{:weights, path: "../weights"}]]
  end
end
