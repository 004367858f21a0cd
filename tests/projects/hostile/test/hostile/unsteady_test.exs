defmodule Hostile.UnsteadyTest do
  use ExUnit.Case, async: true

  alias Hostile.Unsteady

  test "tickets" do
    ticket = Unsteady.issue(:vip)
    assert %Unsteady{kind: :vip, owner: owner, code: <<_::binary-size(8)>>} = ticket
    assert owner == self()
    assert Unsteady.fresh?(ticket)
    refute Unsteady.fresh?(%{ticket | at: ~U[2020-01-01 00:00:00Z]})
    assert Unsteady.issue().kind == :normal
  end

  test "stamps and dice" do
    assert {ref, number} = Unsteady.stamp()
    assert is_reference(ref) and is_integer(number)
    assert Unsteady.roll(6) in 1..6
  end
end
