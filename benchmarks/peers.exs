# Two ways of running mutants that are no part of the product, timed on given mutants.
#
#   exunit     switch, then `ExUnit.run/1`
#   recompile  compile the changed file in memory, then `ExUnit.run/1`
#
#     elixir -pa EBIN -S mix run peers.exs SOURCE SUITE LIST
#
# LIST has a line per mutant: its key, a tab, a file with the mutated source. Prints `peer NAME MUTANTS
# MICROSECONDS KILLED` for each. Both stop at a mutant's first failing test.
[source, suite, list] = System.argv()

ExUnit.start(autorun: false, formatters: [], max_failures: 1, seed: 0)
Code.put_compiler_option(:ignore_module_conflict, true)
modules = for {module, _} <- Code.require_file(suite), function_exported?(module, :__ex_unit__, 0), do: module
# The first run takes the modules that loading registered; later ones run those they are given.
%{failures: 0} = ExUnit.run()

{:ok, build} = Testgen.Mutation.build(File.read!(source), source, [])
{:ok, build} = Testgen.Mutation.load(build)
ids = for mutant <- build.mutants, into: %{}, do: {Testgen.Mutation.to_wire(mutant)["key"], mutant.id}

mutants =
  for line <- list |> File.read!() |> String.split("\n", trim: true) do
    [key, path] = String.split(line, "\t")
    {Map.fetch!(ids, key), File.read!(path)}
  end

failed? = fn -> ExUnit.run(modules).failures > 0 end

timed = fn name, judge ->
  {time, killed} = :timer.tc(fn -> Enum.count(mutants, judge) end)
  IO.puts("peer #{name} #{length(mutants)} #{time} #{killed}")
end

timed.("exunit", fn {id, _text} ->
  Testgen.Mutation.Switch.activate(id)
  killed = failed?.()
  Testgen.Mutation.Switch.deactivate()
  killed
end)

Testgen.Mutation.unload(build)

timed.("recompile", fn {_id, text} ->
  Code.compile_string(text, source)
  failed?.()
end)
