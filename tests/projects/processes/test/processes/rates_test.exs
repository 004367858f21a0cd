defmodule Processes.RatesTest do
  use ExUnit.Case

  alias Processes.Rates

  setup do
    Rates.load(%{"USD" => 108, "GBP" => 85})
    on_exit(&Rates.clear/0)
  end

  test "convert/2 rounds down" do
    assert Rates.convert(1_000, "USD") == {:ok, 1_080}
    assert Rates.convert(1, "GBP") == {:ok, 0}
  end

  test "convert/2 knows only what was loaded" do
    assert Rates.convert(1_000, "CHF") == :unknown
  end

  test "convert/1 uses the preferred currency" do
    assert Rates.convert(100) == :unknown
    assert Rates.prefer("GBP") == nil
    assert Rates.convert(100) == {:ok, 85}
    assert Rates.prefer("CHF") == "GBP"
    assert Rates.convert(100) == :unknown
  end

  test "load/1 refuses rates that are not positive" do
    assert Rates.load(%{"B" => 0, "A" => -1, "C" => 1}) == {:error, ["A", "B"]}
    assert Rates.convert(100, "USD") == {:ok, 108}
  end

  test "clear/0 forgets" do
    assert Rates.clear()
    assert Rates.convert(100, "USD") == :unknown
    refute Rates.clear()
  end
end
