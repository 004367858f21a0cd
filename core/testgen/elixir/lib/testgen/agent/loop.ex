defmodule Testgen.Agent.Loop do
  @moduledoc """
  The main loop: owns the channel, the session's token and state, and runs one request at a time in its own process.

  It is marked sensitive, so that no other process can read its messages, stack or state. Workers talk to it with a key
  made from the token and the request, so that code under test that finds the loop's pid cannot speak for a worker.
  """

  alias Testgen.Agent.{Handlers, Wire}

  @version "0.1.0"
  @protocol 1
  @farewell_ms 50

  # The request whose leftovers are what it is for.
  @keeps_processes ["open_project"]

  @doc "Serves requests on the two descriptors; returns never, the VM halts when the input ends."
  @spec run(non_neg_integer, non_neg_integer) :: no_return
  def run(input, output) do
    Process.flag(:trap_exit, true)
    Process.flag(:sensitive, true)
    Process.flag(:priority, :high)
    port = Port.open({:fd, input, output}, [:binary, {:packet, 4}])
    loop(%{port: port, token: nil, running: nil, session: %{project: nil, build: nil, tests: nil}})
  end

  defp loop(%{port: port} = state) do
    receive do
      {^port, {:data, bytes}} -> bytes |> Wire.decode() |> request(state) |> loop()
      {:EXIT, ^port, _} -> :erlang.halt(0, flush: false)
      {:DOWN, monitor, :process, _, reason} -> monitor |> down(reason, state) |> loop()
      {key, message} when is_binary(key) -> key |> worker(message, state) |> loop()
      _ -> loop(state)
    end
  end

  defp request({:error, id, message}, state), do: fail(state, id, "bad_request", message)
  defp request({:ok, %{op: "hello"} = request}, %{token: nil} = state), do: hello(request, state)

  defp request({:ok, %{id: id}}, %{token: nil} = state),
    do: fail(state, id, "no_hello", "the first request is hello")

  defp request({:ok, %{op: "hello", id: id}}, state),
    do: fail(state, id, "bad_request", "hello was said already")

  defp request({:ok, %{op: "ping", id: id}}, state), do: ok(state, id, %{})
  defp request({:ok, %{op: "shutdown", id: id}}, state), do: shutdown(id, state)
  defp request({:ok, %{op: "cancel"} = request}, state), do: cancel(request, state)
  defp request({:ok, request}, %{running: nil} = state), do: start(Handlers.fetch(request.op), request, state)

  defp request({:ok, %{id: id}}, %{running: running} = state),
    do: fail(state, id, "busy", "#{running.op} is running")

  defp hello(%{id: id, args: %{"token" => token}}, state) when is_binary(token) and byte_size(token) >= 16 do
    versions = %{
      agent: @version,
      elixir: System.version(),
      otp: System.otp_release(),
      protocol: @protocol
    }

    ok(%{state | token: token}, id, versions)
  end

  defp hello(%{id: id}, state), do: fail(state, id, "bad_request", "hello needs a token of 16 bytes or more")

  defp shutdown(id, state) do
    ok(state, id, %{})
    # A reader that sees the process end before it sees the reply would lose that.
    Process.sleep(@farewell_ms)
    :erlang.halt(0, flush: false)
  end

  defp start(:error, %{id: id, op: op}, state) do
    fail(
      state,
      id,
      "unknown_op",
      "no operation is named #{inspect(op)}; known: #{Enum.join(Handlers.names(), ", ")}"
    )
  end

  defp start({:ok, {module, function}}, %{id: id, op: op, args: args}, state) do
    key = :erlang.md5([state.token, <<id::64>>])
    loop = self()
    session = state.session
    processes = :erlang.processes()

    {pid, monitor} =
      spawn_monitor(fn ->
        Process.flag(:sensitive, true)
        emit = fn event, data -> send(loop, {key, {:event, event, data}}) && :ok end
        send(loop, {key, {:reply, answer(module, function, args, Map.put(session, :emit, emit))}})
      end)

    %{state | running: %{id: id, op: op, key: key, pid: pid, monitor: monitor, processes: processes}}
  end

  defp answer(module, function, args, ctx) do
    apply(module, function, [args, ctx])
  rescue
    error -> {:error, "internal", Exception.format(:error, error, __STACKTRACE__), %{}}
  catch
    kind, reason -> {:error, "internal", Exception.format(kind, reason, __STACKTRACE__), %{}}
  end

  defp worker(key, {:event, event, data}, %{running: %{key: key, id: id}} = state) do
    write(state, %{"id" => id, "event" => event, "data" => data})
  end

  defp worker(key, {:reply, result}, %{running: %{key: key, id: id}} = state) do
    Process.demonitor(state.running.monitor, [:flush])
    reply(result, id, %{state | running: nil})
  end

  defp worker(_forged_or_late, _message, state), do: state

  defp reply({:ok, value}, id, state), do: ok(state, id, value)

  defp reply({:ok, value, changes}, id, state),
    do: ok(update_in(state.session, &Map.merge(&1, changes)), id, value)

  defp reply({:error, kind, message, details}, id, state), do: fail(state, id, kind, message, details)

  defp down(monitor, reason, %{running: %{monitor: monitor, id: id, op: op}} = state) do
    message = "the process of #{op} was ended: #{inspect(reason)}"
    fail(%{state | running: nil}, id, "died", message, %{reason: inspect(reason)})
  end

  defp down(_monitor, _reason, state), do: state

  defp cancel(%{id: id, args: %{"id" => running_id}}, %{running: %{id: running_id} = running} = state) do
    Process.demonitor(running.monitor, [:flush])
    Process.exit(running.pid, :kill)
    end_leftovers(running)

    %{state | running: nil}
    |> fail(running_id, "cancelled", "#{running.op} was cancelled")
    |> ok(id, %{"cancelled" => true})
  end

  defp cancel(%{id: id}, state), do: ok(state, id, %{"cancelled" => false})

  defp end_leftovers(%{op: op}) when op in @keeps_processes, do: :ok

  defp end_leftovers(%{processes: before}),
    do: Enum.each(:erlang.processes() -- before, &Process.exit(&1, :kill))

  defp ok(state, id, value), do: write(state, %{"id" => id, "ok" => value})

  defp fail(state, id, kind, message, details \\ %{}) do
    write(state, %{"id" => id, "error" => %{"kind" => kind, "message" => message, "details" => details}})
  end

  defp write(%{port: port, token: token} = state, frame) do
    true = Port.command(port, Wire.encode(Map.put(frame, "token", token)))
    state
  end
end
