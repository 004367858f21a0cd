defmodule InvoiceTest do
  use ExUnit.Case, async: true

  test "tax/2 rounds halves up" do
    assert Invoice.tax(1_000, 190) == 190
    assert Invoice.tax(50, 190) == 10
    assert Invoice.tax(50, 50) == 3
  end

  test "part/2 divides" do
    assert Invoice.part(100, 4) == 25
    assert Invoice.part(100, 3) == 33
  end
end
