defmodule Processes.LocksTest do
  use ExUnit.Case, async: true

  alias Processes.Locks

  setup do
    %{locks: Locks.new()}
  end

  test "a lock is held for half a minute by default", %{locks: locks} do
    assert Locks.acquire(locks, :door, "Ada", 100) == {:ok, 130}
    assert Locks.acquire(locks, :door, "Bob", 129) == {:held_by, "Ada"}
    assert Locks.acquire(locks, :door, "Bob", 130, 5) == {:ok, 135}
  end

  test "its owner may renew it", %{locks: locks} do
    Locks.acquire(locks, :door, "Ada", 100)
    assert Locks.acquire(locks, :door, "Ada", 110) == {:ok, 140}
    assert Locks.acquire(locks, :door, "Bob", 135) == {:held_by, "Ada"}
  end

  test "only its owner gives it back", %{locks: locks} do
    Locks.acquire(locks, :door, "Ada", 100)
    assert Locks.release(locks, :door, "Bob") == {:error, :not_owner}
    assert Locks.release(locks, :door, "Ada") == :ok
    assert Locks.release(locks, :door, "Ada") == {:error, :free}
    assert {:ok, _} = Locks.acquire(locks, :door, "Bob", 101)
  end

  test "held/2 lists what somebody holds", %{locks: locks} do
    for name <- [:gate, :door], do: Locks.acquire(locks, name, "Ada", 0)
    Locks.acquire(locks, :safe, "Bob", 0)
    assert Locks.held(locks, "Ada") == [:door, :gate]
    assert Locks.held(locks, "Cem") == []
  end

  test "expire/2 frees what has run out", %{locks: locks} do
    Locks.acquire(locks, :gate, "Ada", 0, 10)
    Locks.acquire(locks, :door, "Ada", 0, 10)
    Locks.acquire(locks, :safe, "Ada", 0, 11)
    assert Locks.expire(locks, 10) == [:door, :gate]
    assert Locks.held(locks, "Ada") == [:safe]
  end
end
