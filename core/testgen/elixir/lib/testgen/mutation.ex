defmodule Testgen.Mutation do
  @moduledoc """
  Mutants of one source file, all in one compile: built, loaded, switched on one at a time, and taken out again.

      {:ok, build} = Testgen.Mutation.build(source, "lib/cart.ex")
      {:ok, build} = Testgen.Mutation.load(build)
      Testgen.Mutation.Switch.activate(7)
      # run tests
      Testgen.Mutation.Switch.deactivate()
      Testgen.Mutation.unload(build)

  Building compiles the file once as it is, to learn what its calls mean. A mutant that cannot be switched has the
  strategy `:recompile`; `recompile/2` makes its modules. Running tests and judging outcomes is not done here.
  """

  alias Testgen.Mutation.{Build, Calls, Compiler, Definitions, Instrument, Loader, Mutant, Operators, Source}

  @type options :: [
          operator_modules: [module],
          functions: [String.t()],
          lines: [{pos_integer, pos_integer}],
          numbering: integer,
          watch: boolean,
          recompile: [String.t()]
        ]
  @type error :: {:error, :parse_error | :compile_error | :no_module, String.t()}

  @doc """
  Finds the mutants of a source text. `functions` (as "total/1") and `lines` (ranges) leave only those mutants.
  Mutants have the same numbers wherever `numbering` is the same. With `watch`, operands can be seen
  (`Testgen.Mutation.Switch.take_seen/0`). The functions named by `recompile` (as
  "Cart.total/1") are not switched.
  """
  @spec build(String.t(), String.t(), options) :: {:ok, Build.t()} | error
  def build(text, file, options \\ []) do
    started = System.monotonic_time(:millisecond)

    with {:ok, source} <- parse(text, file),
         {:ok, compiled, calls} <- original(source) do
      operators = Operators.all() ++ Keyword.get(options, :operator_modules, [])

      build =
        Instrument.run(%Build{
          source: source,
          calls: calls,
          operators: operators,
          num_clauses: Definitions.num_clauses(compiled),
          selection: selection(options),
          numbering: Keyword.get(options, :numbering, 0),
          watch: Keyword.get(options, :watch, false)
        })
        |> Loader.leave_alone(Keyword.get(options, :recompile, []))

      modules = for {module, _} <- compiled, do: module
      build = %{build | modules: modules, originals: Loader.originals(compiled)}
      {:ok, put_timing(build, :build_ms, started)}
    end
  end

  defp selection(options), do: %{functions: options[:functions], lines: options[:lines]}

  defp parse(text, file) do
    case Source.parse(text, file) do
      {:ok, source} -> {:ok, source}
      {:error, message, %{line: line}} -> {:error, :parse_error, "#{file}:#{line}: #{message}"}
    end
  end

  defp original(source) do
    ast = Source.strip(source.ast)

    case Calls.record(fn -> Compiler.compile(ast, source.file, debug_info: true, positions: true) end) do
      {{:ok, []}, _} -> {:error, :no_module, "#{source.file} defines no module"}
      {{:ok, compiled}, calls} -> {:ok, compiled, calls}
      {{:error, message}, _} -> {:error, :compile_error, message}
    end
  end

  @doc """
  Compiles and loads the instrumented modules, no mutant active. Mutants that do not compile become invalid; functions
  that do not compile with points in them are left alone, and their mutants recompiled.
  """
  @spec load(Build.t()) :: {:ok, Build.t()}
  def load(%Build{} = build) do
    started = System.monotonic_time(:millisecond)
    {:ok, build |> Loader.load() |> put_timing(:compile_ms, started)}
  end

  @doc """
  Finds the functions without which, switched, `same?` holds, and loads the build with them recompiled, for `reason`.

  `same?` is called with one build after the other, each loaded; `:none` where no choice of functions makes it hold, or
  it holds anyway. The build is loaded again then.
  """
  @spec fall_back(Build.t(), (Build.t() -> boolean), String.t()) :: {:ok, Build.t()} | :none
  def fall_back(%Build{} = build, same?, reason), do: Loader.fall_back(build, same?, reason)

  @doc """
  Loads the modules as they were before the build.
  """
  @spec unload(Build.t()) :: :ok
  def unload(%Build{} = build), do: Loader.unload(build)

  @doc """
  Compiles the file with one mutant in its text, and loads it. `unload/1` or `load/1` brings back what was there.
  """
  @spec recompile(Build.t(), pos_integer) :: {:ok, Compiler.compiled()} | {:error, String.t()}
  def recompile(%Build{} = build, id), do: Loader.recompile(build, id)

  @doc """
  The mutant as it travels in a frame.
  """
  @spec to_wire(Mutant.t()) :: map
  defdelegate to_wire(mutant), to: Mutant

  defp put_timing(build, key, started) do
    %{build | timings: Map.put(build.timings, key, System.monotonic_time(:millisecond) - started)}
  end
end
