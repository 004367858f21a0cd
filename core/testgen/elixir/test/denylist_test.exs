defmodule Testgen.DenylistTest do
  use ExUnit.Case, async: true

  alias Testgen.Denylist

  defp violations(source) do
    {:ok, %{"violations" => violations}} = Denylist.handle(%{"source" => source}, %{})
    violations
  end

  defp calls(source), do: source |> violations() |> Enum.map(& &1["call"]) |> Enum.uniq()

  @refused [
    {"a shell", ~S|System.cmd("ls", [])|},
    {"a shell in Erlang", ~S|:os.cmd('ls')|},
    {"a port", ~S|Port.open({:spawn, "ls"}, [])|},
    {"a port of Erlang", ~S|:erlang.open_port({:spawn, 'ls'}, [])|},
    {"halting", ~S|System.halt(0)|},
    {"halting in Erlang", ~S|:erlang.halt()|},
    {"stopping the VM", ~S|:init.stop()|},
    {"a message that stops the VM", ~S|send(:init, {:stop, :stop})|},
    {"removing files", ~S|File.rm_rf!("/")|},
    {"removing relative files", ~S|File.rm("mix.exs")|},
    {"writing files", ~S|File.write!("/tmp/x", "y")|},
    {"files by Erlang", ~S|:file.delete("x")|},
    {"reading the user's keys", ~S|File.read!("/root/.ssh/id_rsa")|},
    {"reading by a path that climbs", ~S|File.read("../../secret")|},
    {"reading by a computed path", ~S|File.read!(Path.expand("~/.ssh/id_rsa"))|},
    {"the environment", ~S|System.get_env("AWS_SECRET_ACCESS_KEY")|},
    {"the environment in Erlang", ~S|:os.getenv('HOME')|},
    {"evaluating", ~S|Code.eval_string("1")|},
    {"compiling", ~S|Code.compile_string("1")|},
    {"loading code", ~S|:code.load_binary(A, 'a', <<>>)|},
    {"making modules", ~S|Module.create(A, quote(do: 1), __ENV__)|},
    {"a template that is evaluated", ~S|EEx.eval_string("<%= 1 %>")|},
    {"other nodes", ~S|Node.connect(:a@b)|},
    {"remote calls", ~S|:rpc.call(:a@b, :os, :cmd, [])|},
    {"sockets", ~S|:gen_tcp.connect('localhost', 80, [])|},
    {"HTTP", ~S|:httpc.request('http://a')|},
    {"persistent terms", ~S|:persistent_term.put(:a, 1)|},
    {"tracing", ~S|:erlang.trace(:all, true, [:call])|},
    {"all processes", ~S|Process.list()|},
    {"all tables", ~S|:ets.all()|},
    {"another's state", ~S|:sys.replace_state(pid, & &1)|},
    {"the test runner", ~S|ExUnit.configure(exclude: [])|},
    {"the runner's server", ~S|ExUnit.Server.modules_loaded()|},
    {"the agent", ~S|Testgen.Mutation.Switch.deactivate()|},
    {"Mix", ~S|Mix.Task.run("deps.get")|},
    {"a function out of bytes", ~S|:erlang.binary_to_term(bytes)|},
    {"atoms at run time", ~S|String.to_atom("a#{n}")|},
    {"atoms by a capture", ~S|Enum.map(list, &String.to_atom/1)|},
    {"stopping applications", ~S|Application.stop(:logger)|},
    {"settings of the VM", ~S|Application.put_env(:kernel, :a, 1)|},
    {"settings by a computed application", ~S|Application.put_env(app, :a, 1)|},
    {"the logger", ~S|Logger.configure(level: :none)|},
    {"a hook at load", ~S|defmodule A do @on_load :f end|},
    {"a hook at compile", ~S|defmodule A do @before_compile B end|},
    {"replacing a module", ~S|defmodule ExUnit.Assertions do end|},
    {"replacing a library module", ~S|defmodule Enum do end|},
    {"importing the shell", ~S|import System|},
    {"importing a part", ~S|import System, only: [cmd: 2]|},
    {"an alias of it", "alias System, as: S\nS.cmd(\"ls\", [])"},
    {"an alias in braces", "alias Elixir.{System}\nSystem.cmd(\"ls\", [])"},
    {"an alias of the agent", "alias Testgen.Mutation.Switch\nSwitch.deactivate()"},
    {"a capture", ~S|Enum.map([1], &System.halt/1)|},
    {"a capture with arguments", ~S|Enum.each(["ls"], &System.cmd(&1, []))|},
    {"a pipe", ~S{"ls" |> System.cmd([])}},
    {"a pipe into a file call", ~S{"/tmp/x" |> File.write!("y")}},
    {"apply", ~S|apply(System, :halt, [0])|},
    {"Kernel.apply", ~S|Kernel.apply(:os, :cmd, ['ls'])|},
    {"apply with a computed module", ~S|apply(mod, :halt, [0])|},
    {"apply with a computed function", ~S|apply(Enum, fun, [0])|},
    {"a module in a variable", "mod = :os\nmod.cmd('ls')"},
    {"a module in a variable, no parentheses", "mod = :erlang\nmod.halt"},
    {"a module in an attribute", "defmodule ATest do\n @m :os\n def f, do: @m.cmd('ls')\nend"},
    {"a module made of text", ~S|Module.concat(["System"]).halt()|},
    {"a module found by name", ~S|String.to_existing_atom("Elixir.System").halt()|},
    {"a function found by name", ~S|Function.capture(:os, :cmd, 1)|},
    {"spawning by name", ~S|spawn(:os, :cmd, ['ls'])|},
    {"a task by name", ~S|Task.async(:os, :cmd, ['ls'])|},
    {"a child by name",
     ~S|Supervisor.start_link([%{id: 1, start: {:os, :cmd, ['ls']}}], strategy: :one_for_one)|},
    {"arguments for an apply elsewhere", ~S|MyApp.Job.run(:os, :cmd, ['rm'])|},
    {"a module handed around", ~S|MyApp.with_backend(System)|},
    {"code in a quote", ~S|quote do System.halt() end|},
    {"code in an interpolation", ~S|"#{System.cmd("ls", [])}"|},
    {"code in a default", ~S|def f(x \\ System.halt()), do: x|},
    {"code in a map", ~S|%{a: System.halt()}|},
    {"code before a dot", ~S|System.cmd("ls", []).x|},
    {"a delegation", ~S|defdelegate cmd(a), to: :os|},
    {"an alias of an Erlang module", "alias :os, as: O\nO.cmd('ls')"},
    {"a message by Kernel", ~S|Kernel.send(:init, {:stop, :stop})|},
    {"a call by name and node", ~S|GenServer.call({:init, node()}, :x)|},
    {"a folder that is only called so", ~S|tmp_dir = "/"; File.rm_rf!(tmp_dir)|},
    {"a folder that is matched so", ~S|%{tmp_dir: tmp_dir} = %{tmp_dir: "/"}; File.rm_rf!(tmp_dir)|},
    {"a folder that a function is given", ~S/Enum.each(["a"], fn tmp_dir -> File.rm_rf!(tmp_dir) end)/},
    {"a process of the VM", ~S|Process.exit(:code_server, :kill)|},
    {"finding a process of the VM", ~S|Process.whereis(ExUnit.Server)|}
  ]

  for {what, source} <- @refused do
    test "refuses #{what}: #{inspect(source)}" do
      assert [violation | _] = violations(unquote(source))
      assert is_integer(violation["line"])
      assert violation["reason"] =~ ~r/^[a-z]/
    end
  end

  @allowed [
    {"plain assertions",
     "assert Cart.total(cart) == 3\nrefute Cart.empty?(cart)\nassert_raise ArgumentError, \"x\", fn -> Cart.add(1) end"},
    {"patterns", "assert {:ok, %{id: id, name: \"a\"}} = Repo.insert(user)\nassert is_integer(id)"},
    {"field access", "assert user.name == \"x\"\nassert conn.assigns.current_user.id == 3"},
    {"calling a function", "fun = fn x -> x + 1 end\nassert fun.(1) == 2\nassert context.fun.(2)"},
    {"apply of a function", "assert apply(fun, [1, 2]) == 3"},
    {"apply of a named function of the project", "assert apply(MyApp.Cart, :total, [1]) == 3"},
    {"processes of its own",
     "pid = spawn(fn -> receive do :stop -> :ok end end)\nProcess.exit(pid, :kill)\nsend(pid, :stop)"},
    {"supervised processes", "start_supervised!({Counter, 0})\nassert Counter.get() == 0"},
    {"messages", "send(self(), {:hi, 1})\nassert_receive {:hi, 1}\nProcess.send_after(self(), :tick, 10)"},
    {"tables of its own",
     "table = :ets.new(:t, [])\n:ets.insert(table, {1, 2})\nassert :ets.lookup(table, 1) == [{1, 2}]"},
    {"a server's state", "assert :sys.get_state(pid) == %{}"},
    {"settings of the project",
     "Application.put_env(:my_app, :key, 1)\non_exit(fn -> Application.delete_env(:my_app, :key) end)"},
    {"variables of its own", "System.put_env(\"MY_APP_KEY\", \"1\")"},
    {"times and numbers", "System.unique_integer([:positive])\nSystem.monotonic_time()\nSystem.os_time()"},
    {"files in its folder",
     "test \"x\", %{tmp_dir: tmp_dir} do\n path = Path.join(tmp_dir, \"a.txt\")\n File.write!(path, \"x\")\n assert File.read!(path) == \"x\"\n File.rm!(path)\nend"},
    {"files in its folder by interpolation", "File.mkdir_p!(\"\#{tmp_dir}/sub\")"},
    {"files in its folder by a pipe", "tmp_dir |> Path.join(\"a\") |> File.write!(\"x\")"},
    {"its folder by another name",
     "%{tmp_dir: dir} = context\nFile.write!(Path.join(context.tmp_dir, \"a\"), \"x\")"},
    {"letters that are modules' names", "assert Graph.path(g, :c, :d) == [{:c, :d, 1}]"},
    {"an exception of a refused module", "assert_raise Mix.Error, fn -> Cart.run() end"},
    {"fixtures", "assert File.read!(\"test/fixtures/a.json\") =~ \"a\""},
    {"streams of text", "{:ok, io} = StringIO.open(\"a\")\nassert IO.read(io, :line) == \"a\""},
    {"captured output",
     "assert capture_io(fn -> Cart.print() end) == \"x\\n\"\nassert capture_log(fn -> Cart.warn() end) =~ \"x\""},
    {"atoms that are data",
     "assert Loader.kind(:file) == :code\nassert Device.os(%{os: :os}) == {:ok, :init}"},
    {"atoms from literal text", "assert String.to_atom(\"abc\") == :abc"},
    {"existing atoms", "assert String.to_existing_atom(\"ok\") == :ok"},
    {"a struct of the project named like a library",
     "assert %MyApp.File{} = MyApp.File.new()\nassert MyApp.System.cmd() == 1"},
    {"an alias that hides a library", "alias MyApp.File\nassert File.rm(\"x\") == :ok"},
    {"its own module",
     "defmodule CartTest do\n use ExUnit.Case, async: true\n use MyApp.DataCase\n import ExUnit.CaptureIO\n doctest Cart\n @moduletag :tmp_dir\n describe \"a\" do\n test \"b\" do\n assert __MODULE__ == CartTest\n end\n end\nend"},
    {"a helper module of its own",
     "defmodule CartTest do\n defmodule Stub do\n def get(_), do: :ok\n end\n test \"a\", do: assert Cart.run(Stub) == :ok\nend"},
    {"tasks", "task = Task.async(fn -> Cart.total() end)\nassert Task.await(task) == 3"},
    {"Erlang's harmless modules",
     "assert :math.pi() > 3\nassert :lists.sum([1]) == 1\nassert :queue.new()\nassert :crypto.hash(:sha256, \"a\")\nassert :erlang.phash2(1)"},
    {"captures of the project",
     "assert Enum.map([1], &Cart.price/1) == [2]\nassert Enum.map([1], &(&1 + 1)) == [2]"},
    {"whether a module is there", "assert Code.ensure_loaded?(Cart)"},
    {"stopping one's own server",
     "GenServer.stop(pid)\nGenServer.call(Counter, :inc)\nProcess.whereis(Counter)"},
    {"sigils", "assert ~D[2020-01-01] in dates\nassert \"a\" =~ ~r/a/"}
  ]

  for {what, source} <- @allowed do
    test "lets #{what} pass" do
      assert calls(unquote(source)) == []
    end
  end

  test "each violation has its line" do
    assert [%{"line" => 1}, %{"line" => 3}] = violations("System.halt()\n:ok\n:os.cmd('ls')")
  end

  test "source that does not parse is an error, not a verdict" do
    assert {:error, "parse_error", _, %{"line" => 1}} = Denylist.handle(%{"source" => "foo("}, %{})
  end
end
