defmodule Testgen.Observation.Candidate do
  @moduledoc """
  A candidate made ready to run: its source checked against the denylist, expanded once, and held as a
  closure.

  The closure runs the setup and answers a second one, the call. Where there is no setup and the call is a
  remote function with literal arguments, those are evaluated once, so that a run costs no more than the
  function itself.
  """

  alias Testgen.{Denylist, Isolation}
  alias Testgen.Observation.{OwnFolder, Statements}

  @enforce_keys [:id, :setup, :call]
  defstruct [
    :id,
    :setup,
    :call,
    :thunk,
    :oracle,
    :lines,
    :taken,
    lead: [],
    covers: [],
    build: nil,
    light: false,
    duration_us: 0,
    reductions: 0
  ]

  @type t :: %__MODULE__{
          id: term(),
          setup: [String.t()],
          lead: [String.t()],
          call: String.t(),
          thunk: (() -> (() -> term())) | nil,
          oracle: Testgen.Observation.Oracle.t() | nil,
          lines: [String.t()] | nil,
          taken: [String.t()] | nil,
          covers: [pos_integer()],
          build: term(),
          light: boolean(),
          duration_us: non_neg_integer(),
          reductions: non_neg_integer()
        }

  @expansion %{timeout_ms: 1_000, hard_timeout_ms: 2_000, capture_io: false}

  # Not part of the prelude: the denylist refuses our own modules there.
  @supervised quote(do: import(Testgen.Observation.Supervised, except: [stop: 0], warn: false))

  @doc """
  The environment that candidates are expanded in: aliases and prelude of the test module, and ExUnit's
  imports.
  """
  @spec env([[String.t()]], String.t() | nil) :: {:ok, Macro.Env.t()} | {:error, String.t()}
  def env(aliases, prelude) do
    lines = for [short, full] <- aliases, do: alias_line(short, full)

    source =
      Enum.join(
        lines ++
          for(name <- ~w(Assertions CaptureIO CaptureLog), do: "import ExUnit.#{name}, warn: false") ++
          [prelude || ""],
        "\n"
      )

    with {:ok, quoted} <- parse(source), :ok <- allowed(quoted, []) do
      {:ok, evaluated({:__block__, [], [@supervised, quoted]})}
    end
  rescue
    error -> {:error, "the prelude does not compile: #{Exception.message(error)}"}
  end

  # The prelude may define modules, anew for each request.
  defp evaluated(quoted) do
    before = Code.get_compiler_option(:ignore_module_conflict)
    Code.put_compiler_option(:ignore_module_conflict, true)

    try do
      {_, _, env} = Code.eval_quoted_with_env(quoted, [], Code.env_for_eval(file: "candidate"))
      env
    after
      Code.put_compiler_option(:ignore_module_conflict, before)
    end
  end

  defp alias_line(short, full) do
    if full |> String.split(".") |> List.last() == short,
      do: "alias #{full}, warn: false",
      else: "alias #{full}, as: #{short}, warn: false"
  end

  @doc "Prepares one candidate of a request; an error says whether it was refused or is no valid code."
  @spec prepare(map(), Macro.Env.t(), String.t()) :: {:ok, t()} | {:error, :refused | :invalid, String.t()}
  def prepare(%{"id" => id, "call" => source} = request, env, target) do
    setup = request["setup"] || []

    with {:ok, lead, call} <- invalid(Statements.split(source)),
         {:ok, setup_quoted} <- invalid(parse(Enum.join(setup ++ lead, "\n"))),
         {:ok, call_quoted} <- invalid(parse(call)),
         quoted = {:__block__, [], [setup_quoted, call_quoted]},
         :ok <- refused(allowed(quoted, env.aliases)),
         :ok <- refused(about(target, quoted, env)),
         taken = variables(quoted),
         given = OwnFolder.given(setup_quoted, "tmp_dir" in taken),
         {:ok, thunk} <- thunk(given, call_quoted, env) do
      {:ok, %__MODULE__{id: id, setup: setup, lead: lead, call: call, thunk: thunk, taken: taken}}
    end
  end

  @doc """
  The candidate as a whole test body, assertions and all, expanded anew: for modules that were recompiled.
  """
  @spec whole(t(), Macro.Env.t()) :: (() -> term())
  def whole(candidate, env) do
    source = Enum.join(candidate.setup ++ candidate.lines, "\n")

    {:ok, quoted} =
      parse("import ExUnit.CaptureIO, warn: false\nimport ExUnit.CaptureLog, warn: false\n" <> source)

    given = OwnFolder.given(quoted, "tmp_dir" in variables(quoted))
    {function, _, _} = Code.eval_quoted_with_env(quote(do: fn -> unquote(given) end), [], env)
    function
  end

  @doc "Whether the call asks a question, by its name (`valid?`, `is_foo`, `has_foo`) or as a comparison."
  @spec predicate?(String.t()) :: boolean()
  def predicate?(call) do
    case Code.string_to_quoted(call, emit_warnings: false) do
      {:ok, quoted} -> quoted |> called() |> predicate_name?()
      _ -> false
    end
  end

  defp called({operator, _, [_, _]}) when operator in [:==, :!=, :===, :!==, :<, :>, :<=, :>=, :=~, :in],
    do: "comparison?"

  defp called({:|>, _, [_, right]}), do: called(right)
  defp called({{:., _, [_, name]}, _, _}) when is_atom(name), do: Atom.to_string(name)
  defp called({name, _, args}) when is_atom(name) and is_list(args), do: Atom.to_string(name)
  defp called(_), do: ""

  defp predicate_name?(name), do: String.ends_with?(name, "?") or String.starts_with?(name, ["is_", "has_"])

  defp parse(source) do
    case Code.string_to_quoted(source, file: "candidate", emit_warnings: false) do
      {:ok, quoted} -> {:ok, quoted}
      {:error, {meta, message, token}} -> {:error, "line #{meta[:line]}: #{words(message, token)}"}
    end
  end

  defp words({before, rest}, token), do: "#{before}#{token}#{rest}"
  defp words(message, token), do: "#{message}#{token}"

  defp invalid({:error, message}), do: {:error, :invalid, message}
  defp invalid(ok), do: ok
  defp refused({:error, message}), do: {:error, :refused, message}
  defp refused(:ok), do: :ok

  defp allowed(quoted, aliases) do
    case Denylist.violations(quoted, aliases) do
      [] -> :ok
      [violation | _] -> {:error, "#{violation["call"]}: #{violation["reason"]}"}
    end
  end

  # What never touches the module would only test the language.
  defp about(nil, _, _), do: :ok

  defp about(target, quoted, env) do
    target = Module.concat([target])
    imported = Enum.any?(env.functions ++ env.macros, fn {module, _} -> module == target end)

    if imported or mentions?(quoted, target, env),
      do: :ok,
      else: {:error, "it does not use #{inspect(target)}"}
  end

  defp mentions?(quoted, target, env) do
    {_, found} =
      Macro.prewalk(quoted, false, fn node, found -> {node, found or names?(node, target, env)} end)

    found
  end

  defp names?({:__aliases__, _, _} = node, target, env), do: within?(Macro.expand(node, env), target)
  defp names?(_, _, _), do: false

  # A nested module's parent, or the other way round: implementations and structs live beside their module.
  defp within?(module, target) when is_atom(module),
    do:
      module == target or String.starts_with?(Atom.to_string(target), Atom.to_string(module) <> ".") or
        String.starts_with?(Atom.to_string(module), Atom.to_string(target) <> ".")

  defp within?(_, _), do: false

  defp thunk({:__block__, _, []}, call, env),
    do: direct(call, env) || expanded({:__block__, [], []}, call, env)

  defp thunk(setup, call, env), do: expanded(setup, call, env)

  defp direct({{:., _, [{:__aliases__, _, _} = module, name]}, _, args}, env) when is_atom(name) do
    module = Macro.expand(module, env)

    if Enum.all?(args, &literal?/1) and Code.ensure_loaded?(module) and
         function_exported?(module, name, length(args)) do
      {values, _, _} = Code.eval_quoted_with_env(args, [], env)
      call = fn -> apply(module, name, values) end
      {:ok, fn -> call end}
    end
  end

  defp direct(_, _), do: nil

  defp literal?(value) when is_number(value) or is_atom(value) or is_binary(value), do: true
  defp literal?(list) when is_list(list), do: Enum.all?(list, &literal?/1)
  defp literal?({left, right}), do: literal?(left) and literal?(right)
  defp literal?({form, _, parts}) when form in [:{}, :%{}], do: literal?(parts)
  defp literal?({:-, _, [number]}) when is_number(number), do: true
  defp literal?(_), do: false

  # Macros run while their call is expanded: code of the project, which may loop.
  defp expanded(setup, call, env) do
    quoted =
      quote do
        fn ->
          unquote(setup)
          fn -> unquote(call) end
        end
      end

    case Isolation.run(fn -> quoted |> Code.eval_quoted_with_env([], env) |> elem(0) end, @expansion) do
      {:ok, thunk, _} -> {:ok, thunk}
      {:raise, error, _, _} -> {:error, :invalid, Exception.message(error)}
      {kind, reason, _, _} -> {:error, :invalid, Exception.format_banner(kind, reason)}
      limit -> {:error, :invalid, "its macros did not end within their limits (#{limit})"}
    end
  end

  defp variables(quoted) do
    {_, names} =
      Macro.prewalk(quoted, [], fn
        {name, _, context} = node, names when is_atom(name) and is_atom(context) ->
          {node, [Atom.to_string(name) | names]}

        node, names ->
          {node, names}
      end)

    Enum.uniq(names)
  end
end
