defmodule Processes.RoomTest do
  use Processes.ProcessCase

  alias Processes.Room

  setup do
    on_exit(fn -> Enum.each(Room.open_rooms(), &Room.close/1) end)
  end

  test "a room opens with the first word" do
    assert Room.open_rooms() == []
    assert Room.say("kitchen", "hi") == :ok
    assert Room.open_rooms() == ["kitchen"]
  end

  test "rooms are separate" do
    Room.say("kitchen", "hi")
    Room.say("garden", "sun!")
    assert Room.history("kitchen") == ["hi"]
    assert Room.history("garden") == ["sun!"]
    assert Room.open_rooms() == ["garden", "kitchen"]
  end

  test "keeps the last three messages" do
    for text <- ~w(one two three four), do: Room.say("kitchen", text)
    assert Room.history("kitchen") == ["two", "three", "four"]
  end

  test "a room that does not exist has no history" do
    assert Room.history("cellar") == []
  end

  test "close/1 ends a room" do
    Room.say("kitchen", "hi")
    assert Room.close("kitchen")
    assert eventually(fn -> Room.open_rooms() == [] end)
    refute Room.close("kitchen")
  end
end
