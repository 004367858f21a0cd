defmodule Testgen.Mutation.Operators.PipelineStageDropped do
  @moduledoc """
  A stage of a pipeline left out.
  """

  @behaviour Testgen.Mutation.Operator
  alias Testgen.Mutation.{Change, Context, Range}

  @impl true
  def id, do: "pipeline.stage_dropped"

  @impl true
  def group, do: "Elixir's own"

  @impl true
  def describe do
    %{
      summary: "A stage of a pipeline left out.",
      examples: [
        {"list |> Enum.sort() |> hd()", "list |> hd()"}
      ],
      not: "Stages that are macros which may take their argument apart."
    }
  end

  @impl true
  def mutations({:|>, _, [left, right]} = node, %Context{site: :stage, source: source} = context) do
    with {_, to} <- Range.of(node, source),
         at when is_integer(at) <- Range.end_of_operand(left, node, source) do
      [Change.replace(left, edit: {{at, to}, ""}, equivalent: equivalent(right, context))]
    else
      _ -> []
    end
  end

  def mutations(_, _), do: []

  defp equivalent({_, _, _} = stage, context) do
    case {Context.target(context, stage), Context.name(stage)} do
      {{_, IO, _}, :inspect} -> "IO.inspect gives back what it is given"
      {{_, Function, _}, :identity} -> "the function gives back what it is given"
      _ -> nil
    end
  end

  defp equivalent(_, _), do: nil
end
