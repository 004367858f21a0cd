defmodule Testgen.LiveView.FactsTest do
  # Phoenix comes from Hex, which not every machine reaches; what these modules say of themselves is what Phoenix's do.
  # The whole of it is run by the Python tests on a real Phoenix project.
  use ExUnit.Case, async: true

  alias Testgen.LiveView.Facts

  defmodule PageLive do
    def __live__, do: %{kind: :view}
  end

  defmodule SwitchComponent do
    def __live__, do: %{kind: :component}
  end

  defmodule Boxes do
    def __components__ do
      attr = %{name: :color, type: :string, required: false, opts: [default: "red", values: ["red", "blue"]]}
      slot = %{name: :inner_block, required: true, attrs: []}
      %{box: %{kind: :def, attrs: [attr], slots: [slot]}, hidden: %{kind: :defp, attrs: [], slots: []}}
    end
  end

  defmodule Router do
    def __routes__ do
      [
        %{metadata: %{phoenix_live_view: {PageLive, :index, [], %{}}}, path: "/page/:id"},
        %{metadata: %{}, path: "/other"}
      ]
    end
  end

  defp facts(names, modules \\ []), do: Facts.of(Enum.map(names, &inspect/1), modules)

  test "a module is a view, a component, one with function components, or none of these" do
    kinds = for %{"kind" => kind} <- facts([PageLive, SwitchComponent, Boxes, Enum])["modules"], do: kind
    assert kinds == ["view", "component", "functions", nil]
  end

  test "public components are told with their attributes and slots" do
    assert %{"modules" => [%{"components" => [box]}]} = facts([Boxes])

    assert %{
             "name" => "box",
             "attrs" => [%{"name" => "color", "default" => ~S("red"), "values" => [~S("red"), ~S("blue")]}],
             "slots" => [%{"name" => "inner_block", "required" => true}]
           } = box
  end

  test "routes are those that show a LiveView" do
    assert facts([], [Router, Enum])["routes"] == [
             %{"path" => "/page/:id", "view" => inspect(PageLive), "action" => "index"}
           ]
  end

  test "a project without Phoenix has neither LiveView nor endpoint" do
    assert %{"live_view" => false, "endpoint" => nil, "conn_case" => nil} = facts([], [Enum])
  end
end
