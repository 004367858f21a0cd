defmodule Testgen.AgentTest do
  use ExUnit.Case, async: true

  import Testgen.AgentClient

  @token "0123456789abcdef"

  setup do
    %{port: start(File.cwd!(), hello: false)}
  end

  test "hello answers with versions, and every frame carries the token", %{port: port} do
    reply = call(port, "hello", %{"token" => @token})
    assert reply["token"] == @token
    assert reply["ok"]["protocol"] == 1
    assert reply["ok"]["elixir"] == System.version()
    assert call(port, "ping")["token"] == @token
  end

  test "nothing is answered before hello", %{port: port} do
    assert call(port, "ping")["error"]["kind"] == "no_hello"
  end

  test "a short token, a second hello, an unknown operation and a frame that is no request are refused", %{
    port: port
  } do
    assert call(port, "hello", %{"token" => "short"})["error"]["kind"] == "bad_request"
    call(port, "hello", %{"token" => @token})
    assert call(port, "hello", %{"token" => @token})["error"]["kind"] == "bad_request"
    assert call(port, "no_such_op")["error"]["kind"] == "unknown_op"
    Port.command(port, "garbage")
    assert next(port)["error"]["kind"] == "bad_request"
  end

  test "cancel of a request that does not run says so", %{port: port} do
    call(port, "hello", %{"token" => @token})
    assert call(port, "cancel", %{"id" => 99})["ok"] == %{"cancelled" => false}
  end

  test "shutdown answers, then the VM ends", %{port: port} do
    call(port, "hello", %{"token" => @token})
    assert call(port, "shutdown")["ok"] == %{}
    assert_receive {^port, {:exit_status, 0}}, 5_000
  end

  test "the VM ends when its channel does", %{port: port} do
    call(port, "hello", %{"token" => @token})
    {:os_pid, os_pid} = Port.info(port, :os_pid)
    Port.close(port)
    assert gone?(os_pid, 50)
  end

  @tag :tmp_dir
  test "a request that runs can be cancelled; another is refused meanwhile, ping is not", %{
    port: port,
    tmp_dir: folder
  } do
    call(port, "hello", %{"token" => @token})
    write(folder, %{"code.ex" => "defmodule Slow do\n  Process.sleep(60_000)\nend\n"})
    args = %{"root" => folder, "mode" => "file", "files" => [Path.join(folder, "code.ex")]}
    running = request(port, "open_project", args)
    assert call(port, "load_tests")["error"]["kind"] == "busy"
    assert call(port, "ping")["ok"] == %{}
    cancel = request(port, "cancel", %{"id" => running})
    assert {[], %{"error" => %{"kind" => "cancelled"}}} = collect(running, port, [])
    assert {[], %{"ok" => %{"cancelled" => true}}} = collect(cancel, port, [])
  end

  defp gone?(_os_pid, 0), do: false

  defp gone?(os_pid, tries) do
    if File.read("/proc/#{os_pid}/cmdline") in [{:error, :enoent}, {:ok, ""}] do
      true
    else
      Process.sleep(100)
      gone?(os_pid, tries - 1)
    end
  end
end
