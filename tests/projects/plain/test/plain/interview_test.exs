defmodule Plain.InterviewTest do
  use ExUnit.Case, async: true

  import ExUnit.CaptureIO
  alias Plain.Interview

  defp answering(input, fun) do
    capture_io(input, fn -> send(self(), {:answer, fun.()}) end)
    assert_received {:answer, answer}
    answer
  end

  test "ask_name/0 trims the answer" do
    assert answering(" Ada \n", &Interview.ask_name/0) == "Ada"
    assert answering("\n", &Interview.ask_name/0) == nil
    assert answering("", &Interview.ask_name/0) == nil
  end

  test "ask_name/0 asks" do
    assert capture_io("x\n", &Interview.ask_name/0) == "Your name? "
  end

  test "confirm/1 takes short and long answers" do
    for yes <- ["y\n", "YES\n", " yes \n"] do
      assert answering(yes, fn -> Interview.confirm("Sure?") end) == true
    end

    for no <- ["n\n", "No\n", ""] do
      assert answering(no, fn -> Interview.confirm("Sure?") end) == false
    end
  end

  test "confirm/1 asks again" do
    assert answering("what\nhm\ny\n", fn -> Interview.confirm("Sure?") end) == true
    assert answering("a\nb\nc\ny\n", fn -> Interview.confirm("Sure?") end) == false

    assert capture_io("what\ny\n", fn -> Interview.confirm("Sure?") end) ==
             "Sure? [y/n] Please answer y or n.\nSure? [y/n] "
  end

  test "summary/1 aligns" do
    assert capture_io(fn -> Interview.summary([{"Name", "Ada"}, {"Hobby", "maths"}]) end) ==
             "Name  | Ada\nHobby | maths\n"
  end

  test "warn/1 does not write to standard output" do
    assert capture_io(:stderr, fn -> Interview.warn("late") end) == "warning: late\n"
    assert capture_io(fn -> capture_io(:stderr, fn -> Interview.warn("late") end) end) == ""
  end
end
