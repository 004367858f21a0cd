defmodule Processes.AuctionTest do
  use Processes.ProcessCase, async: true

  alias Processes.Auction

  defp open(opts \\ []), do: start_supervised!({Auction, opts})

  test "bids rise by the step" do
    auction = open()
    assert Auction.bid(auction, "Ada", 99) == {:error, {:at_least, 100}}
    assert Auction.bid(auction, "Ada", 100) == :ok
    assert Auction.bid(auction, "Bob", 149) == {:error, {:at_least, 150}}
    assert Auction.bid(auction, "Bob", 150) == :ok
    assert Auction.close(auction) == {:sold, {"Bob", 150}}
  end

  test "start and step can be chosen" do
    auction = open(start: 10, step: 5)
    assert Auction.bid(auction, "Ada", 10) == :ok
    assert Auction.bid(auction, "Bob", 14) == {:error, {:at_least, 15}}
  end

  test "nobody outbids themselves" do
    auction = open()
    Auction.bid(auction, "Ada", 100)
    assert Auction.bid(auction, "Ada", 900) == {:error, :own_bid}
  end

  test "without a bid it is unsold" do
    auction = open()
    Auction.watch(auction)
    assert Auction.close(auction) == :unsold
    assert Auction.bid(auction, "Ada", 100) == {:error, :closed}
    refute_received {:sold, _}
  end

  test "watchers hear of bids and of the end, once" do
    auction = open()
    assert Auction.watch(auction) == :ok
    Auction.bid(auction, "Ada", 120)
    assert_receive {:highest, {"Ada", 120}}

    Auction.close(auction)
    assert_receive {:sold, {"Ada", 120}}
    assert Auction.close(auction) == {:sold, {"Ada", 120}}
    refute_receive {:sold, _}, 20
  end

  test "watchers that end are forgotten" do
    auction = open()
    Auction.watch(auction)
    task = Task.async(fn -> Auction.watch(auction) end)
    Task.await(task)
    assert eventually(fn -> Auction.watchers(auction) == 1 end)
  end

  test "closes when it is quiet" do
    auction = open(quiet_ms: 40)
    Auction.watch(auction)
    Auction.bid(auction, "Ada", 100)
    assert_receive {:sold, {"Ada", 100}}, 300
    assert Auction.bid(auction, "Bob", 500) == {:error, :closed}
  end
end
