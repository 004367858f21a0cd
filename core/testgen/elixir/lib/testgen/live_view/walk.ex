defmodule Testgen.LiveView.Walk do
  @moduledoc """
  One visit to a LiveView: it is mounted, and events follow, in a process that looks like a test's.

  After each step the trace has what the page showed, or how the view ended. It stops where there is no view any more.

  | key | meaning |
  | --- | --- |
  | `status` | `shown`, `left` (redirected), `crashed`, `timeout`, `memory`, `refused` |
  | `html` | the whole page, of `shown` |
  | `to` | the path: of `left`, and of `shown` where it was patched |
  | `how` | `redirect` or `live_redirect`, of `left` |
  | `flash` | of `left`: kinds with their messages |
  | `title` | the page's title, where the view set one |
  | `message` | of `crashed`: the first line of what was raised |
  """

  alias Testgen.Isolation
  alias Testgen.Isolation.Limits

  @type trace :: [map]

  @typedoc "`mounts`: functions that open a view, by their source; `env`: where steps are evaluated."
  @type place :: %{env: Macro.Env.t(), mounts: %{String.t() => (() -> term)}}

  # Macros of LiveViewTest read `@endpoint`, so that a view is opened by a function of a module.
  @opener Testgen.LiveView.Opener
  @imports ~w(ConnTest LiveViewTest Component) |> Enum.map_join(&"import Phoenix.#{&1}, warn: false\n")

  @doc "Compiles what opens views; `prelude` are directives that hold everywhere."
  @spec place(String.t(), String.t(), [String.t()]) :: {:ok, place} | {:error, String.t(), String.t(), map}
  def place(endpoint, prelude, mounts) do
    directives = @imports <> prelude

    {_, _, env} =
      directives
      |> Code.string_to_quoted!()
      |> Code.eval_quoted_with_env([], Code.env_for_eval(file: "live_walk"))

    numbered = Enum.with_index(mounts)
    functions = for {source, number} <- numbered, do: "def open_#{number}(conn), do: (_ = conn; #{source})"
    body = Enum.join([directives, "@endpoint #{endpoint}" | functions], "\n")
    Code.compile_string("defmodule #{inspect(@opener)} do\n#{body}\nend", "live_walk")
    {:ok, %{env: env, mounts: Map.new(numbered, fn {source, number} -> {source, opener(number)} end)}}
  rescue
    error -> {:error, "invalid_prelude", Exception.message(error), %{}}
  end

  defp opener(number),
    do: fn -> apply(@opener, :"open_#{number}", [apply(Phoenix.ConnTest, :build_conn, [])]) end

  @doc "The trace of a mount and the steps after it; `output` is the group leader."
  @spec run(String.t(), [String.t()], place, map, pid) :: trace
  def run(mount, steps, place, limits, output) do
    table = :ets.new(:testgen_live_walk, [:public, :ordered_set])
    steps = [place.mounts[mount] | steps]
    visit = fn -> visit(steps, place.env, table, output) end

    try do
      ending = visit |> Isolation.run(Limits.new(Map.put(limits, :capture_io, false))) |> ending()
      trace(table) ++ ending
    after
      on_exit(table)
      :ets.delete(table)
    end
  end

  defp trace(table), do: for({number, step} when is_integer(number) <- :ets.tab2list(table), do: step)

  defp on_exit(table) do
    for {:pid, pid} <- :ets.lookup(table, :pid), do: ExUnit.OnExitHandler.run(pid, 2_000)
  rescue
    MatchError -> :ok
  end

  defp ending({:ok, _, _}), do: []
  defp ending(limit) when limit in [:timeout, :memory], do: [%{"status" => Atom.to_string(limit)}]
  defp ending({kind, reason, stack, _}), do: [crash(kind, reason, stack)]

  defp visit(steps, env, table, output) do
    Process.group_leader(self(), output)
    ExUnit.OnExitHandler.register(self())
    :ets.insert(table, {:pid, self()})
    Process.flag(:trap_exit, true)

    steps
    |> Enum.with_index()
    |> Enum.reduce_while({[], nil}, fn {source, index}, {binding, view} ->
      {step, binding, view} = step(source, env, binding, view)
      :ets.insert(table, {index, step})
      if step["status"] == "shown", do: {:cont, {binding, view}}, else: {:halt, {binding, view}}
    end)
  end

  defp step(source, env, binding, view) do
    {value, binding} = evaluate(source, binding, env)
    {binding, view} = mounted(value, binding, view)
    {shown(value, view), binding, view}
  rescue
    error -> {crash(:error, error, __STACKTRACE__), binding, view}
  catch
    kind, reason -> {crash(kind, reason, __STACKTRACE__), binding, view}
  end

  defp evaluate(open, binding, _env) when is_function(open, 0), do: {open.(), binding}

  defp evaluate(source, binding, env) do
    {value, binding, _} = source |> Code.string_to_quoted!() |> Code.eval_quoted_with_env(binding, env)
    {value, binding}
  end

  defp mounted({:ok, %{pid: _} = view, _html}, binding, nil), do: {Keyword.put(binding, :view, view), view}
  defp mounted(_, binding, view), do: {binding, view}

  defp shown({:error, {how, %{to: to} = options}}, nil) when is_atom(how),
    do: left(how, to, options[:flash])

  defp shown({:error, {how, %{to: to}}}, view) when is_atom(how),
    do: left(how, to, apply(Phoenix.LiveViewTest, :assert_redirect, [view, to]))

  # A component that was rendered on its own.
  defp shown(html, nil) when is_binary(html),
    do: %{"status" => "shown", "html" => html, "title" => nil, "to" => nil}

  defp shown(_value, nil), do: %{"status" => "crashed", "exception" => "", "message" => "it gave no view"}

  defp shown(_value, view) do
    html = apply(Phoenix.LiveViewTest, :render, [view])
    title = apply(Phoenix.LiveViewTest, :page_title, [view])

    case navigated() do
      {:redirect, to} ->
        left(:redirect, to, apply(Phoenix.LiveViewTest, :assert_redirect, [view, to]))

      {:patch, to} ->
        apply(Phoenix.LiveViewTest, :assert_patch, [view, to])
        %{"status" => "shown", "html" => html, "title" => title, "to" => to}

      nil ->
        %{"status" => "shown", "html" => html, "title" => title, "to" => nil}
    end
  end

  defp left(how, to, flash),
    do: %{"status" => "left", "how" => Atom.to_string(how), "to" => to, "flash" => flash(flash)}

  defp flash(%{} = flash), do: for({kind, text} <- flash, into: %{}, do: {to_string(kind), to_string(text)})
  defp flash(_), do: %{}

  # What `assert_patch` and `assert_redirect` look for in the mailbox; the latest counts.
  defp navigated do
    {:messages, messages} = Process.info(self(), :messages)

    found =
      for {ref, {kind, _topic, %{to: to}}} when is_reference(ref) and kind in [:patch, :redirect] <- messages,
          do: {kind, to}

    List.last(found)
  end

  defp crash(kind, reason, stack) do
    reason = kind |> cause(reason) |> then(&Exception.normalize(:error, &1, stack))

    %{
      "status" => "crashed",
      "exception" => if(is_exception(reason), do: inspect(reason.__struct__), else: ""),
      "message" => banner(reason)
    }
  end

  # The exit of a view reaches its test as `{{reason, stacktrace}, call}`.
  defp cause(:exit, {{reason, stack}, {_, _, _}}) when is_list(stack), do: reason
  defp cause(:exit, {reason, stack}) when is_list(stack), do: reason
  defp cause(_kind, reason), do: reason

  defp banner(reason) when is_exception(reason),
    do: reason |> Exception.message() |> String.split("\n") |> hd()

  defp banner(reason), do: inspect(reason, limit: 20, printable_limit: 200)
end
