defmodule Plain.PhoneTest do
  use ExUnit.Case, async: true
  doctest Plain.Phone

  alias Plain.Phone

  test "parse/1 takes both prefixes and any separator" do
    assert Phone.parse("0044 20/79 46") == {:ok, %{country: "44", digits: "207946"}}
    assert Phone.parse(" +1 555-0100 ") == {:ok, %{country: "1", digits: "5550100"}}
  end

  test "parse/1 refuses other texts" do
    for bad <- ["", "0421 1234", "+0 1234", "+49", "+49 421 12a4"] do
      assert Phone.parse(bad) == :error
    end
  end

  test "hide/1 keeps the last three digits" do
    assert Phone.hide("Call +49 421 123456 now") == "Call +** *** ***456 now"
    assert Phone.hide("Room 1234") == "Room 1234"
  end

  test "extensions/1 finds all of them" do
    assert Phone.extensions("Ask ext. 12 or Ext 7; text 99 is none") == [12, 7]
    assert Phone.extensions("") == []
  end

  test "international?/1" do
    assert Phone.international?("+49 421")
    assert Phone.international?("0049 421")
    refute Phone.international?("0421")
  end
end
