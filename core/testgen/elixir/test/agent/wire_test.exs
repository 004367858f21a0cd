defmodule Testgen.Agent.WireTest do
  use ExUnit.Case, async: true

  alias Testgen.Agent.Wire

  test "a frame holds only plain values" do
    frame = %{
      :atom => :value,
      "tuple" => {1, 2.5, nil},
      "latin1" => <<233>>,
      "range" => 1..2,
      "pid" => self(),
      "improper" => [1 | 2],
      {:odd, :key} => true
    }

    assert frame |> Wire.encode() |> IO.iodata_to_binary() |> :erlang.binary_to_term() == %{
             "atom" => "value",
             "tuple" => [1, 2.5, nil],
             "latin1" => "<<233>>",
             "range" => "1..2",
             "pid" => inspect(self()),
             "improper" => "[1 | 2]",
             "{:odd, :key}" => true
           }
  end

  test "a request needs an id, an operation and a map of arguments" do
    decode = &(&1 |> :erlang.term_to_binary() |> Wire.decode())
    assert decode.(%{"id" => 1, "op" => "ping"}) == {:ok, %{id: 1, op: "ping", args: %{}}}
    assert {:error, 1, _} = decode.(%{"id" => 1, "op" => "ping", "args" => []})
    assert {:error, 2, _} = decode.(%{"id" => 2})
    assert {:error, nil, _} = decode.([])
    assert {:error, nil, _} = Wire.decode("garbage")
  end

  test "a frame that names an atom the VM does not know is refused" do
    unknown = "atom_never_seen_" <> Integer.to_string(System.unique_integer([:positive]))
    bytes = <<131, 119, byte_size(unknown)>> <> unknown
    assert {:error, nil, _} = Wire.decode(bytes)
  end
end
