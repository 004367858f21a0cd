# Stands in place of a project's mix.exs: the same project, its dependencies taken from sibling folders.
# The original lies beside it as mix.original.exs. A dependency without a sibling folder is left out; what only
# documentation and style checks need is not missed, what the tests need makes them fail to compile, visibly.
# Tools that no module calls are left out even where their repository is a sibling.
#
# Only the project defined last is Mix's: what Mix hands to a dependency's project goes to the first that is
# pushed, so the original is kept from pushing itself. It is asked anew whenever Mix asks, for Mix changes its
# environment while it starts.
[{original, _} | _] =
  Path.join(__DIR__, "mix.original.exs")
  |> File.read!()
  |> Code.string_to_quoted!(file: "mix.original.exs")
  |> Macro.prewalk(fn
    {:use, _, [{:__aliases__, _, [:Mix, :Project]} | _]} -> nil
    other -> other
  end)
  |> Code.compile_quoted("mix.original.exs")

Module.create(
  Module.concat(original, Offline),
  quote do
    use Mix.Project

    @original unquote(original)
    @siblings unquote(Path.dirname(__DIR__))
    @tools [:benchee, :credo, :dialyxir, :ex_doc, :excoveralls]
    @kept [:app, :version, :elixirc_paths, :erlc_paths, :erlc_options, :compilers, :start_permanent] ++
            [:consolidate_protocols, :build_embedded, :language, :test_paths, :test_pattern] ++
            [:leex_options, :yecc_options]

    def project do
      config = @original.project()
      deps = config |> Keyword.get(:deps, []) |> Enum.flat_map(&from_sibling/1)
      config |> Keyword.take(@kept) |> Keyword.put(:deps, deps)
    end

    def application do
      if function_exported?(@original, :application, 0), do: @original.application(), else: []
    end

    defp from_sibling(dep) do
      [name | rest] = Tuple.to_list(dep)
      opts = Enum.find(rest, [], &is_list/1)
      kept = Keyword.take(opts, [:only, :runtime, :optional, :app, :manager])
      folder = Path.join(@siblings, to_string(name))

      if name not in @tools and File.dir?(folder),
        do: [{name, [path: folder, override: true] ++ kept}],
        else: []
    end
  end,
  Macro.Env.location(__ENV__)
)
