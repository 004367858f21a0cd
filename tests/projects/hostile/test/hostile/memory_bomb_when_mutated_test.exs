defmodule Hostile.MemoryBombWhenMutatedTest do
  use ExUnit.Case, async: true

  alias Hostile.MemoryBombWhenMutated

  test "grow/2" do
    assert MemoryBombWhenMutated.grow("ab", 5) == "abababab"
    assert MemoryBombWhenMutated.grow("ab", 2) == "ab"
  end

  test "copies/2" do
    assert MemoryBombWhenMutated.copies(:a, 3) == [:a, :a, :a]
    assert MemoryBombWhenMutated.copies(:a, 0) == []
  end
end
