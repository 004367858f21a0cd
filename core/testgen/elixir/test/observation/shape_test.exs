defmodule Testgen.Observation.ShapeTest do
  use ExUnit.Case, async: true

  alias Testgen.Observation.{PatternSource, Shape}

  defmodule User do
    defstruct [:id, :name, role: :guest, tags: []]
  end

  defp pattern(shape, taken \\ []) do
    %{pattern: pattern, follow_ups: follow_ups} = PatternSource.write(shape, %{User => "User"}, taken)
    [pattern | follow_ups]
  end

  # The written pattern and follow-ups must decide as fits?/2 does.
  defp holds?(shape, value) do
    %{pattern: pattern, follow_ups: follow_ups} = PatternSource.write(shape, %{}, [])
    source = Enum.join(["import ExUnit.Assertions", "assert #{pattern} = value" | follow_ups], "\n")
    Code.eval_string(source, value: value)
    true
  rescue
    ExUnit.AssertionError -> false
  end

  describe "what runs have in common" do
    test "is the value where all agree" do
      assert Shape.of([{:ok, 1}, {:ok, 1}]) == {:value, {:ok, 1}}
    end

    test "is the part that agrees" do
      assert pattern(Shape.of([{:ok, 1}, {:ok, 2}])) == ["{:ok, integer}", "assert is_integer(integer)"]

      assert pattern(Shape.of([%{id: 1, name: "a"}, %{id: 2, name: "a"}])) == [
               ~S(%{id: id, name: "a"}),
               "assert is_integer(id)"
             ]
    end

    test "is the type where only that agrees" do
      assert Shape.of([self(), self()]) == {:kind, :pid}
      assert Shape.of([make_ref(), make_ref()]) == {:kind, :reference}
      assert Shape.of(["x1y", "z2"]) == {:kind, :binary}
      assert Shape.of([:a, :b]) == {:kind, :atom}
      assert Shape.of([1, 2.0]) == {:kind, :number}
      assert Shape.of([fn x -> x end, fn x -> x end]) == {:kind, {:function, 1}}
    end

    test "is a prefix of texts that begin alike" do
      assert Shape.of(["token-abc", "token-xyz"]) == {:prefix, "token-", nil}
    end

    test "is nothing where types differ" do
      assert Shape.of([1, "a"]) == :any
      refute Shape.says_something?(Shape.of([{1}, "a"]))
    end

    test "is not the stack trace of an exit, where files and lines stand" do
      trace = [
        {User, :start, [1], []},
        {:gen_server, :handle_msg, 6, [file: ~c"gen_server.erl", line: 1200]}
      ]

      reason = {{:function_clause, trace}, {GenServer, :call, [:server, :close, 5000]}}

      assert pattern(Shape.of([reason, reason])) == [
               "{{:function_clause, _}, {GenServer, :call, [:server, :close, 5000]}}"
             ]
    end

    test "is a list of tuples that only look a little like a stack trace" do
      steps = [{:a, :b, 1, [x: 1]}]
      assert Shape.of([steps, steps]) == {:value, steps}
    end

    test "is the struct with the fields that agree and are not default" do
      shape = Shape.of([%User{id: 1, name: "a"}, %User{id: 2, name: "a"}])
      assert pattern(shape) == [~S(%User{id: id, name: "a"}), "assert is_integer(id)"]
    end

    test "is only the kind of struct for times" do
      now = DateTime.utc_now()
      assert pattern(Shape.of([now, DateTime.add(now, 1)])) == ["%DateTime{}"]
    end

    test "floats that are not exact are near" do
      assert {:delta, 0.333333333, delta} = Shape.of([1 / 3, 1 / 3])
      assert_in_delta delta, 1.0e-9, 1.0e-8
      assert {:value, 0.5} = Shape.of([0.5, 0.5])
      assert {:tuple, [{:value, :ok}, {:delta, _, _}]} = Shape.of([{:ok, 1 / 3}, {:ok, 1 / 3}])
    end

    test "lets go of leaves that may not be kept" do
      assert Shape.of([{:ok, 5}, {:ok, 5}], &is_atom/1) == {:tuple, [{:value, :ok}, {:kind, :integer}]}
    end
  end

  describe "abbreviated" do
    test "a long list is its head and length" do
      assert pattern(Shape.abbreviated(Enum.to_list(1..500))) == [
               "[1, 2, 3 | _] = list",
               "assert length(list) == 500"
             ]
    end

    test "a long text is its beginning and size" do
      assert [beginning, "assert byte_size(text) == 5000"] =
               pattern(Shape.abbreviated(String.duplicate("ab", 2500)))

      assert beginning == ~s("#{String.duplicate("ab", 20)}" <> _ = text)
    end

    test "only the long part of a value is cut" do
      shape = Shape.abbreviated({:ok, %{n: 1, list: Enum.to_list(1..500)}})
      assert pattern(shape) == ["{:ok, %{list: [1, 2, 3 | _] = list, n: 1}}", "assert length(list) == 500"]
    end
  end

  describe "the written pattern" do
    test "does not bind a name that the test has already" do
      assert pattern({:kind, :pid}, ["pid"]) == ["pid2", "assert is_pid(pid2)"]
    end

    test "compares what cannot stand in a pattern" do
      assert pattern({:tuple, [{:value, :ok}, {:value, MapSet.new([1])}]}) == [
               "{:ok, value}",
               "assert value == MapSet.new([1])"
             ]

      assert pattern({:map, [{:set, {:value, %{}}}, {:zero, {:value, 0.0}}]}) == [
               "%{set: set, zero: zero}",
               "assert set == %{}",
               "assert zero == 0.0"
             ]
    end

    test "binds a few names only" do
      shape = {:list, List.duplicate({:kind, :pid}, 9)}
      assert length(pattern(shape)) == 5
      assert hd(pattern(shape)) == "[pid, pid2, pid3, pid4, _, _, _, _, _]"
    end

    test "keys that are no names give no names" do
      assert pattern({:map, [{"a b", {:kind, :pid}}, {:end, {:kind, :pid}}]}) ==
               [~S(%{"a b" => pid, :end => pid2}), "assert is_pid(pid)", "assert is_pid(pid2)"]
    end
  end

  @cases [
    {{:value, 1}, [1, 2, "1"]},
    {{:tuple, [{:value, :ok}, {:kind, :integer}]}, [{:ok, 1}, {:ok, "1"}, {:error, 1}, {:ok, 1, 2}, :ok]},
    {{:list, [{:value, 1}, :any]}, [[1, 2], [1], [1, 2, 3], [2, 2]]},
    {{:head, [{:value, 1}], 3}, [[1, 2, 3], [1, 2], [2, 2, 3]]},
    {{:prefix, "ab", nil}, ["abc", "ab", "ba", 1]},
    {{:prefix, "ab", 3}, ["abc", "ab", "abcd"]},
    {{:map, [{:a, {:value, 1}}]}, [%{a: 1}, %{a: 1, b: 2}, %{a: 2}, %{}]},
    {{:tuple, [{:delta, 0.5, 0.01}]}, [{0.5}, {0.505}, {0.6}]},
    {{:struct, Date, []}, [~D[2020-01-01], ~T[10:00:00]]},
    {{:tuple, [{:value, MapSet.new([1])}]}, [{MapSet.new([1])}, {MapSet.new([2])}]},
    {{:map, [{:m, {:value, %{}}}]}, [%{m: %{}}, %{m: %{a: 1}}]}
  ]

  for {{shape, values}, index} <- Enum.with_index(@cases) do
    @shape shape
    @values_of values
    test "#{index}: decides as fits?/2: #{inspect(shape)}" do
      for value <- @values_of do
        assert {value, holds?(@shape, value)} == {value, Shape.fits?(@shape, value)}
      end

      assert Shape.fits?(@shape, hd(@values_of))
      refute Shape.fits?(@shape, List.last(@values_of))
    end
  end
end
