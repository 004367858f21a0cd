# Shows: comprehensions with filters, several generators, :into, :uniq and :reduce.
defmodule Plain.Timetable do
  @moduledoc "A week of lessons."

  @type lesson :: %{day: atom(), hour: pos_integer(), subject: String.t(), room: String.t()}

  @days [:mon, :tue, :wed, :thu, :fri]

  @doc "The lessons of a day, by hour."
  @spec day([lesson()], atom()) :: [{pos_integer(), String.t()}]
  def day(lessons, day) when day in @days do
    Enum.sort(for %{day: ^day, hour: hour, subject: subject} <- lessons, do: {hour, subject})
  end

  @doc "Hours in which a room is free, for hours 1 to `last`."
  @spec free([lesson()], String.t(), pos_integer()) :: [{atom(), pos_integer()}]
  def free(lessons, room, last) do
    taken =
      for %{room: ^room} = lesson <- lessons, into: MapSet.new(), do: {lesson.day, lesson.hour}

    for day <- @days, hour <- 1..last//1, {day, hour} not in taken, do: {day, hour}
  end

  @doc "How many hours each subject has."
  @spec load([lesson()]) :: %{String.t() => pos_integer()}
  def load(lessons) do
    for %{subject: subject} <- lessons, reduce: %{} do
      load -> Map.update(load, subject, 1, &(&1 + 1))
    end
  end

  @doc "Pairs of lessons that want the same room at the same time."
  @spec clashes([lesson()]) :: [{String.t(), String.t()}]
  def clashes(lessons) do
    numbered = Enum.with_index(lessons)

    for {a, i} <- numbered,
        {b, j} <- numbered,
        i < j,
        {a.day, a.hour, a.room} == {b.day, b.hour, b.room},
        do: {a.subject, b.subject}
  end

  @doc "The rooms in use, each once."
  @spec rooms([lesson()]) :: [String.t()]
  def rooms(lessons), do: for(lesson <- lessons, uniq: true, do: lesson.room)
end
