defmodule Plain.TableTest do
  use ExUnit.Case, async: true
  doctest Plain.Table

  alias Plain.Table

  defp row(fields), do: fields |> Table.row() |> IO.iodata_to_binary()

  test "row/1 quotes where needed" do
    assert row(["plain", ~s(say "hi"), "two\nlines"]) == ~s(plain;"say ""hi""";"two\nlines"\n)
  end

  test "row/1 takes other values" do
    assert row([nil, 1, 2.5, :ok, ~c"chars"]) == ";1;2.5;:ok;chars\n"
    assert row([]) == "\n"
  end

  test "render/2 has a header and a line for each map" do
    table = Table.render([:name, :age], [%{name: "Ada", age: 36}, %{name: "Bob"}])
    assert IO.iodata_to_binary(table) == "Name;Age\nAda;36\nBob;\n"
  end

  test "column_name/1 goes on after Z" do
    assert Enum.map([0, 25, 26, 51, 52, 702], &Table.column_name/1) ==
             [~c"A", ~c"Z", ~c"AA", ~c"AZ", ~c"BA", ~c"AAA"]
  end
end
