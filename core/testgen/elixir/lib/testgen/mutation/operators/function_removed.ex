defmodule Testgen.Mutation.Operators.FunctionRemoved do
  @moduledoc """
  A call left out: nil where its value is thrown away, its first argument where it gives back the same kind of thing.
  """

  @behaviour Testgen.Mutation.Operator
  alias Testgen.Mutation.{Change, Context, Source}

  @impl true
  def id, do: "function.removed"

  @impl true
  def group, do: "functions"

  @impl true
  def describe do
    %{
      summary:
        "A call left out: nil where its value is thrown away, its first argument where it gives back the same kind of thing.",
      examples: [
        {"notify(user); :ok", "nil; :ok"},
        {"String.trim(name)", "name"},
        {"Enum.sort(list)", "list"}
      ],
      not:
        "Stages of pipelines, which have an operator of their own; calls whose value is of another kind than their argument."
    }
  end

  @same_kind %{
    Enum =>
      ~w(sort sort_by uniq uniq_by reverse filter reject map dedup dedup_by take drop take_while drop_while slice shuffle concat flat_map intersperse)a,
    String =>
      ~w(trim trim_leading trim_trailing upcase downcase capitalize reverse replace slice pad_leading pad_trailing normalize replace_prefix replace_suffix)a,
    Map => ~w(put put_new delete merge drop take update update! replace filter reject)a,
    Keyword => ~w(put put_new delete merge drop take update replace)a,
    List => ~w(flatten delete delete_at insert_at replace_at update_at)a,
    MapSet => ~w(put delete union intersection difference)a,
    Kernel => ~w(abs round trunc ceil floor max min put_in update_in struct struct!)a,
    Float => ~w(round ceil floor)a,
    Date => ~w(add)a,
    DateTime => ~w(add truncate)a,
    NaiveDateTime => ~w(add truncate)a
  }

  @impl true
  def mutations(_, %Context{piped: true}), do: []

  def mutations({_, _, args} = node, %Context{site: :expression} = context) when is_list(args) do
    case Context.target(context, node) do
      {:function, module, _} -> removed(node, Context.name(node), module, context)
      _ -> []
    end
  end

  def mutations(_, _), do: []

  defp removed(_, _, :erlang, %Context{discarded: true}), do: []
  defp removed(_, _, _, %Context{discarded: true}), do: [Change.replace(Source.literal(nil))]

  defp removed({_, _, [first | _]}, name, module, _),
    do: if(name in Map.get(@same_kind, module, []), do: [Change.replace(first)], else: [])

  defp removed(_, _, _, _), do: []
end
