defmodule Testgen.TestFileTest do
  use ExUnit.Case, async: true

  alias Testgen.TestFile

  @source """
  defmodule CartTest do
    use ExUnit.Case, async: true
    doctest Cart
    import ExUnit.CaptureIO
    alias Shop.{Cart, Item}
    alias Shop.Deep.Price, as: Cost

    setup do
      {:ok, cart: Cart.new()}
    end

    describe "add/2" do
      setup :many

      test "adds" do
        assert 1 == 1
      end

      test "not yet"
    end

    test "alone", %{cart: cart} do
      assert cart
    end

    for n <- [1] do
      test "computed \#{n}" do
      end
    end

    defp many(_), do: :ok
  end
  """

  defp outline(source) do
    {:ok, outline} = TestFile.outline(%{"source" => source}, %{})
    outline
  end

  describe "outline" do
    test "tells modules, directives and where the last of them ends" do
      assert %{"error" => nil, "modules" => [module]} = outline(@source)

      assert %{
               "name" => "CartTest",
               "line" => 1,
               "end_line" => 32,
               "async" => true,
               "last_directive_line" => 6,
               "indent" => 2
             } = module

      assert module["uses"] == ["use ExUnit.Case, async: true"]
      assert module["doctests"] == [%{"module" => "Cart", "line" => 3}]
      assert [%{"module" => "ExUnit.CaptureIO", "options" => nil, "line" => 4}] = module["imports"]
    end

    test "tells aliases one by one, with the name they give" do
      %{"modules" => [module]} = outline(@source)

      assert module["aliases"] == [
               %{"as" => "Cart", "module" => "Shop.Cart", "line" => 5},
               %{"as" => "Item", "module" => "Shop.Item", "line" => 5},
               %{"as" => "Cost", "module" => "Shop.Deep.Price", "line" => 6}
             ]
    end

    test "tells describes, tests, setups and helpers with their lines" do
      %{"modules" => [module]} = outline(@source)

      assert [%{"name" => "add/2", "line" => 12, "end_line" => 20, "indent" => 4} = describe] =
               module["describes"]

      assert [%{"name" => "adds", "line" => 15, "end_line" => 17}] = describe["tests"]
      assert [%{"kind" => "setup", "line" => 13}] = describe["setups"]
      assert [%{"name" => "alone", "line" => 22, "end_line" => 24}] = module["tests"]
      assert [%{"kind" => "setup", "line" => 8, "end_line" => 10}] = module["setups"]
      assert module["names"] == ["alone", "add/2 adds"]
      assert module["functions"] == ["many/1"]
    end

    test "several modules and nested ones are told apart" do
      assert ["A", "A.B", "C"] ==
               Enum.map(
                 outline("defmodule A do\n defmodule B do\n end\nend\ndefmodule C do\nend")["modules"],
                 & &1["name"]
               )
    end

    test "a module without directives takes its own line" do
      assert [%{"last_directive_line" => 2, "async" => false}] = outline("\ndefmodule A do\nend")["modules"]
    end

    test "a syntax error is told, never raised" do
      assert %{"modules" => [], "error" => %{"line" => 2, "message" => message}} =
               outline("defmodule A do\n  test \"x\", ) do\nend")

      assert message =~ "unexpected token"
    end

    test "an empty file has no modules" do
      assert outline("") == %{"modules" => [], "error" => nil}
    end
  end

  describe "format" do
    test "formats and ends with one newline" do
      assert {:ok, %{"source" => "foo(1, 2)\n"}} =
               TestFile.format(%{"source" => "foo( 1,2 )\n\n\n", "path" => "test/a_test.exs"}, %{})
    end

    test "refuses what does not parse with its line" do
      assert {:error, "parse_error", _, %{"line" => 2}} =
               TestFile.format(%{"source" => "a\nfoo(", "path" => "test/a_test.exs"}, %{})
    end
  end
end
