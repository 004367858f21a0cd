defmodule Testgen.Mutation.Operators.ResultTuple do
  @moduledoc """
  `:ok` for `:error`, and back, in results and in patterns.
  """

  @behaviour Testgen.Mutation.Operator
  alias Testgen.Mutation.{Change, Context, Source}

  @impl true
  def id, do: "result.tuple"

  @impl true
  def group, do: "Elixir's own"

  @impl true
  def describe do
    %{
      summary: "`:ok` for `:error`, and back, in results and in patterns.",
      examples: [
        {"{:ok, user}", "{:error, user}"},
        {":error", "{:error, :mutant}"}
      ],
      not: "Keys of maps and options."
    }
  end

  @other %{ok: :error, error: :ok}

  @impl true
  def mutations({:__block__, meta, [tag]}, %Context{site: :pattern}) when is_map_key(@other, tag),
    do: if(meta[:format] == :keyword, do: [], else: [Change.replace(Source.literal(@other[tag]))])

  def mutations({:__block__, meta, [tag]}, %Context{site: :expression})
      when is_map_key(@other, tag) do
    if meta[:format] == :keyword,
      do: [],
      else: [Change.replace(Source.literal(@other[tag]))]
  end

  def mutations(_, _), do: []
end
