defmodule Testgen.Observation.LogSink do
  @moduledoc """
  A handler of Erlang's logger that keeps what is logged while candidates run, and keeps it from the other
  handlers.

  Only what passes the project's own log level comes here, as in `ExUnit.CaptureLog`. The other handlers are
  quiet as long as the process that asked for it is alive, so that a request that is cancelled leaves nothing
  to put back.
  """

  @handler :testgen_log_sink
  @quiet :testgen_quiet

  @doc "Starts it; `stop/0` ends it."
  @spec start() :: :ok
  def start do
    :logger.remove_handler(@handler)
    if :ets.whereis(@handler) != :undefined, do: :ets.delete(@handler)
    table = :ets.new(@handler, [:public, :ordered_set, :named_table])
    :logger.add_handler(@handler, __MODULE__, %{config: %{table: table}})
    loud()
    for id <- others(), do: :logger.add_handler_filter(id, @quiet, {&__MODULE__.quiet/2, self()})
    :ok
  end

  @doc "Lets the other handlers hear again, for whole tests that capture logs by themselves."
  @spec loud() :: :ok
  def loud do
    for id <- others(), do: :logger.remove_handler_filter(id, @quiet)
    :ok
  end

  @doc "Ends it."
  @spec stop() :: :ok
  def stop do
    loud()
    :logger.remove_handler(@handler)
    :ets.delete(@handler)
    :ok
  end

  defp others, do: :logger.get_handler_ids() -- [@handler]

  @doc "The filter of the other handlers."
  @spec quiet(:logger.log_event(), pid()) :: :stop | :ignore
  def quiet(_event, owner), do: if(Process.alive?(owner), do: :stop, else: :ignore)

  @doc "Forgets what came so far."
  @spec clear() :: true
  def clear, do: :ets.delete_all_objects(@handler)

  @doc "Messages in order, first line of each."
  @spec take() :: [String.t()]
  def take do
    texts = @handler |> :ets.tab2list() |> Enum.map(&elem(&1, 1))
    clear()
    texts
  end

  @doc "The callback of `:logger`."
  @spec log(:logger.log_event(), map()) :: :ok
  def log(%{msg: message} = event, %{config: %{table: table}}) do
    text = text(message, event)
    if text != "", do: :ets.insert(table, {:erlang.unique_integer([:monotonic]), text})
    :ok
  rescue
    _ -> :ok
  end

  defp text({:string, chardata}, _), do: chardata |> IO.chardata_to_string() |> first_line()
  # Reports of crashes tell pids and stacktraces, and come from the system.
  defp text({:report, _}, _), do: ""
  defp text({format, args}, _), do: format |> :io_lib.format(args) |> IO.chardata_to_string() |> first_line()

  defp first_line(text), do: text |> String.split("\n") |> hd()
end
