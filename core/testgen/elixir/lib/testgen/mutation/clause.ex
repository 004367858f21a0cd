defmodule Testgen.Mutation.Clause do
  @moduledoc """
  A clause of a function, `case`, `fn`, `receive`, `with ... else`, `try ... else` or `catch`, as operators see it.
  """

  @enforce_keys [:kind, :node, :patterns, :guard, :body, :index, :count]
  defstruct [:kind, :node, :patterns, :guard, :body, :index, :count, :name, :when_meta]

  @type kind :: :def | :case | :fn | :receive | :else | :catch
  @type t :: %__MODULE__{
          kind: kind,
          node: Macro.t(),
          patterns: [Macro.t()],
          guard: Macro.t() | nil,
          body: term,
          index: non_neg_integer,
          count: pos_integer,
          name: atom | nil,
          when_meta: keyword | nil
        }
end
