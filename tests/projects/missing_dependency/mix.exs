defmodule MissingDependency.MixProject do
  use Mix.Project

  def project do
    [
      app: :missing_dependency,
      version: "0.1.0",
      elixir: "~> 1.14",
      deps: [{:no_such_parser, git: "https://git.invalid/no_such_parser.git"}]
    ]
  end
end
