defmodule ApplicationDoesNotStart.MixProject do
  use Mix.Project

  def project do
    [
      app: :application_does_not_start,
      version: "0.1.0",
      elixir: "~> 1.14",
      aliases: [test: ["test --no-start"]],
      deps: []
    ]
  end

  def application, do: [mod: {Backend.Application, []}]
end
