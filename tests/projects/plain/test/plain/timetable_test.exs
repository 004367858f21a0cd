defmodule Plain.TimetableTest do
  use ExUnit.Case, async: true

  alias Plain.Timetable

  defp lesson(day, hour, subject, room) do
    %{day: day, hour: hour, subject: subject, room: room}
  end

  setup do
    lessons = [
      lesson(:mon, 2, "maths", "A1"),
      lesson(:mon, 1, "music", "B2"),
      lesson(:tue, 1, "maths", "A1"),
      lesson(:mon, 2, "french", "A1")
    ]

    %{lessons: lessons}
  end

  test "day/2 sorts by hour", %{lessons: lessons} do
    assert Timetable.day(lessons, :mon) == [{1, "music"}, {2, "french"}, {2, "maths"}]
    assert Timetable.day(lessons, :fri) == []
  end

  test "day/2 is for school days", %{lessons: lessons} do
    assert_raise FunctionClauseError, fn -> Timetable.day(lessons, :sun) end
  end

  test "free/3 leaves out what is taken", %{lessons: lessons} do
    assert Timetable.free(lessons, "A1", 2) == [
             {:mon, 1},
             {:tue, 2},
             {:wed, 1},
             {:wed, 2},
             {:thu, 1},
             {:thu, 2},
             {:fri, 1},
             {:fri, 2}
           ]
  end

  test "load/1 counts hours", %{lessons: lessons} do
    assert Timetable.load(lessons) == %{"maths" => 2, "music" => 1, "french" => 1}
  end

  test "clashes/1 finds a pair once", %{lessons: lessons} do
    assert Timetable.clashes(lessons) == [{"maths", "french"}]
    assert Timetable.clashes(tl(lessons)) == []
  end

  test "rooms/1 lists each once", %{lessons: lessons} do
    assert Timetable.rooms(lessons) == ["A1", "B2"]
  end
end
