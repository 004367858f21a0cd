defmodule Plain.ShiftTest do
  use ExUnit.Case, async: true

  import Plain.Shift, only: [is_hour: 1]
  alias Plain.Shift

  test "is_hour/1 accepts 0 to 23" do
    assert is_hour(0)
    assert is_hour(23)
    refute is_hour(24)
    refute is_hour(-1)
    refute is_hour(1.0)
  end

  test "rate/1 changes at 6, 18 and 22" do
    assert Enum.map([0, 5, 22, 23], &Shift.rate/1) == [:night, :night, :night, :night]
    assert Enum.map([6, 12, 17], &Shift.rate/1) == [:day, :day, :day]
    assert Enum.map([18, 21], &Shift.rate/1) == [:evening, :evening]
  end

  test "rate/1 knows no 25th hour" do
    assert_raise FunctionClauseError, fn -> Shift.rate(24) end
    assert_raise FunctionClauseError, fn -> Shift.rate(-1) end
  end

  test "hours/2 goes past midnight" do
    assert Shift.hours(9, 17) == 8
    assert Shift.hours(22, 6) == 8
    assert Shift.hours(5, 5) == 0
  end

  test "break_minutes/1 grows with the shift" do
    assert Shift.break_minutes(0) == 0
    assert Shift.break_minutes(6) == 0
    assert Shift.break_minutes(6.5) == 30
    assert Shift.break_minutes(9) == 30
    assert Shift.break_minutes(9.25) == 45
  end
end
