defmodule Testgen.Analysis.Inference.CommandLine do
  @moduledoc "What a command line may hold, from the options that `OptionParser` is called with."

  @most_long 14
  @most_short 6

  @doc "Switches as they are typed, those with a value with one: `--count=3`."
  @spec switches(keyword(), %{atom() => Macro.t()}) :: [String.t()]
  def switches(options, constants) do
    long =
      for key <- [:strict, :switches], {name, type} when is_atom(name) <- pairs(options[key], constants) do
        shown = "--" <> String.replace(Atom.to_string(name), "_", "-")
        if type == :boolean, do: shown, else: shown <> "=" <> sample(type)
      end

    short = for {name, _} when is_atom(name) <- pairs(options[:aliases], constants), do: "-#{name}"
    Enum.take(long, @most_long) ++ Enum.take(short, @most_short)
  end

  # The options may stand in a variable.
  defp pairs({name, _, context}, constants) when is_atom(name) and is_atom(context),
    do: pairs(Map.get(constants, name, []), constants)

  defp pairs(pairs, _) when is_list(pairs), do: pairs
  defp pairs(_, _), do: []

  defp sample(:integer), do: "3"
  defp sample(:float), do: "1.5"
  defp sample([type | _]), do: sample(type)
  defp sample(_), do: "a"
end
