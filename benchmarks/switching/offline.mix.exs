# Stands in place of a project's mix.exs: the same project, its dependencies taken from sibling folders.
# The original lies beside it as mix.original.exs. A dependency without a sibling folder is left out; what only
# documentation and style checks need is not missed, what the tests need makes them fail to compile, visibly.
Code.compile_file("mix.original.exs", __DIR__)
original = Mix.Project.get!()
Mix.Project.pop()

config = original.project()
siblings = Path.dirname(__DIR__)

dependency = fn dep ->
  [name | rest] = Tuple.to_list(dep)
  opts = Enum.find(rest, [], &is_list/1)
  kept = Keyword.take(opts, [:only, :runtime, :optional, :app, :manager])

  if File.dir?(Path.join(siblings, to_string(name))),
    do: [{name, [path: Path.join(siblings, to_string(name)), override: true] ++ kept}],
    else: []
end

kept = [:app, :version, :elixirc_paths, :erlc_paths, :erlc_options, :compilers, :start_permanent] ++
  [:consolidate_protocols, :build_embedded, :language, :test_paths, :test_pattern, :leex_options, :yecc_options]

offline =
  config
  |> Keyword.take(kept)
  |> Keyword.put(:deps, Enum.flat_map(Keyword.get(config, :deps, []), dependency))

application = if function_exported?(original, :application, 0), do: original.application(), else: []

Module.create(
  Module.concat(original, Offline),
  quote do
    use Mix.Project
    def project, do: unquote(Macro.escape(offline))
    def application, do: unquote(Macro.escape(application))
  end,
  Macro.Env.location(__ENV__)
)
