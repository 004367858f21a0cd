# Shows: bare processes, links, monitors, receive with timeouts.
defmodule Processes.Courier do
  @moduledoc "A bare process that delivers messages and retries."

  @doc "Starts a courier that hands parcels to `deliver` and reports to the caller."
  @spec start((term() -> :ok | :error), pos_integer()) :: pid()
  def start(deliver, tries \\ 3) do
    boss = self()
    spawn_link(fn -> loop(deliver, tries, boss) end)
  end

  @doc "Hands a parcel over and waits for the news."
  @spec send_parcel(pid(), term(), timeout()) :: {:delivered, pos_integer()} | :lost | :no_news
  def send_parcel(courier, parcel, timeout \\ 500) do
    send(courier, {:parcel, parcel})

    receive do
      {:news, ^courier, ^parcel, news} -> news
    after
      timeout -> :no_news
    end
  end

  @doc "Ends a courier; says whether it went home within the time."
  @spec stop(pid(), timeout()) :: :ok | :timeout
  def stop(courier, timeout \\ 500) do
    ref = Process.monitor(courier)
    send(courier, :go_home)

    receive do
      {:DOWN, ^ref, :process, ^courier, _reason} -> :ok
    after
      timeout ->
        Process.demonitor(ref, [:flush])
        :timeout
    end
  end

  defp loop(deliver, tries, boss) do
    receive do
      {:parcel, parcel} ->
        send(boss, {:news, self(), parcel, attempt(deliver, parcel, 1, tries)})
        loop(deliver, tries, boss)

      :go_home ->
        :ok
    end
  end

  defp attempt(_deliver, _parcel, try, tries) when try > tries, do: :lost

  defp attempt(deliver, parcel, try, tries) do
    case deliver.(parcel) do
      :ok -> {:delivered, try}
      :error -> attempt(deliver, parcel, try + 1, tries)
    end
  end
end
