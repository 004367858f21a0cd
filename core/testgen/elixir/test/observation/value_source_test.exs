defmodule Testgen.Observation.ValueSourceTest do
  use ExUnit.Case, async: true

  alias Testgen.Observation.ValueSource

  defmodule Small do
    defstruct [:a, b: 2]
  end

  defmodule Big do
    defstruct [:a, :b, :c, :d, :e, f: 6]
  end

  defmodule Strict do
    @enforce_keys [:a]
    defstruct [:a, :b, :c, :d, :e, f: 6]
  end

  defp source(value, aliases \\ %{}) do
    {:ok, source} = ValueSource.source(value, aliases)
    source
  end

  @values [
    nil,
    true,
    :atom,
    :"odd atom",
    String,
    1,
    -2.5,
    12_345,
    -1_000_000,
    1.0e-7,
    "",
    "text",
    "quote \" and \#{x}",
    "two\nlines",
    "tab\tbell\a",
    "żółć",
    <<1, 2, 255>>,
    <<1::3>>,
    [],
    [1, 2],
    [1 | 2],
    [a: 1, b: [c: 2]],
    ["a b": 1],
    [{String, 1}],
    [{:a, 1}, :b],
    'hello world',
    {},
    {1},
    {:ok, {1, "a"}},
    %{},
    %{a: 1},
    %{"a" => 1, b: 2},
    %{{1, 2} => [3]},
    %{String => 1},
    1..3,
    1..10//2,
    ~D[2020-02-29],
    ~T[10:00:00.5],
    ~N[2020-01-01 10:00:00],
    ~U[2020-01-01 10:00:00Z],
    ~r/a.b/iu,
    MapSet.new([3, 1, 2]),
    &String.length/1,
    &Kernel.+/2,
    Version.parse!("1.2.3-rc.1"),
    URI.parse("http://example.com/a?b=c"),
    %ArgumentError{message: "x"},
    {:error, %{list: [MapSet.new(["a"]), ~D[2020-01-01]]}}
  ]

  for {value, index} <- Enum.with_index(@values) do
    @value value
    test "#{index}: source of #{inspect(value)} evaluates to the same value" do
      {evaluated, _} = Code.eval_string(source(@value))
      assert evaluated === @value
    end
  end

  test "pids, references, ports and closures have no source, wherever they are" do
    x = 1
    assert ValueSource.source(self()) == :error
    assert ValueSource.source(make_ref()) == :error
    assert ValueSource.source(fn -> x end) == :error
    assert ValueSource.source({:ok, [%{pid: self()}]}) == :error
  end

  test "modules are shortened by aliases, also inner ones and structs" do
    aliases = %{Testgen.Observation.ValueSourceTest => "Tests"}
    assert source(%Small{a: 1}, aliases) == "%Tests.Small{a: 1, b: 2}"
    assert source({Testgen.Observation.ValueSourceTest, String}, aliases) == "{Tests, String}"
  end

  test "a small struct is written without what holds nothing, a big one without what is default" do
    assert source(%Small{a: 1}) =~ "{a: 1, b: 2}"
    assert source(%Small{}) =~ "Small{b: 2}"
    assert source(%Small{b: nil}) =~ "Small{b: nil}"
    assert source(%Big{a: 1}) =~ "Big{a: 1}"
    assert source(%Strict{a: nil, b: 1}) =~ "a: nil, b: 1, c: nil"
  end

  test "a struct is written as it inspects only where that evaluates to it" do
    assert source(Date.range(~D[2020-01-01], ~D[2020-01-03])) == "Date.range(~D[2020-01-01], ~D[2020-01-03])"
    assert "%Task{" <> _ = source(%Task{mfa: {A, :b, 1}, owner: nil, pid: nil, ref: nil})
  end

  test "a map that only says it is a struct of a module has no source" do
    assert ValueSource.source(%{__struct__: Small, other: 1}) == :error
    assert ValueSource.source(%{__struct__: No.Such, other: 1}) == :error
  end

  test "text is a string, bytes are bytes, numbers that spell nothing are numbers" do
    assert source("a\0bcdefghijk") == ~S("a\0bcdefghijk")
    assert source(<<0, 1, 2>>) == "<<0, 1, 2>>"
    assert source([65, 66, 67]) == "[65, 66, 67]"
    assert source([72, 105, 33, 33, 33]) == "[72, 105, 33, 33, 33]"
    assert source('hello') == ~S(~c"hello")
  end

  test "digits of large numbers are grouped" do
    assert source(9999) == "9999"
    assert source(31_500) == "31_500"
    assert source(-1_234_567) == "-1_234_567"
    assert source({:ok, 100_000}) == "{:ok, 100_000}"
  end

  test "long values are written in full" do
    assert source(Enum.to_list(1..200)) |> String.split(", ") |> length() == 200
    assert byte_size(source(String.duplicate("a", 10_000))) == 10_002
  end
end
