defmodule Freight.LoadTest do
  use ExUnit.Case, async: true

  alias Freight.Load

  test "fits?/2 rounds up to kilograms" do
    assert Load.fits?([:crate, :crate], 25)
    refute Load.fits?([:crate, :crate, :letter], 25)
    assert Load.fits?([], 1)
  end

  test "heaviest/1" do
    assert Load.heaviest([:letter, :sack, :crate]) == :sack
    assert Load.heaviest([]) == nil
  end
end
