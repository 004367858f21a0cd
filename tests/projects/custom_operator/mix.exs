defmodule Invoice.MixProject do
  use Mix.Project

  def project do
    [
      app: :invoice,
      version: "0.1.0",
      elixir: "~> 1.14",
      elixirc_paths: if(Mix.env() == :test, do: ["lib", "test/support"], else: ["lib"]),
      deps: []
    ]
  end
end
