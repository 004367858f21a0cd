defmodule Testgen.Mutation.Context do
  @moduledoc """
  Where a node stands, as operators see it.
  """

  alias Testgen.Mutation.{Calls, Clause, Source}

  @enforce_keys [:source, :calls]
  defstruct [
    :source,
    :calls,
    :function,
    site: :expression,
    module: nil,
    piped: false,
    discarded: false,
    operand: false,
    leaks: false,
    parent: nil
  ]

  @type site :: :expression | :condition | :stage | :filter | :default | :guard | :pattern | :clause | :data
  @type t :: %__MODULE__{
          source: Source.t(),
          calls: Calls.t(),
          function: {:def | :defp | :defmacro | :defmacrop, atom, arity} | nil,
          site: site,
          module: module | nil,
          piped: boolean,
          discarded: boolean,
          operand: boolean,
          leaks: boolean,
          parent: Macro.t() | Clause.t() | :default | nil
        }

  @doc """
  What the node calls: `{:function | :macro, module or :local, arity}`, or `:unknown`.
  """
  @spec target(t, Macro.t()) :: Calls.target() | :unknown
  def target(%__MODULE__{calls: calls}, node), do: Calls.target(calls, node)

  @spec calls?(t, Macro.t(), module) :: boolean
  def calls?(%__MODULE__{calls: calls}, node, module), do: Calls.calls?(calls, node, module)

  @doc """
  The name under which the node calls a function or macro; nil where it is not a call by name.
  """
  @spec name(Macro.t()) :: atom
  def name({{:., _, [_, name]}, _, _}) when is_atom(name), do: name
  def name({name, _, _}) when is_atom(name), do: name
  def name(_), do: nil

  @doc """
  The context of an expression inside: an ordinary place unless said otherwise.
  """
  @spec inside(t, keyword) :: t
  def inside(%__MODULE__{} = context, changes \\ []) do
    struct!(
      %{
        context
        | site: :expression,
          piped: false,
          discarded: false,
          operand: false,
          leaks: false,
          parent: nil
      },
      changes
    )
  end
end
