defmodule Plain.PermissionsTest do
  use ExUnit.Case, async: true

  alias Plain.Permissions

  test "owners may do everything" do
    assert Permissions.allowed?(:owner, :write, 0)
    assert Permissions.allowed?(:admin, :share, 0)
  end

  test "banned people may do nothing" do
    refute Permissions.allowed?(:banned, :read, 7)
  end

  test "others need the flag" do
    assert Permissions.allowed?(:guest, :read, 0b001)
    refute Permissions.allowed?(:guest, :write, 0b101)
    assert Permissions.allowed?(:member, :share, 0b100)
    refute Permissions.allowed?(:member, :share, 0b011)
  end

  test "guests never share" do
    refute Permissions.allowed?(:guest, :share, 7)
  end

  test "flags/1 and actions/1 are inverse" do
    assert Permissions.flags([]) == 0
    assert Permissions.flags([:read, :share]) == 0b101
    assert Permissions.actions(0b101) == [:read, :share]
    assert Permissions.actions(7) == [:read, :share, :write]
  end

  test "lost/2 is what went away" do
    assert Permissions.lost(0b111, 0b001) == MapSet.new([:write, :share])
    assert Permissions.lost(0b001, 0b111) == MapSet.new()
  end

  test "refusal/2 gives the reason" do
    assert Permissions.refusal(:member, false) == nil
    assert Permissions.refusal(:member, true) == "locked"
    assert Permissions.refusal(nil, true) == "locked"
    assert Permissions.refusal(nil, false) == "please sign in"
  end
end
