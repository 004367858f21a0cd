defmodule Processes.ParkingTest do
  use Processes.ProcessCase, async: true

  alias Processes.Parking

  defp open(opts), do: start_supervised!({Parking, opts})

  test "cars come and go" do
    parking = open(places: 2)
    assert Parking.enter(parking, "HB A 1") == {:ok, 1}
    assert Parking.enter(parking, "HB A 2") == {:ok, 0}
    assert Parking.enter(parking, "HB A 3") == {:error, :full}

    assert Parking.leave(parking, "HB A 1") == :ok
    assert Parking.free(parking) == 1
    assert Parking.enter(parking, "HB A 3") == {:ok, 0}
  end

  test "a car is inside once" do
    parking = open(places: 2)
    Parking.enter(parking, "HB A 1")
    assert Parking.enter(parking, "HB A 1") == {:error, :inside}
    assert Parking.free(parking) == 1
  end

  test "unknown cars may leave" do
    parking = open(places: 1)
    assert Parking.leave(parking, "HB A 1") == :ok
    assert Parking.free(parking) == 1
  end

  test "a reservation takes a place and lets its car in" do
    parking = open(places: 1)
    assert Parking.reserve(parking, "HB A 1") == :ok
    assert Parking.free(parking) == 0
    assert Parking.reserve(parking, "HB A 2") == {:error, :full}
    assert Parking.enter(parking, "HB A 2") == {:error, :full}
    assert Parking.enter(parking, "HB A 1") == {:ok, 0}
  end

  test "a reservation runs out" do
    parking = open(places: 1, hold_ms: 20)
    Parking.reserve(parking, "HB A 1")
    assert eventually(fn -> Parking.free(parking) == 1 end)
  end

  test "a reservation holds for longer than a moment" do
    parking = open(places: 1)
    Parking.reserve(parking, "HB A 1")
    Process.sleep(20)
    assert Parking.free(parking) == 0
  end

  test "has a name if asked" do
    open(places: 3, name: :north)
    assert Parking.free(:north) == 3
  end

  test "does not open without places" do
    Process.flag(:trap_exit, true)
    assert Parking.start_link(places: 0) == {:error, {:bad_places, 0}}
    assert {:error, {%KeyError{}, _}} = Parking.start_link([])
  end
end
