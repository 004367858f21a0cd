defmodule Testgen.Agent.Handlers do
  @moduledoc """
  The one table of operations: the name on the wire, and the function that answers it.

  A handler is a function of two arguments.

    * `args`: the request's arguments, a map with string keys.
    * `ctx`: a map with atom keys, `:emit` (a function `(event, data)` that sends an event of this request) and
      whatever earlier handlers left in the session: `:project` (map or nil), `:build` (the switched build or nil),
      `:tests` (the loaded tests or nil), and keys of their own that other handlers keep between requests.

  It answers `{:ok, value}`, `{:ok, value, changes}` where `changes` is a map merged into the session for the requests
  that follow, or `{:error, kind, message, details}`. A handler runs in a process of its own; raising in it is a defect
  of the agent and is reported as kind `"internal"`.

  `hello`, `ping`, `cancel` and `shutdown` are not here: the main loop answers them itself, so that they work while a
  request is running.
  """

  @type ctx :: %{required(:emit) => (String.t(), map -> :ok), optional(atom) => term}
  @type result ::
          {:ok, term}
          | {:ok, term, changes :: map}
          | {:error, kind :: String.t(), message :: String.t(), details :: map}

  @table %{
    "analyze" => {Testgen.Analysis, :handle},
    "baseline" => {Testgen.Scoring, :baseline},
    "check" => {Testgen.Denylist, :handle},
    "explore" => {Testgen.Exploration, :explore},
    "format" => {Testgen.TestFile, :format},
    "kill_matrix" => {Testgen.Observation, :kill_matrix},
    "live_facts" => {Testgen.LiveView, :facts},
    "live_walk" => {Testgen.LiveView, :walk},
    "load_tests" => {Testgen.Scoring, :load_tests},
    "mutants" => {Testgen.Scoring, :mutants},
    "observe" => {Testgen.Observation, :observe},
    "open_project" => {Testgen.Project, :open},
    "outline" => {Testgen.TestFile, :outline},
    "run_mutants" => {Testgen.Scoring, :run_mutants},
    "run_tests" => {Testgen.Scoring, :run_tests}
  }

  @doc "The module and function that answer `op`, or `:error` for an operation that does not exist."
  @spec fetch(String.t()) :: {:ok, {module, atom}} | :error
  def fetch(op), do: Map.fetch(@table, op)

  @doc "Names of all operations, sorted."
  @spec names() :: [String.t()]
  def names, do: @table |> Map.keys() |> Enum.sort()
end
