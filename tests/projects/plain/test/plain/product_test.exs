defmodule Plain.ProductTest do
  use ExUnit.Case, async: true

  alias Plain.Product

  test "only light things are letters" do
    assert Product.letter?(%Product{grams: 1})
    assert Product.letter?(%Product{grams: 500})
    refute Product.letter?(%Product{grams: 501})
    refute Product.letter?(%Product{})
  end
end
