defmodule Processes.CourierTest do
  use ExUnit.Case, async: true

  alias Processes.Courier

  defp failing(times) do
    counter = :counters.new(1, [])

    fn _parcel ->
      :counters.add(counter, 1, 1)
      if :counters.get(counter, 1) > times, do: :ok, else: :error
    end
  end

  test "delivers at once" do
    courier = Courier.start(fn _ -> :ok end)
    assert Courier.send_parcel(courier, :book) == {:delivered, 1}
    assert Courier.send_parcel(courier, :lamp) == {:delivered, 1}
  end

  test "tries three times" do
    assert failing(2) |> Courier.start() |> Courier.send_parcel(:book) == {:delivered, 3}
    assert failing(3) |> Courier.start() |> Courier.send_parcel(:book) == :lost
  end

  test "tries as often as asked" do
    assert failing(1) |> Courier.start(1) |> Courier.send_parcel(:book) == :lost
  end

  test "send_parcel/3 does not wait for ever" do
    courier = Courier.start(fn _ -> Process.sleep(200) && :ok end)
    assert Courier.send_parcel(courier, :book, 10) == :no_news
  end

  test "stop/1 sends it home" do
    courier = Courier.start(fn _ -> :ok end)
    assert Courier.stop(courier) == :ok
    refute Process.alive?(courier)
  end

  test "stop/2 gives up on a busy courier" do
    courier = Courier.start(fn _ -> Process.sleep(200) && :ok end)
    send(courier, {:parcel, :book})
    assert Courier.stop(courier, 10) == :timeout
  end
end
