defmodule Odd.SeveralModulesTest do
  use ExUnit.Case, async: true

  alias Odd.{Circle, Square}

  test "areas" do
    assert_in_delta Circle.area(1), 3.14159, 1.0e-4
    assert Square.area(3) == 9
  end

  test "corners" do
    assert [_, _, _, %Square.Corner{x: 2, y: 2}] = Square.corners(2)
    assert Square.Corner.right(%Square.Corner{}, 3).x == 3
  end
end
