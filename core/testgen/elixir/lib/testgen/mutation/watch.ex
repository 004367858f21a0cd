defmodule Testgen.Mutation.Watch do
  @moduledoc """
  What is worth seeing while inputs are searched: calls whose operands tell how near an input came to another branch
  (comparisons, membership, prefixes, look-ups by key), and the values that clauses with patterns are matched against.

  Only says what is watched; `Testgen.Mutation.Emit` puts the look into the code, `Testgen.Exploration.Hints` reads
  what was seen.
  """

  import Testgen.Mutation.Source, only: [strip: 1]
  alias Testgen.Mutation.Context

  @typedoc "The function that is called, or the patterns (stripped of positions) and guards of clauses, in their order."
  @type what :: {module, atom} | {:heads, [{[Macro.t()], Macro.t() | nil}]}

  @operators [:==, :!=, :===, :!==, :<, :>, :<=, :>=, :=~]
  @by_key [:get, :fetch, :fetch!, :has_key?, :pop, :pop!, :get_lazy]
  @functions %{
    String => [
      :contains?,
      :starts_with?,
      :ends_with?,
      :split,
      :match?,
      :replace,
      :trim_leading,
      :trim_trailing
    ],
    Regex => [:match?, :run, :scan, :split, :replace, :named_captures],
    Map => @by_key,
    Keyword => @by_key,
    Enum => [:member?],
    MapSet => [:member?],
    List => [:keyfind, :keymember?]
  }

  @doc "What a call is watched as; nil where it is not."
  @spec call(Macro.t(), Context.t()) :: {module, atom} | nil
  def call(node, context) do
    name = Context.name(node)

    case Context.target(context, node) do
      {:function, module, 2} when module in [Kernel, :erlang] and name in @operators -> {Kernel, name}
      {:function, module, _} when is_map_key(@functions, module) -> listed(module, name)
      _ -> nil
    end
  end

  defp listed(module, name), do: if(name in @functions[module], do: {module, name})

  @doc "Heads of clauses (patterns, guard, anything) as what is watched; nil where they ask for nothing."
  @spec heads([{[Macro.t()], Macro.t() | nil, term}]) :: {:heads, [{[Macro.t()], Macro.t() | nil}]} | nil
  def heads(clauses) do
    stripped = for {patterns, guard, _} <- clauses, do: {strip(patterns), guard && strip(guard)}
    if Enum.any?(stripped, &asking?/1), do: {:heads, stripped}
  end

  defp asking?({patterns, guard}),
    do:
      guard != nil or
        Enum.any?(patterns, &(not match?({name, _, scope} when is_atom(name) and is_atom(scope), &1)))
end
