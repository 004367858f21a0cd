defmodule Testgen.Observation do
  @moduledoc """
  The operations `observe` and `kill_matrix`: what candidates do on the module as it is, and which mutants
  they tell apart.

  A candidate is setup lines and one call. It is run several times, each time in another process, with another
  random seed, a little later, and with the other candidates in another order; from what the runs agree on
  comes the assertion. Candidates that were observed stay in the session, so that `kill_matrix` needs only
  their ids.
  """

  alias Testgen.Isolation.{Output, Snapshot}

  alias Testgen.Observation.{
    Assertion,
    Candidate,
    Influence,
    KillMatrix,
    LogSink,
    Observer,
    Oracle
  }

  @chunk 200

  @doc """
  Handles `observe`: `module`, `aliases` (`[[short, full]]`), `prelude` (source), `candidates` (`id`, `setup`,
  `call`), `runs`, `limits`.

  Emits an `observation` for each candidate, in their order; replies with how many.
  """
  @spec observe(map(), map()) :: {:ok, map(), map()} | {:error, String.t(), String.t(), map()}
  def observe(%{"candidates" => requests} = args, ctx) do
    aliases = args["aliases"] || []

    case Candidate.env(aliases, args["prelude"]) do
      {:ok, env} ->
        with_instruments(&observe_all(requests, env, args, Map.merge(ctx, &1)))

      {:error, message} ->
        {:error, "invalid_prelude", message, %{}}
    end
  end

  @doc """
  Handles `kill_matrix`: `candidates` (ids), `mutants` (ids of the current build). See
  `Testgen.Observation.KillMatrix`.
  """
  @spec kill_matrix(map(), map()) :: {:ok, map(), map()} | {:error, String.t(), String.t(), map()}
  def kill_matrix(_args, %{build: nil}),
    do: {:error, "no_build", "no switched build is loaded: ask for mutants first", %{}}

  def kill_matrix(args, ctx), do: KillMatrix.run(args, ctx)

  defp with_instruments(fun) do
    tracer = Influence.start()
    output = Output.start(65_536)
    LogSink.start()

    try do
      fun.(%{tracer: tracer, output: output})
    after
      LogSink.stop()
      Influence.stop(tracer)
      Output.stop(output)
    end
  end

  defp observe_all(requests, env, args, ctx) do
    target = args["module"]
    options = Observer.options(args, ctx, Snapshot.take([ctx.tracer, ctx.output]))

    {candidates, _snapshot} =
      requests
      |> Enum.chunk_every(@chunk)
      |> Enum.flat_map_reduce(options.snapshot, fn chunk, snapshot ->
        observe_chunk(chunk, env, target, %{options | snapshot: snapshot}, ctx)
      end)

    kept = Map.new(candidates, &{&1.id, &1})
    session = Map.get(ctx, :candidates) || %{}
    {:ok, %{"count" => length(requests)}, %{candidates: Map.merge(session, kept), candidate_env: env}}
  end

  defp observe_chunk(requests, env, target, options, ctx) do
    prepared = Enum.map(requests, &{&1["id"], Candidate.prepare(&1, env, target)})
    ready = for {_, {:ok, candidate}} <- prepared, do: candidate
    {runs, snapshot} = Observer.run(ready, options)

    kept =
      for {id, preparation} <- prepared,
          {:ok, candidate} <- [conclude(id, preparation, runs, options, ctx)],
          do: candidate

    {kept, snapshot}
  end

  defp conclude(id, {:error, status, message}, _runs, _options, ctx) do
    ctx.emit.("observation", rejected(id, Atom.to_string(status), message))
    :none
  end

  defp conclude(id, {:ok, candidate}, runs, options, ctx) do
    case Observer.conclude(candidate, Map.fetch!(runs, id)) do
      {:ok, candidate, oracle, seen} ->
        oracle = if Candidate.predicate?(candidate.call), do: Oracle.relaxed(oracle), else: oracle
        written = Assertion.write(oracle, candidate.call, %{aliases: options.aliases, taken: candidate.taken})

        written = %{written | lines: candidate.lead ++ written.lines}

        candidate = %{
          candidate
          | oracle: oracle,
            lines: written.lines,
            build: KillMatrix.identity(ctx[:build])
        }

        ctx.emit.("observation", Observer.observation(candidate, written, seen, options))
        {:ok, candidate}

      {:error, status, message} ->
        ctx.emit.("observation", rejected(id, status, message))
        :none
    end
  end

  defp rejected(id, status, message) do
    %{
      "id" => id,
      "status" => status,
      "oracle" => nil,
      "assertion" => [],
      "imports" => [],
      "value" => nil,
      "message" => message,
      "exception" => nil,
      "deliberate" => false,
      "covers" => [],
      "duration_us" => 0,
      "reductions" => 0,
      "size" => 0,
      "made" => nil,
      "blame" => nil
    }
  end
end
