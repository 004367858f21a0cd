defmodule Testgen.Mutation.Operator do
  @moduledoc """
  One way of changing code. Implement it to add an operator of your own, and name the module in the project's
  `.testgen.toml` under `[mutation] operators`.

  `mutations/2` gets a node of the syntax tree and the context in which it stands, and answers with the changes it
  proposes, or `[]`. The context's `site` says what kind of place it is; an operator answers `[]` at sites it has
  nothing to say about:

    * `:expression` - any expression whose value is computed at run time; `piped` is true for a stage of a pipeline,
      whose first argument then is not written
    * `:condition` - what `if`, `unless` or a clause of `cond` tests
    * `:stage` - a `|>` with what stands left and right of it
    * `:filter` - a filter of a `for`
    * `:default` - the default of an argument
    * `:guard` - an expression in a guard
    * `:pattern` - a literal in a pattern
    * `:clause` - a clause of a function, `case`, `fn`, `receive` or `else`, as a `Testgen.Mutation.Clause`
    * `:data` - a literal in a module attribute or a struct's defaults

  Literals come as the parser's `literal_encoder` leaves them: `{:__block__, meta, [literal]}`; make new ones with
  `Testgen.Mutation.Source.literal/1`.
  """

  alias Testgen.Mutation.{Change, Clause, Context}

  @type description :: %{summary: String.t(), examples: [{String.t(), String.t()}], not: String.t()}

  @doc "Never changes once released: results are compared by it over time."
  @callback id() :: String.t()
  @callback group() :: String.t()
  @doc "What the operator does, with pairs of code before and after, and what it leaves alone."
  @callback describe() :: description
  @callback mutations(node :: Macro.t() | Clause.t(), Context.t()) :: [Change.t()]
end
