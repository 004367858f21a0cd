defmodule Plain.LengthTest do
  use ExUnit.Case, async: true

  alias Plain.Length

  test "to_base/2 knows all units" do
    assert Length.to_base(3, :mm) == 3
    assert Length.to_base(3, :cm) == 30
    assert Length.to_base(3, :m) == 3_000
    assert_in_delta Length.to_base(2, :inch), 50.8, 1.0e-9
  end

  test "convert/3" do
    assert Length.convert(250, :cm, :m) == 2.5
    assert_in_delta Length.convert(1, :m, :inch), 39.37, 0.001
  end

  test "convert/3 refuses negative lengths" do
    assert_raise ArgumentError, "needs amount >= 0", fn -> Length.convert(-1, :m, :cm) end
    assert Length.convert(0, :m, :cm) == 0.0
  end
end
