defmodule Plain.LabelledTest do
  use ExUnit.Case, async: true

  alias Plain.{Labelled, Product}

  test "texts are trimmed" do
    assert Labelled.label(" apples ") == "apples"
  end

  test "numbers" do
    assert Labelled.label(0) == "no. 0"
    assert Labelled.label(12) == "no. 12"
    assert Labelled.label(-1) == "no number"
  end

  test "lists" do
    assert Labelled.label([]) == "nothing"
    assert Labelled.label(["tea"]) == "tea"
    assert Labelled.label(["tea", 2, 3]) == "tea and 2 more"
  end

  test "everything else" do
    assert Labelled.label(:atom) == "something"
    assert Labelled.label(%{}) == "something"
  end

  test "products show their weight" do
    assert Labelled.label(%Product{name: "tea"}) == "tea"
    assert Labelled.label(%Product{name: "tea", grams: 999}) == "tea (999 g)"
    assert Labelled.label(%Product{name: "rice", grams: 1500}) == "rice (1.5 kg)"
    assert Labelled.label(%Product{name: "rice", grams: 1000}) == "rice (1.0 kg)"
  end

  test "products interpolate" do
    assert "#{%Product{name: "tea", grams: 100}}" == "tea (100 g)"
  end
end
