defmodule Testgen.Mutation.Operators.LiveviewNavigation do
  @moduledoc """
  Navigation sent somewhere else.
  """

  @behaviour Testgen.Mutation.Operator
  alias Testgen.Mutation.{Change, Context, Range, Source}

  @impl true
  def id, do: "liveview.navigation"

  @impl true
  def group, do: "LiveView"

  @impl true
  def describe do
    %{
      summary: "Navigation sent somewhere else.",
      examples: [
        {"push_navigate(socket, to: \"/carts\")", "push_navigate(socket, to: \"/mutant\")"}
      ],
      not: "Other calls' options."
    }
  end

  @modules [Phoenix.LiveView, Phoenix.Controller]
  @names [:push_navigate, :push_patch, :redirect]

  @impl true
  def mutations({form, meta, [_ | _] = args} = node, %Context{site: :expression} = context) do
    with {_, module, _} when module in @modules <- Context.target(context, node),
         true <- Context.name(node) in @names,
         {options, before} when is_list(options) <- List.pop_at(args, -1),
         {{_, target}, index} <- target(options),
         {_, _} = range <- Range.of(target, context.source) do
      new = Source.literal("/mutant")
      options = List.update_at(options, index, fn {key, _} -> {key, new} end)
      [Change.replace({form, meta, before ++ [options]}, edit: {range, ~s("/mutant")})]
    else
      _ -> []
    end
  end

  def mutations(_, _), do: []

  defp target(options) do
    options |> Enum.with_index() |> Enum.find(&match?({{{:__block__, _, [:to]}, _}, _}, &1))
  end
end
