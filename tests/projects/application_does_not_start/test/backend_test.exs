defmodule Backend.QueryTest do
  use ExUnit.Case, async: true

  alias Backend.Query

  test "conditions" do
    assert Query.where("name", nil) == "name IS NULL"
    assert Query.where("age", 3) == "age = 3"
    assert Query.where("name", "x") == "name = 'x'"
  end

  test "joined" do
    assert Query.all([]) == "TRUE"
    assert Query.all(["a = 1", "b = 2"]) == "a = 1 AND b = 2"
  end
end
