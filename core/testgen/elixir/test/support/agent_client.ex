defmodule Testgen.AgentClient do
  @moduledoc """
  Speaks to a real agent in a VM of its own, over its descriptors 3 and 4, as the Python side does.

  Tests of what loads modules or runs ExUnit need that: here ExUnit is running already.
  """

  @token "0123456789abcdef"

  @doc "Starts an agent in `folder` and greets it."
  @spec start(Path.t(), keyword) :: port
  def start(folder \\ File.cwd!(), options \\ []) do
    port = launch(folder)
    if Keyword.get(options, :hello, true), do: %{"ok" => _} = call(port, "hello", %{"token" => @token})
    port
  end

  defp launch(folder) do
    lib = :elixir |> :code.lib_dir() |> Path.dirname()
    ebins = for app <- ~w(elixir eex ex_unit logger mix), do: Path.join([lib, app, "ebin"])
    agent = :testgen_agent |> :code.lib_dir(:ebin) |> to_string()
    args = ~w(-noinput +S 2:2 +sbwt none -pa) ++ ebins ++ [agent] ++ ~w(-s Elixir.Testgen.Agent start)

    Port.open({:spawn_executable, System.find_executable("erl")}, [
      :binary,
      :nouse_stdio,
      :exit_status,
      packet: 4,
      args: args,
      cd: folder,
      env: [{'MIX_BUILD_PATH', to_charlist(Path.join(folder, "_private"))}, {'MIX_ENV', 'test'}]
    ])
  end

  @doc "One request; its reply frame. Events are dropped."
  @spec call(port, String.t(), map) :: map
  def call(port, op, args \\ %{}), do: port |> stream(op, args) |> elem(1)

  @doc "One request that has to succeed; its value."
  @spec call!(port, String.t(), map) :: term
  def call!(port, op, args \\ %{}) do
    case call(port, op, args) do
      %{"ok" => value} -> value
      %{"error" => error} -> raise "#{op}: #{error["kind"]}: #{error["message"]}"
    end
  end

  @doc "One request; the data of its events and its reply frame."
  @spec stream(port, String.t(), map) :: {[map], map}
  def stream(port, op, args), do: port |> request(op, args) |> collect(port, [])

  @doc "Sends a request and answers its id."
  @spec request(port, String.t(), map) :: pos_integer
  def request(port, op, args) do
    id = System.unique_integer([:positive])
    Port.command(port, :erlang.term_to_binary(%{"id" => id, "op" => op, "args" => args}))
    id
  end

  @doc "The events and the reply of a request that was sent."
  @spec collect(pos_integer, port, [map]) :: {[map], map}
  def collect(id, port, events) do
    case next(port) do
      %{"id" => ^id, "event" => _, "data" => data} -> collect(id, port, [data | events])
      %{"id" => ^id} = reply -> {Enum.reverse(events), reply}
      _other -> collect(id, port, events)
    end
  end

  @doc "The next frame."
  @spec next(port) :: map
  def next(port) do
    receive do
      {^port, {:data, bytes}} -> :erlang.binary_to_term(bytes)
      {^port, {:exit_status, status}} -> raise "the agent ended with status #{status}"
    after
      30_000 -> raise "the agent is silent"
    end
  end

  @doc "Writes `files` (relative path to text) below `folder`."
  @spec write(Path.t(), %{Path.t() => String.t()}) :: :ok
  def write(folder, files) do
    for {name, text} <- files do
      path = Path.join(folder, name)
      File.mkdir_p!(Path.dirname(path))
      File.write!(path, text)
    end

    :ok
  end

  @doc "Starts an agent and opens the single file `code.ex` with this text in it."
  @spec open_file(Path.t(), String.t()) :: port
  def open_file(folder, code) do
    write(folder, %{"code.ex" => code})
    port = start(folder)

    call!(port, "open_project", %{
      "root" => folder,
      "mode" => "file",
      "files" => [Path.join(folder, "code.ex")]
    })

    port
  end

  @doc "Loads test sources; the reply's tests."
  @spec load(port, String.t()) :: [map]
  def load(port, source) do
    %{"tests" => tests, "errors" => []} =
      call!(port, "load_tests", %{"sources" => [%{"name" => "given_test.exs", "source" => source}]})

    tests
  end

  @doc "Builds the mutants of `code.ex`, loads `source`, runs the baseline; mutants and baseline."
  @spec prepare(port, Path.t(), String.t()) :: {[map], map}
  def prepare(port, folder, source) do
    %{"mutants" => mutants} = call!(port, "mutants", %{"path" => Path.join(folder, "code.ex")})
    load(port, source)
    {mutants, call!(port, "baseline", %{"runs" => 2})}
  end
end
