defmodule Testgen.Agent do
  @moduledoc """
  The Elixir side of testgen, and its protocol.

  One agent is one VM that has opened one project (or a few single files). It answers requests of the Python side over
  two inherited descriptors. Standard output and standard error of the VM belong to the user's code.

  ## Start

      erl -noinput +S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none +P 65536 -elixir_root LIB \\
        -pa LIB/elixir/ebin LIB/eex/ebin LIB/ex_unit/ebin LIB/logger/ebin LIB/mix/ebin AGENT_EBIN \\
        -s Elixir.Testgen.Agent start

  where `LIB` is the `lib` folder of Elixir. `elixir -pa AGENT_EBIN -e 'Testgen.Agent.main()'` does the same and takes
  0.2 s longer. The working directory is the root of the project.

  | variable | meaning |
  | --- | --- |
  | `TESTGEN_FD_IN`, `TESTGEN_FD_OUT` | the descriptors, 3 and 4 if not given |
  | `MIX_ENV` | `test` |
  | `MIX_BUILD_PATH` | the private build path; the agent writes nowhere else by itself |
  | `MIX_DEPS_PATH` | where the project's dependencies are, when not in `deps` |

  ## Frames

  A frame is a length of four bytes, big endian, and one term in Erlang's external term format. Every frame is a map
  with string keys. Values are binaries in UTF-8, integers, floats, `true`, `false`, `nil`, lists, and maps with string
  keys; what a user's code gives that is none of these is sent as its `inspect/1`.

      request   %{"id" => 7, "op" => "analyze", "args" => %{...}}
      event     %{"id" => 7, "token" => t, "event" => "outcome", "data" => %{...}}
      reply     %{"id" => 7, "token" => t, "ok" => value}
      reply     %{"id" => 7, "token" => t, "error" => %{"kind" => k, "message" => m, "details" => %{...}}}

  A request has any number of events and then exactly one reply. Events come in the order in which they were made.

  The first request is `hello` with a secret `token`; every frame of the agent carries it. It is held in the main
  loop's state alone, which no other process can look into, so that code under test that gets hold of the descriptors
  cannot make up a frame. A frame without it means that somebody tried: end the VM.

  When descriptor `TESTGEN_FD_IN` ends, the VM halts at once.

  ## Requests

  A request runs in a process of its own; the main loop answers these meanwhile, everything else is refused with kind
  `busy` while a request runs.

  | op | args | reply |
  | --- | --- | --- |
  | `hello` | `token` | `agent`, `elixir`, `otp` (versions), `protocol` (1) |
  | `ping` | | `%{}` |
  | `cancel` | `id` | `cancelled` (boolean); the request `id` itself replies with error kind `cancelled` |
  | `shutdown` | | `%{}`, then the VM halts |

  All other operations are in `Testgen.Agent.Handlers`; their arguments and replies are documented where they are
  answered: `Testgen.Project.open/2`, `Testgen.Scoring`, `Testgen.Analysis`, `Testgen.Observation`,
  `Testgen.TestFile`, `Testgen.Denylist`.

  Error kinds that any request can have: `busy`, `cancelled`, `bad_request`, `unknown_op`, `no_hello`, `internal` (a
  defect of the agent), `died` (the request's process was killed; `details.reason`).

  ## When the VM itself ends

  Code under test can halt the VM, and one built-in function can use all memory or never return. The channel then
  closes, or stays silent: the Python side ends the VM and starts another. `run_mutants` gives its outcomes in the order
  asked, so the first mutant without one is the culprit.
  """

  alias Testgen.Agent.Loop

  # Words of heap after which a process that no other limit applies to is ended: one gigabyte.
  @heap_words div(1024 * 1024 * 1024, 8)

  @doc "Starts the agent and returns: for `erl -s`."
  @spec start() :: :ok
  def start do
    {:ok, _} = :application.ensure_all_started(:elixir)
    :erlang.system_flag(:max_heap_size, %{size: @heap_words, kill: true, error_logger: false})
    protect()
    {input, output} = {descriptor("TESTGEN_FD_IN", "3"), descriptor("TESTGEN_FD_OUT", "4")}
    spawn(fn -> Loop.run(input, output) end)
    :ok
  end

  @doc "Starts the agent and never returns: for `elixir -e`."
  @spec main() :: no_return
  def main do
    start()
    Process.sleep(:infinity)
  end

  # Code under test must not replace what judges it: a module of a sticky folder, once loaded, is not loaded again.
  defp protect do
    for module <- [__MODULE__, ExUnit] do
      folder = module |> :code.which() |> :filename.dirname()
      :ok = folder |> modules() |> :code.ensure_modules_loaded()
      :ok = :code.stick_dir(folder)
    end
  end

  defp modules(folder) do
    {:ok, names} = :file.list_dir(folder)

    for name <- names,
        :filename.extension(name) == ~c".beam",
        do: name |> :filename.rootname() |> :erlang.list_to_atom()
  end

  defp descriptor(name, default), do: name |> System.get_env(default) |> String.to_integer()
end
