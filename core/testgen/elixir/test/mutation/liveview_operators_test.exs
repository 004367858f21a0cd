# LiveView comes from Hex, which not every machine reaches; the operators look at names only, so names are enough here.
unless Code.ensure_loaded?(Phoenix.LiveView) do
  defmodule Phoenix.LiveView do
    def push_navigate(socket, options), do: {socket, options}
    def put_flash(socket, kind, text), do: {socket, kind, text}
  end

  defmodule Phoenix.Component do
    def assign(socket, key, value), do: Map.put(socket, key, value)
  end
end

defmodule Testgen.Mutation.LiveviewOperatorsTest do
  use ExUnit.Case, async: false

  import Testgen.MutationSource

  test "liveview.assign_removed leaves an assign out" do
    assert changes("import Phoenix.Component\ndef f(s), do: assign(s, :a, nil)", "liveview.assign_removed") ==
             [{"assign(s, :a, nil)", "s"}]
  end

  test "liveview.assign_removed leaves other functions of that name alone, and stages of pipelines" do
    assert changes("def f(s), do: assign(s, :a)\ndef assign(s, _), do: s", "liveview.assign_removed") == []

    assert changes("import Phoenix.Component\ndef f(s), do: s |> assign(:a, nil)", "liveview.assign_removed") ==
             []
  end

  test "liveview.navigation sends navigation somewhere else" do
    assert changes(~S|def f(s), do: Phoenix.LiveView.push_navigate(s, to: "/carts")|, "liveview.navigation") ==
             [{~S|"/carts"|, ~S|"/mutant"|}]

    assert changes(~S|def f(s), do: s \|> Phoenix.LiveView.push_navigate(to: "/#{s}")|, "liveview.navigation") ==
             [{~S|"/#{s}"|, ~S|"/mutant"|}]
  end

  test "liveview.navigation leaves other options and functions alone" do
    assert changes(~S|def f(s), do: Phoenix.LiveView.put_flash(s, :info, "/")|, "liveview.navigation") == []

    assert changes(
             ~S|def f(s), do: g(s, to: "/")

    def g(s, _), do: s|,
             "liveview.navigation"
           ) == []
  end

  test "liveview.event_dropped drops handlers of a LiveView, and the general operator then does not" do
    handlers = """
    def handle_event("inc", _, s), do: {:noreply, s}
    def handle_event("dec", _, s), do: {:noreply, s}
    """

    live = "def __live__, do: %{}\n" <> handlers

    assert [{"def handle_event(\"inc\"" <> _, ""}, {"def handle_event(\"dec\"" <> _, ""}] =
             changes(live, "liveview.event_dropped")

    assert changes(live, "clause.dropped") == []
    assert changes(handlers, "liveview.event_dropped") == []
    assert [_, _] = changes(handlers, "clause.dropped")
  end
end
