defmodule Testgen.Observation.Influence do
  @moduledoc """
  Finds out whether a run looked at the clock or drew a random number.

  Two runs a moment apart agree on today's date, and often on the throw of a coin: seeing that the code asked
  is what tells. First the VM's own call counters say whether anybody asked (`asked/0`, cheap); only then is a
  run traced with all that it spawns (`watch/1`), to tell the candidate's asks from the logger's. Clocks that
  only measure durations do not count. Where tracing is in use by somebody else, nothing is found.
  """

  @clocks [
    {:os, :system_time, 0},
    {:os, :system_time, 1},
    {:os, :timestamp, 0},
    {:erlang, :system_time, 0},
    {:erlang, :system_time, 1},
    {:erlang, :timestamp, 0},
    {:erlang, :now, 0},
    {:erlang, :date, 0},
    {:erlang, :time, 0},
    {:erlang, :localtime, 0},
    {:erlang, :universaltime, 0}
  ]
  @dice [
    {:rand, :uniform, 0},
    {:rand, :uniform, 1},
    {:rand, :uniform_real, 0},
    {:rand, :normal, 0},
    {:rand, :normal, 2},
    {:rand, :bytes, 1},
    {:rand, :uniform_s, 1},
    {:rand, :uniform_s, 2},
    {:crypto, :strong_rand_bytes, 1},
    {:crypto, :rand_uniform, 2},
    {:erlang, :unique_integer, 0},
    {:erlang, :unique_integer, 1}
  ]

  @modules [:os, :rand, :crypto]

  @type t :: %{clock: boolean(), dice: boolean()}

  @doc "Starts looking; `stop/1` ends it. One at a time in a VM."
  @spec start() :: pid()
  def start do
    Enum.each(@modules, &Code.ensure_loaded/1)
    each(fn mfa -> :erlang.trace_pattern(mfa, [{:_, [], [{:message, {:caller}}]}], [:local]) end)
    each(fn mfa -> :erlang.trace_pattern(mfa, true, [:call_count]) end)
    spawn(&collect/0)
  end

  @doc "Takes back what `start/0` set."
  @spec stop(pid()) :: :ok
  def stop(tracer) do
    each(fn mfa -> :erlang.trace_pattern(mfa, false, [:call_count]) end)
    each(fn mfa -> :erlang.trace_pattern(mfa, false, [:local]) end)
    Process.exit(tracer, :kill)
    :ok
  end

  defp each(fun), do: Enum.each(@clocks ++ @dice, fun)

  @doc "How often anything in the VM has asked, of a clock or of chance."
  @spec asked() :: non_neg_integer()
  def asked, do: Enum.reduce(@clocks ++ @dice, 0, &(&2 + count(:erlang.trace_info(&1, :call_count))))

  defp count({:call_count, count}) when is_integer(count), do: count
  defp count(_), do: 0

  @doc "Called by the run itself, right before what is to be looked at."
  @spec watch(pid()) :: :ok
  def watch(tracer) do
    :erlang.trace(self(), true, [:call, :set_on_spawn, {:tracer, tracer}])
    :ok
  rescue
    ArgumentError -> :ok
  end

  @doc "Called by the run itself when it has ended; it stops looking at it."
  @spec unwatch() :: :ok
  def unwatch do
    :erlang.trace(self(), false, [:call, :set_on_spawn])
    :ok
  rescue
    ArgumentError -> :ok
  end

  @doc "What was seen since the last `take/1`."
  @spec take(pid()) :: t()
  def take(tracer) do
    delivered = :erlang.trace_delivered(:all)

    receive do
      {:trace_delivered, :all, ^delivered} -> :ok
    after
      200 -> :ok
    end

    ref = make_ref()
    send(tracer, {:take, self(), ref})

    receive do
      {^ref, seen} -> seen
    after
      1_000 -> none()
    end
  end

  @doc "Neither."
  @spec none() :: t()
  def none, do: %{clock: false, dice: false}

  defp collect(seen \\ %{clock: false, dice: false}) do
    receive do
      {:trace, _pid, :call, mfa, caller} -> collect(add(seen, mfa, caller))
      {:take, from, ref} -> send(from, {ref, seen}) && collect()
      _ -> collect(seen)
    end
  end

  defp add(seen, {module, name, args}, caller) do
    mfa = {module, name, length(args)}

    cond do
      logging?(caller) -> seen
      mfa in @clocks -> %{seen | clock: true}
      true -> %{seen | dice: true}
    end
  end

  defp logging?({module, _, _}),
    do: module |> Atom.to_string() |> String.starts_with?(["logger", "Elixir.Logger"])

  defp logging?(_), do: false
end
