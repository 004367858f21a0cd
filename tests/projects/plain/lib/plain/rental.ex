# Shows: dates, times and calendars.
defmodule Plain.Rental do
  @moduledoc "Rental of tools by the day."

  @daily 900

  @doc """
  What a rental costs; weekends are half price.

      iex> Plain.Rental.price(~D[2024-03-01], ~D[2024-03-03])
      1800
  """
  @spec price(Date.t(), Date.t()) :: non_neg_integer()
  def price(%Date{} = from, %Date{} = to) do
    from |> Date.range(to, 1) |> Enum.map(&day_price/1) |> Enum.sum()
  end

  @doc "The day by which something must be back: a working day."
  @spec due(Date.t(), pos_integer()) :: Date.t()
  def due(%Date{} = from, days) when days > 0, do: from |> Date.add(days) |> next_working_day()

  @doc "Days that a return is late, never negative."
  @spec days_late(Date.t(), Date.t()) :: non_neg_integer()
  def days_late(due, returned), do: max(Date.diff(returned, due), 0)

  @doc "Whether the counter is open: from 8 to 18, on Saturdays to 12."
  @spec open?(NaiveDateTime.t()) :: boolean()
  def open?(%NaiveDateTime{} = at) do
    case at |> NaiveDateTime.to_date() |> Date.day_of_week() do
      7 -> false
      6 -> at.hour in 8..11
      _ -> at.hour in 8..17
    end
  end

  @doc "Reads a date as written on the form: day.month.year."
  @spec parse(String.t()) :: {:ok, Date.t()} | {:error, :invalid}
  def parse(text) do
    with [day, month, year] <- String.split(text, "."),
         {:ok, date} <- Date.from_iso8601("#{year}-#{pad(month)}-#{pad(day)}") do
      {:ok, date}
    else
      _ -> {:error, :invalid}
    end
  end

  defp day_price(date), do: if(weekend?(date), do: div(@daily, 2), else: @daily)

  defp weekend?(date), do: Date.day_of_week(date) > 5

  defp next_working_day(date) do
    if weekend?(date), do: next_working_day(Date.add(date, 1)), else: date
  end

  defp pad(number), do: String.pad_leading(number, 2, "0")
end
