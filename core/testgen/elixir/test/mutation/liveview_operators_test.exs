# LiveView comes from Hex, which not every machine reaches; the operators look at names only, so names are enough here.
unless Code.ensure_loaded?(Phoenix.LiveView) do
  defmodule Phoenix.LiveView do
    def push_navigate(socket, options), do: {socket, options}
    def put_flash(socket, kind, text), do: {socket, kind, text}
  end

  defmodule Phoenix.Component do
    def assign(socket, key, value), do: Map.put(socket, key, value)
    defmacro sigil_H({:<<>>, _, [text]}, _modifiers), do: text
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

  describe "in a template" do
    @page ~S'''
    import Phoenix.Component
    def render(assigns) do
      _ = assigns

      ~H"""
      <p :if={@open and @count > 1} class="é">Open</p>
        <button phx-click="add" phx-value-n="1"><%= @count %></button>
      """
    end
    '''

    test "liveview.condition_dropped drops a condition, at its place in the text" do
      assert changes(@page, "liveview.condition_dropped") == [{" :if={@open and @count > 1}", ""}]
    end

    test "liveview.condition_dropped leaves a condition that binds a variable alone" do
      binding = ~S|import Phoenix.Component; def f(assigns), do: {assigns, ~H(<p :if={a = @a}><%= a %></p>)}|
      assert changes(binding, "liveview.condition_dropped") == []
      assert changes(binding, "liveview.output_dropped") == [{"<%= a %>", ""}]
    end

    test "liveview.event_renamed renames what is sent, not what goes with it" do
      assert changes(@page, "liveview.event_renamed") == [{"add", "mutant"}]
    end

    test "liveview.output_dropped drops what is shown, not blocks" do
      assert changes(@page, "liveview.output_dropped") == [{"<%= @count %>", ""}]
      block = ~S|import Phoenix.Component; def f(assigns), do: {assigns, ~H(<%= if @a do %>a<% end %>)}|
      assert changes(block, "liveview.output_dropped") == []
    end

    test "a sigil of another module is no template" do
      other = ~S|import Phoenix.Component, except: [sigil_H: 2]
      def f(_), do: ~H(<b phx-click="add"><%= 1 %></b>)
      def sigil_H(text, _), do: text|

      assert changes(other, "liveview.event_renamed") == []
    end
  end
end
