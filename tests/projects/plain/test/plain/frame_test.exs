defmodule Plain.FrameTest do
  use ExUnit.Case, async: true

  alias Plain.Frame

  @cold %{sensor: 7, kind: :temperature, tenths: -52}

  test "encode/1 is what the station's manual shows" do
    assert Frame.encode(@cold) == <<0xA5, 7, 1, 0xCC, 0xFF, 0xD3>>
    assert Frame.encode(%{sensor: 1, kind: :humidity, tenths: 601}) == <<0xA5, 1, 2, 89, 2, 94>>
  end

  test "decode/1 reads back what was encoded, and hands on the rest" do
    assert Frame.decode(Frame.encode(@cold) <> "more") == {:ok, @cold, "more"}

    humid = %{sensor: 255, kind: :humidity, tenths: 1_000}
    assert Frame.decode(Frame.encode(humid)) == {:ok, humid, ""}
  end

  test "decode/1 skips noise before the start byte" do
    assert Frame.decode(<<0, 1, 2>> <> Frame.encode(@cold)) == {:ok, @cold, ""}
  end

  test "decode/1 reports a damaged frame" do
    assert Frame.decode(<<0xA5, 7, 1, 0, 0, 9, "x">>) == {:error, :checksum, "x"}
  end

  test "decode/1 reports a kind that it does not know" do
    assert Frame.decode(<<0xA5, 7, 3, 0, 0, 10>>) == {:error, :kind, ""}
  end

  test "decode/1 waits for more bytes" do
    assert Frame.decode("") == :incomplete
    assert Frame.decode(<<0xA5, 7, 1>>) == :incomplete
    assert Frame.decode(<<1, 2, 3>>) == :incomplete
  end

  test "checksum/1 wraps around" do
    assert Frame.checksum(<<>>) == 0
    assert Frame.checksum(<<200, 55>>) == 255
    assert Frame.checksum(<<200, 56, 1>>) == 1
  end
end
