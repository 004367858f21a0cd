defmodule WrongTest do
  use ExUnit.Case, async: true

  test "counts all vowels" do
    assert Wrong.vowels("unusual") == 4
  end

  test "counts none" do
    assert Wrong.vowels("rhythm") == 0
  end
end
