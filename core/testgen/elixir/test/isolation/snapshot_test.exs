defmodule Testgen.Isolation.SnapshotTest do
  use ExUnit.Case, async: false

  alias Testgen.CounterApp
  alias Testgen.CounterApp.Server
  alias Testgen.Isolation
  alias Testgen.Isolation.Snapshot

  setup do
    # ExUnit's own processes are at work meanwhile.
    agent = :erlang.processes()
    CounterApp.up()
    on_exit(&CounterApp.down/0)
    %{snapshot: Isolation.snapshot(agent)}
  end

  test "nothing has changed after nothing was done", %{snapshot: snapshot} do
    assert Snapshot.same?(snapshot)
    assert {:ok, snapshot} = Isolation.restore(snapshot)
    assert Snapshot.same?(snapshot)
  end

  test "a leaked process with a name is killed", %{snapshot: snapshot} do
    Isolation.run(fn -> Agent.start(fn -> 1 end, name: :left_over) end)
    refute Snapshot.same?(snapshot)
    assert {:ok, snapshot} = Isolation.restore(snapshot)
    assert Process.whereis(:left_over) == nil
    assert Snapshot.same?(snapshot)
  end

  test "a leaked supervisor goes with its children", %{snapshot: snapshot} do
    Isolation.run(fn ->
      {:ok, pid} =
        Supervisor.start_link([{Agent, fn -> 1 end}], strategy: :one_for_one, max_restarts: 1_000_000)

      Process.unlink(pid)
    end)

    assert {:ok, snapshot} = Isolation.restore(snapshot)
    assert Snapshot.same?(snapshot)
  end

  test "application environment comes back", %{snapshot: snapshot} do
    Application.put_env(:counter_app, :new_key, 1)
    refute Snapshot.same?(snapshot)
    assert {:ok, _} = Isolation.restore(snapshot)
    assert Application.get_env(:counter_app, :new_key) == nil
  end

  test "persistent terms come back", %{snapshot: snapshot} do
    :persistent_term.put({__MODULE__, :term}, :changed)
    refute Snapshot.same?(snapshot)
    assert {:ok, _} = Isolation.restore(snapshot)
    assert :persistent_term.get({__MODULE__, :term}, :none) == :none
  end

  test "a public table gets its rows back", %{snapshot: snapshot} do
    :ets.insert(:counter_public, {:b, 2})
    refute Snapshot.same?(snapshot)
    assert {:ok, snapshot} = Isolation.restore(snapshot)
    assert :ets.tab2list(:counter_public) == [{:a, 1}]
    assert Snapshot.same?(snapshot)
  end

  test "the state of a server comes back without restarting it", %{snapshot: snapshot} do
    pid = Process.whereis(Server)
    Server.put(%{count: 5})
    refute Snapshot.same?(snapshot)
    assert {:ok, snapshot} = Isolation.restore(snapshot)
    assert Server.get() == %{count: 0}
    assert Process.whereis(Server) == pid
    assert {:ok, snapshot} = Isolation.restore(snapshot)
    assert Snapshot.same?(snapshot)
  end

  test "a protected table that changed restarts the application of its owner", %{snapshot: snapshot} do
    pid = Process.whereis(Server)
    GenServer.call(Server, {:protected, {:b, 2}})
    assert {:ok, snapshot} = Isolation.restore(snapshot)
    assert :ets.tab2list(:counter_protected) == [{:a, 1}]
    assert Process.whereis(Server) != pid
    assert Snapshot.same?(snapshot)
  end

  test "a server that was killed, or an application that was stopped, is started again", %{snapshot: snapshot} do
    Process.exit(Process.whereis(Server), :kill)
    assert {:ok, snapshot} = Isolation.restore(snapshot)
    assert Server.get() == %{count: 0}
    ExUnit.CaptureLog.capture_log(fn -> Application.stop(:counter_app) end)
    assert {:ok, snapshot} = Isolation.restore(snapshot)
    assert Snapshot.same?(snapshot)
    assert Server.get() == %{count: 0}
  end

  test "an environment variable, the working directory and the log level come back", %{snapshot: snapshot} do
    cwd = File.cwd!()
    level = :logger.get_primary_config().level
    System.put_env("TESTGEN_SNAPSHOT_TEST", "1")
    File.cd!(System.tmp_dir!())
    :logger.set_primary_config(:level, :emergency)
    assert {:ok, _} = Isolation.restore(snapshot)
    assert System.get_env("TESTGEN_SNAPSHOT_TEST") == nil
    assert File.cwd!() == cwd
    assert :logger.get_primary_config().level == level
  end

  test "a table that a leaked process owned is gone", %{snapshot: snapshot} do
    parent = self()

    spawn(fn ->
      send(parent, {:table, :ets.new(:leaked_table, [:public, :named_table])})
      Process.sleep(:infinity)
    end)

    assert_receive {:table, _}
    assert {:ok, snapshot} = Isolation.restore(snapshot)
    assert :ets.whereis(:leaked_table) == :undefined
    assert Snapshot.same?(snapshot)
  end
end
