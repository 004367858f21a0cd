defmodule Plain.ThermometerTest do
  use ExUnit.Case, async: true
  doctest Plain.Thermometer

  alias Plain.Thermometer

  test "celsius/1 knows where water freezes" do
    assert_in_delta Thermometer.celsius(32), 0.0, 1.0e-9
    assert_in_delta Thermometer.celsius(-40.0), -40.0, 1.0e-9
  end

  test "mean/1" do
    assert Thermometer.mean([]) == nil
    assert Thermometer.mean([3]) == 3.0
    assert_in_delta Thermometer.mean([1.5, 2.5, 5.0]), 3.0, 1.0e-9
  end

  test "wind_chill/2 makes cold colder" do
    assert Thermometer.wind_chill(-10.0, 30.0) == -19.5
    assert Thermometer.wind_chill(10.0, 20.0) == 7.4
  end

  test "wind_chill/2 leaves still or warm air alone" do
    assert Thermometer.wind_chill(-10.0, 4.8) == -10.0
    assert Thermometer.wind_chill(10.5, 30.0) == 10.5
  end

  test "format/1 shows the sign" do
    assert Thermometer.format(3) == "+3.0 °C"
    assert Thermometer.format(-2.25) == "-2.3 °C"
    assert Thermometer.format(0) == "0.0 °C"
  end

  test "spread/1" do
    assert Thermometer.spread([3, -2, 7]) == 9
    assert Thermometer.spread([4]) == 0
  end
end
