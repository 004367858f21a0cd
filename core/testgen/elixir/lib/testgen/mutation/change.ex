defmodule Testgen.Mutation.Change do
  @moduledoc """
  What an operator proposes at one place.

  `action` is `:replace` (another expression instead), or, for a clause, `:drop_clause` or `:drop_guard`. `edit` is the
  place in the text and what stands there instead, where that is not simply the whole node. `equivalent` is the reason
  why nothing could tell the change from the original: such a change is listed and never run.
  """

  alias Testgen.Mutation.{Clause, Range, Source}

  defstruct [:ast, :edit, :equivalent, action: :replace, strategy: :switch]

  @type action :: :replace | :drop_clause | :drop_guard
  @type t :: %__MODULE__{
          ast: Macro.t() | nil,
          edit: {{Source.offset(), Source.offset()}, String.t()} | nil,
          equivalent: String.t() | nil,
          action: action,
          strategy: :switch | :recompile
        }

  @spec replace(Macro.t(), keyword) :: t
  def replace(ast, options \\ []), do: struct!(%__MODULE__{ast: ast}, options)

  @doc """
  The same call under another name, its arguments as they are.
  """
  @spec rename(Macro.t(), atom) :: t
  def rename({{:., dot, [module, _]}, meta, args}, name), do: replace({{:., dot, [module, name]}, meta, args})
  def rename({_, meta, args}, name), do: replace({name, meta, args})

  @doc """
  The clause left out.
  """
  @spec drop_clause(Clause.t(), Source.t()) :: t
  def drop_clause(%Clause{node: node}, source) do
    %__MODULE__{action: :drop_clause, edit: with({_, _} = range <- Range.of(node, source), do: {range, ""})}
  end

  @doc """
  The clause without its guard; nothing where the place of the guard cannot be told.
  """
  @spec drop_guard(Clause.t(), Source.t()) :: [t]
  def drop_guard(%Clause{when_meta: meta, guard: guard}, source) when meta != nil do
    with from when is_integer(from) <- Source.offset(source, meta),
         to when is_integer(to) <- Range.outer_end(guard, from + 4, source) do
      [%__MODULE__{action: :drop_guard, edit: {{from, to}, ""}}]
    else
      _ -> []
    end
  end

  def drop_guard(_, _), do: []
end
