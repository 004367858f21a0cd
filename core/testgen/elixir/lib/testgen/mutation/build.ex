defmodule Testgen.Mutation.Build do
  @moduledoc """
  One source file with all its mutants: what was found, what the instrumented code looks like, and what the modules
  were before.
  """

  alias Testgen.Mutation.{Calls, Mutant, Source}

  @enforce_keys [:source, :calls, :operators]
  defstruct [
    :source,
    :calls,
    :operators,
    :ast,
    mutants: [],
    pruned: [],
    invalid: [],
    fallbacks: [],
    num_clauses: %{},
    frozen: MapSet.new(),
    excluded: %{},
    points: %{},
    num_points: 0,
    modules: [],
    originals: [],
    switched: nil,
    selection: %{functions: nil, lines: nil},
    numbering: 0,
    watch: false,
    watched: %{},
    timings: %{build_ms: 0, compile_ms: 0}
  ]

  @type function_key :: {module, atom, arity}
  @type t :: %__MODULE__{
          source: Source.t(),
          calls: Calls.t(),
          operators: [module],
          ast: Macro.t() | nil,
          mutants: [Mutant.t()],
          pruned: [Mutant.t()],
          invalid: [Mutant.t()],
          fallbacks: [{function_key, String.t()}],
          num_clauses: %{optional(function_key) => non_neg_integer},
          frozen: MapSet.t(function_key),
          excluded: %{optional(pos_integer) => :recompile | {:invalid, String.t()}},
          points: %{optional(pos_integer) => [pos_integer]},
          num_points: non_neg_integer,
          modules: [module],
          originals: [{module, charlist, binary}],
          switched: Testgen.Mutation.Compiler.compiled() | nil,
          selection: %{functions: [String.t()] | nil, lines: [{pos_integer, pos_integer}] | nil},
          numbering: integer,
          watch: boolean,
          watched: %{optional(pos_integer) => Testgen.Mutation.Watch.what()},
          timings: %{build_ms: non_neg_integer, compile_ms: non_neg_integer}
        }
end
