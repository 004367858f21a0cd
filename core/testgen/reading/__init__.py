"""Reading Elixir source by tree-sitter, for prompts: training and serving show a model the same."""
