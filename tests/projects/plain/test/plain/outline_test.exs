defmodule Plain.OutlineTest do
  use ExUnit.Case, async: true
  doctest Plain.Outline

  alias Plain.Outline

  @book [
    {"Preface", []},
    {"Cooking", [{"Soups", [{"Onion", []}, {"Leek", []}]}, {"Bread", []}]},
    {"Index", []}
  ]

  test "number/1 restarts in every section" do
    assert Outline.number(@book) == [
             "1 Preface",
             "2 Cooking",
             "2.1 Soups",
             "2.1.1 Onion",
             "2.1.2 Leek",
             "2.2 Bread",
             "3 Index"
           ]
  end

  test "number/1 of nothing is nothing" do
    assert Outline.number([]) == []
  end

  test "depth/1 follows the deepest branch" do
    assert Outline.depth([]) == 0
    assert Outline.depth([{"Alone", []}]) == 1
    assert Outline.depth(@book) == 3
  end

  test "path/2 leads to a section" do
    assert Outline.path(@book, "Leek") == ["Cooking", "Soups", "Leek"]
    assert Outline.path(@book, "Preface") == ["Preface"]
    assert Outline.path(@book, "Index") == ["Index"]
  end

  test "path/2 is nil for an unknown title" do
    assert Outline.path(@book, "Wine") == nil
  end

  test "cut/2 keeps the upper levels" do
    assert Outline.cut(@book, 0) == []
    assert Outline.cut(@book, 1) == [{"Preface", []}, {"Cooking", []}, {"Index", []}]
    assert Outline.cut(@book, 9) == @book
  end

  test "cut/2 refuses a negative level" do
    assert_raise FunctionClauseError, fn -> Outline.cut(@book, -1) end
  end
end
