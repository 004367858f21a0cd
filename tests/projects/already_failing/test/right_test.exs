defmodule RightTest do
  use ExUnit.Case, async: true

  test "counts words" do
    assert Right.words("two words") == 2
    assert Right.words("") == 0
  end
end
