# Shows: guards, a guard defined by the module, several clauses.
defmodule Plain.Shift do
  @moduledoc "Working hours, in whole hours of a day."

  @type pay :: :day | :evening | :night

  @doc "True for hours that a clock can show."
  defguard is_hour(hour) when is_integer(hour) and hour >= 0 and hour < 24

  @doc "Which rate an hour is paid at."
  @spec rate(0..23) :: pay()
  def rate(hour) when is_hour(hour) and (hour < 6 or hour >= 22), do: :night
  def rate(hour) when is_hour(hour) and hour >= 18, do: :evening
  def rate(hour) when is_hour(hour), do: :day

  @doc "Length of a shift, which may go past midnight."
  @spec hours(0..23, 0..23) :: 0..23
  def hours(from, to) when is_hour(from) and is_hour(to) and to >= from, do: to - from
  def hours(from, to) when is_hour(from) and is_hour(to), do: 24 - from + to

  @doc "Minutes of rest that a shift of so many hours requires."
  @spec break_minutes(number()) :: 0 | 30 | 45
  def break_minutes(hours) when is_number(hours) and hours > 9, do: 45
  def break_minutes(hours) when is_number(hours) and hours > 6, do: 30
  def break_minutes(hours) when is_number(hours) and hours >= 0, do: 0
end
