defmodule Testgen.Runner.Suite do
  @moduledoc """
  The test modules that are loaded, and what is known of each test.

  Which tests run is decided as ExUnit does, by `skip` tags and by the `include` and `exclude` of the project's
  configuration. A test module that needs what the minimal runner does not do is marked `exunit?`.
  """

  alias Testgen.Runner.{Suite, Test}

  defstruct tests: [], by_id: %{}, modules: %{}, files: %{}, compile_time: %{}, sources: []

  @typedoc """
  `modules`: facts of each test module. `files`: the modules that each file defined, with their code. `compile_time`:
  the modules that each file used while it was compiled (macros, structs, calls in a module's body). `sources`: what was
  loaded, to load it again.
  """
  @type t :: %Suite{
          tests: [Test.t()],
          modules: %{module => map},
          files: %{String.t() => [{module, binary}]},
          compile_time: %{String.t() => MapSet.t(module)},
          sources: [{:file, Path.t()} | {:source, String.t(), String.t()}]
        }

  @doc "The suite of what `Testgen.Runner.Loading` compiled."
  @spec new([{String.t(), [{module, binary}], MapSet.t(module)}], list) :: t
  def new(compiled, sources) do
    modules =
      for {file, modules, _} <- compiled,
          {module, code} <- modules,
          test_module?(module),
          do: {file, module, code}

    tests = for {test, id} <- modules |> Enum.flat_map(&tests/1) |> Enum.with_index(1), do: %{test | id: id}

    %Suite{
      tests: tests,
      by_id: Map.new(tests, &{&1.id, &1}),
      modules: Map.new(modules, fn {_file, module, code} -> {module, facts(module, code)} end),
      files: Map.new(compiled, fn {file, modules, _} -> {file, modules} end),
      compile_time: Map.new(compiled, fn {file, _, used} -> {file, used} end),
      sources: sources
    }
  end

  defp test_module?(module), do: function_exported?(module, :__ex_unit__, 0)

  defp tests({file, module, _code}) do
    %{tests: tests} = test_module = module.__ex_unit__()
    {include, exclude} = filters()

    for test <- Enum.sort_by(tests, & &1.tags[:line]) do
      tags =
        test_module |> module_tags() |> Map.merge(test.tags) |> Map.merge(%{test: test.name, module: module})

      %Test{
        file: file,
        module: module,
        name: test.name,
        tags: tags,
        state: state(include, exclude, tags, tests)
      }
    end
  end

  defp filters do
    config = ExUnit.configuration()
    ExUnit.Filters.normalize(config[:include], config[:exclude])
  end

  defp state(include, exclude, tags, tests) do
    case ExUnit.Filters.eval(include, exclude, tags, tests) do
      :ok -> :run
      {_skipped_or_excluded, reason} -> {:skip, to_string(reason)}
    end
  end

  defp facts(module, code) do
    test_module = module.__ex_unit__()
    config = if function_exported?(module, :__ex_unit__, 1), do: module.__ex_unit__(:config), else: %{}

    %{
      setup_all?: Map.get(test_module, :setup_all?, setup_all?(code)),
      exunit?: Map.get(config, :parameterize) not in [nil, []],
      context: Map.merge(module_tags(test_module), %{module: module, case: module})
    }
  end

  # Where modules have tags of their own, tests no longer carry them, nor `async`.
  defp module_tags(%{tags: tags, name: module}) do
    config = if function_exported?(module, :__ex_unit__, 1), do: module.__ex_unit__(:config), else: %{}
    Map.put(tags, :async, Map.get(config, :async?, false))
  end

  defp module_tags(_), do: %{}

  # ExUnit says so from 1.18 on; before, only the compiled callback tells: without setup_all it is its argument.
  defp setup_all?(code) do
    with {:ok, {_, [debug_info: {:debug_info_v1, _, {:elixir_v1, %{definitions: definitions}, _}}]}} <-
           :beam_lib.chunks(code, [:debug_info]),
         {_, _, _, clauses} <- List.keyfind(definitions, {:__ex_unit__, 2}, 0),
         {_, _, _, {name, _, context}} when is_atom(name) and is_atom(context) <-
           Enum.find(clauses, &setup_all_clause?/1) do
      false
    else
      _ -> true
    end
  end

  defp setup_all_clause?({_meta, [:setup_all, _context], _guards, _body}), do: true
  defp setup_all_clause?(_), do: false

  @doc "The tests with these ids, in this order."
  @spec fetch(t, [pos_integer]) :: [Test.t()]
  def fetch(%Suite{by_id: by_id}, ids), do: Enum.map(ids, &Map.fetch!(by_id, &1))

  @doc "The tests that are to be run."
  @spec runnable(t) :: [Test.t()]
  def runnable(%Suite{tests: tests}), do: Enum.filter(tests, &(&1.state == :run))
end
