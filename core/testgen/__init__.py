"""testgen writes tests for Elixir modules, on the user's own machine."""
