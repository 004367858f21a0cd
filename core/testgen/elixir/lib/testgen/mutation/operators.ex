defmodule Testgen.Mutation.Operators do
  @moduledoc """
  All operators that come with testgen, in the order in which they are asked. Where two propose the same change, the
  first one has it: the more particular stand before the more general.
  """

  alias Testgen.Mutation.Operators

  @all [
    Operators.LiveviewNavigation,
    Operators.LiveviewAssignRemoved,
    Operators.LiveviewConditionDropped,
    Operators.LiveviewEventRenamed,
    Operators.LiveviewOutputDropped,
    Operators.ArithmeticBitwise,
    Operators.ArithmeticOperator,
    Operators.ArithmeticSign,
    Operators.ComparisonBoundary,
    Operators.ComparisonOpposite,
    Operators.BooleanConnective,
    Operators.BooleanNegation,
    Operators.ConditionForced,
    Operators.ConditionNegated,
    Operators.Membership,
    Operators.LiteralAtom,
    Operators.LiteralBoolean,
    Operators.LiteralFloat,
    Operators.LiteralInteger,
    Operators.LiteralList,
    Operators.LiteralString,
    Operators.FunctionArgumentSwapped,
    Operators.FunctionRemoved,
    Operators.FunctionRenamed,
    Operators.FunctionSibling,
    Operators.LiveviewEventDropped,
    Operators.ClauseDropped,
    Operators.ClauseGuardDropped,
    Operators.ClauseGuardOperator,
    Operators.ClausePatternLiteral,
    Operators.PipelineStageDropped,
    Operators.WithClauseDropped,
    Operators.ForFilterDropped,
    Operators.DefaultArgument,
    Operators.ResultTuple,
    Operators.StructUpdate,
    Operators.MapKey,
    Operators.BinarySegment
  ]

  @spec all() :: [module]
  def all, do: @all
end
