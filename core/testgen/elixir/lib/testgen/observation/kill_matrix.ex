defmodule Testgen.Observation.KillMatrix do
  @moduledoc """
  Which candidates kill which mutants: the answers to `kill_matrix`.

  Each mutant is switched on and the candidates that pass it run again, their oracles asked as the written
  assertions would be. Light candidates (no state touched, only the result looked at) run one after another in
  one process; others each in isolation, with the VM put back afterwards. A candidate that ends at a limit is
  told apart in `timeout_by`. Mutants that cannot be switched are compiled in memory, and the candidates'
  whole test bodies are expanded anew against them.

  Every `@check_every` mutants, at the end, and where the VM could not be put back, all candidates are asked once
  more without a mutant. Where one no longer holds, the VM has drifted: the reply says `poisoned`, and the mutants
  since the last time that all was well are its `suspects`. Their kills, which were emitted, mean nothing.
  """

  alias Testgen.Isolation.Snapshot
  alias Testgen.Mutation
  alias Testgen.Mutation.Switch
  alias Testgen.Observation.{Candidate, Judge, LogSink, PutBack}

  @check_every 250

  # A mutant that loops does so for every candidate: two are enough to know.
  @timeouts_are_enough 2

  @doc "Runs the matrix, emitting `kills` for every mutant; replies `run`, `poisoned`, `reason`, `suspects`."
  @spec run(map(), map()) :: {:ok, map(), map()}
  def run(args, %{build: build} = ctx) do
    session = ctx[:candidates] || %{}
    judge = Judge.start()

    try do
      snapshot = Snapshot.take([judge.output])
      wanted = for id <- args["candidates"] || Map.keys(session), candidate = session[id], do: candidate
      {candidates, snapshot} = covered(wanted, build, judge, snapshot)
      {switched, recompiled} = build |> mutants(args["mutants"]) |> Enum.split_with(&(&1.strategy == :switch))
      env = ctx[:candidate_env]

      state = %{
        judge: judge,
        snapshot: snapshot,
        candidates: candidates,
        build: build,
        env: env,
        ctx: ctx,
        run: 0,
        unchecked: [],
        drifted: false,
        poisoned: nil
      }

      state = switched |> Enum.chunk_every(@check_every) |> Enum.reduce(state, &chunk/2)
      state = recompiled |> recompiled(state) |> check_baseline()
      {:ok, reply(state), %{candidates: Map.merge(session, Map.new(candidates, &{&1.id, &1}))}}
    after
      Switch.deactivate()
      Judge.stop(judge)
    end
  end

  defp reply(state) do
    %{
      "run" => state.run,
      "poisoned" => state.poisoned != nil,
      "reason" => state.poisoned,
      "suspects" => if(state.poisoned, do: Enum.reverse(state.unchecked), else: [])
    }
  end

  defp mutants(build, nil), do: build.mutants

  defp mutants(build, ids) do
    wanted = MapSet.new(ids)
    Enum.filter(build.mutants, &MapSet.member?(wanted, &1.id))
  end

  # Coverage belongs to a build: candidates observed before this one was loaded are recorded now.
  defp covered(candidates, build, judge, snapshot) do
    if Enum.all?(candidates, &(&1.build == identity(build))) do
      {candidates, snapshot}
    else
      Switch.start_recording(build)

      {candidates, snapshot} =
        Enum.map_reduce(candidates, PutBack.anew(snapshot), &cover(&1, build, judge, &2))

      Switch.stop_recording(build)
      {candidates, PutBack.anew(snapshot)}
    end
  end

  defp cover(candidate, build, judge, snapshot) do
    Judge.alone(candidate, judge)
    covers = Switch.take_recorded(build)
    {_, snapshot} = put_back(snapshot)
    {%{candidate | covers: covers, build: identity(build)}, snapshot}
  end

  @doc "What tells one build from another, in candidates that were observed under it."
  @spec identity(Mutation.Build.t() | nil) :: term()
  def identity(nil), do: nil

  def identity(build),
    do: {build.modules, build.num_points, length(build.mutants), :erlang.phash2(build.source)}

  defp chunk(_mutants, %{poisoned: reason} = state) when reason != nil, do: state

  defp chunk(mutants, state) do
    mutants |> Enum.reduce(state, &mutant/2) |> check_baseline()
  end

  defp mutant(_, %{poisoned: reason} = state) when reason != nil, do: state

  defp mutant(mutant, state) do
    covering = Enum.filter(state.candidates, &(mutant.id in &1.covers))
    {light, heavy} = Enum.split_with(covering, & &1.light)
    Switch.activate(mutant.id)
    verdicts = Judge.together(light, state.judge, @timeouts_are_enough)
    {verdicts, snapshot, before} = heavy(heavy, verdicts, state)
    Switch.deactivate()
    {lost, snapshot} = put_back(snapshot)
    emit(mutant, verdicts, state)
    done(mutant, before || lost, %{state | snapshot: snapshot})
  end

  defp done(mutant, lost, state) do
    %{state | run: state.run + 1, poisoned: lost, unchecked: [mutant.id | state.unchecked]}
  end

  defp heavy(candidates, verdicts, state) do
    Enum.reduce_while(candidates, {verdicts, state.snapshot, nil}, fn candidate,
                                                                      {verdicts, snapshot, before} ->
      if Enum.count(verdicts, &match?({_, :timeout}, &1)) >= @timeouts_are_enough do
        {:halt, {verdicts, snapshot, before}}
      else
        verdict = Judge.alone(candidate, state.judge)
        {lost, snapshot} = put_back(snapshot)
        {:cont, {[{candidate.id, verdict} | verdicts], snapshot, before || lost}}
      end
    end)
  end

  # Compiling a mutant loads it; the switched modules come back when all such mutants are done.
  defp recompiled([], state), do: state

  defp recompiled(mutants, state) do
    LogSink.loud()
    state = Enum.reduce(mutants, state, &recompiled_one/2)
    {:ok, _} = Mutation.load(state.build)
    state
  end

  defp recompiled_one(_, %{poisoned: reason} = state) when reason != nil, do: state

  defp recompiled_one(mutant, state) do
    case Mutation.recompile(state.build, mutant.id) do
      {:ok, _} -> whole(mutant, state)
      {:error, _} -> state
    end
  end

  defp whole(mutant, state) do
    {verdicts, {snapshot, lost}} =
      Enum.map_reduce(state.candidates, {state.snapshot, nil}, fn candidate, {snapshot, before} ->
        verdict = Judge.whole(fn -> Candidate.whole(candidate, state.env) end, candidate)
        {lost, snapshot} = put_back(snapshot)
        {{candidate.id, verdict}, {snapshot, before || lost}}
      end)

    emit(mutant, Enum.reverse(verdicts), state)
    done(mutant, lost, %{state | snapshot: snapshot})
  end

  defp emit(mutant, verdicts, state) do
    by = fn wanted -> for {id, verdict} <- Enum.reverse(verdicts), verdict in wanted, do: id end

    state.ctx.emit.("kills", %{
      "mutant" => mutant.id,
      "killed_by" => by.([:killed, :broken]),
      "broken_by" => by.([:broken]),
      "timeout_by" => by.([:timeout])
    })
  end

  # Nothing has run since the last time, or it is known that something is wrong.
  defp check_baseline(%{unchecked: []} = state), do: state
  defp check_baseline(%{drifted: true} = state), do: state

  defp check_baseline(state) do
    failing = Enum.find(state.candidates, &(Judge.alone(&1, state.judge) != :survived))
    {_, snapshot} = put_back(state.snapshot)

    reason =
      failing && "without a mutant, candidate #{failing.id} no longer does what it did: #{failing.call}"

    settled(%{state | snapshot: snapshot, poisoned: state.poisoned || reason}, reason)
  end

  defp settled(state, nil), do: %{state | unchecked: []}
  defp settled(state, _reason), do: %{state | drifted: true}

  defp put_back(snapshot) do
    case PutBack.run(snapshot) do
      {{:lost, reasons}, snapshot} -> {"could not be put back: " <> Enum.join(reasons, ", "), snapshot}
      {_, snapshot} -> {nil, snapshot}
    end
  end
end
