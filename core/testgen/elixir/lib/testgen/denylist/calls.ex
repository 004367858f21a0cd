defmodule Testgen.Denylist.Calls do
  @moduledoc "Judges one call, capture or `{module, function, args}` triple by the rules."

  alias Testgen.Denylist.{Paths, Rules, Scope}

  @type found :: [Testgen.Denylist.violation()]

  @dynamic "calls a module that only the run knows"
  @applies ~w(apply spawn spawn_link spawn_monitor)a
  # Functions whose first argument is a process, by name or pid.
  @addressing %{
    Kernel => ~w(send)a,
    Process => ~w(send send_after exit whereis unregister monitor link info)a,
    GenServer => ~w(call cast stop)a,
    Supervisor => ~w(terminate_child stop)a,
    Agent => ~w(stop update get)a,
    :gen_server => ~w(call cast stop)a,
    :gen_event => ~w(notify call stop)a,
    :sys => ~w(get_state get_status)a,
    :erlang => ~w(send exit process_info)a
  }
  @kept_apps ~w(kernel stdlib elixir ex_unit logger mix compiler sasl testgen_agent iex)a
  @kept_variables ~r/^(PATH|HOME|SHELL|USER|ERL_|ELIXIR_|LD_|MIX_|TESTGEN_)/

  # Functions without parentheses that would stop or change the VM if the thing before the dot were a module.
  @telling ~w(halt stop restart get_env user_home processes nodes)a

  @doc "Adds the violations of a call node."
  @spec check(Macro.t(), Scope.t(), found()) :: found()
  def check({{:., _, [{_, _, _} = head, name]}, meta, args}, scope, found) when is_atom(name) do
    case Scope.module(scope, head) do
      nil -> dynamic(head, name, meta, args, found)
      module -> remote(module, name, meta, args, scope, found)
    end
  end

  def check({{:., _, [module, name]}, meta, args}, scope, found) when is_atom(module) and is_atom(name),
    do: remote(module, name, meta, args, scope, found)

  def check({name, meta, args}, scope, found) when name in @applies and is_list(args),
    do: applied(name, args, meta, scope, found)

  def check({:send, meta, [target | _]}, scope, found), do: addressed(target, "send/2", meta, scope, found)
  def check({:exit, _, _}, _scope, found), do: found
  # `invoke(:os, :cmd, [...])`: code under test may well apply what it is given.
  def check({_, meta, args}, scope, found), do: triples(args, meta, scope, found)

  @doc "Adds the violations of `&Mod.fun/arity`."
  @spec capture(Macro.t(), atom(), term(), keyword(), Scope.t(), found()) :: found()
  def capture(module, name, _arity, meta, scope, found) do
    case Scope.module(scope, module) do
      nil -> add(found, meta, "&#{Macro.to_string(module)}.#{name}", @dynamic)
      Kernel when name in @applies -> add(found, meta, "&#{name}", @dynamic)
      module -> refuse(found, meta, module, name, captured_reason(module, name))
    end
  end

  # A captured file function would get its path at run time; a captured atom maker any text.
  defp captured_reason(File, name), do: Rules.reason(File, name) || Paths.reason(name, [], %Scope{})

  defp captured_reason(module, name),
    do: Rules.reason(module, name) || if(Rules.atom_maker?(module, name), do: Rules.atoms_reason())

  @doc "Adds the violations of a module, function and list of arguments that stand side by side in `items`."
  @spec triples([Macro.t()], keyword(), Scope.t(), found()) :: found()
  def triples([module, function, args | rest], meta, scope, found) do
    found =
      if is_atom(function) and arguments?(args), do: triple(module, function, meta, scope, found), else: found

    triples([function, args | rest], meta, scope, found)
  end

  def triples(_, _, _, found), do: found

  # Arguments are a list, or something that the run makes one.
  defp arguments?(args) when is_list(args), do: not Keyword.keyword?(args) or args == []
  defp arguments?({_, _, _}), do: true
  defp arguments?(_), do: false

  defp triple(module, function, meta, scope, found) do
    case literal_module(module, scope) do
      nil -> found
      module -> refuse(found, meta, module, function, Rules.reason(module, function))
    end
  end

  @doc "Adds one violation."
  @spec add(found(), keyword(), String.t(), String.t()) :: found()
  def add(found, meta, call, reason),
    do: [%{"line" => meta[:line] || 1, "call" => call, "reason" => reason} | found]

  defp dynamic(head, name, meta, args, found) do
    cond do
      meta[:no_parens] && name not in @telling -> found
      fine_head?(head) -> found
      true -> add(found, meta, "#{Macro.to_string(head)}.#{name}/#{length(args)}", @dynamic)
    end
  end

  # `Foo.{A, B}` and sigil-like heads are no calls.
  defp fine_head?({:unquote, _, _}), do: false
  defp fine_head?({:{}, _, _}), do: true
  defp fine_head?(_), do: false

  defp remote(module, name, meta, args, scope, found) do
    found
    |> refuse(meta, module, name, Rules.reason(module, name))
    |> atoms(module, name, meta, args)
    |> files(module, name, meta, args, scope)
    |> settings(module, name, meta, args)
    |> processes(module, name, meta, args, scope)
    |> applied_remote(module, name, meta, args, scope)
  end

  defp refuse(found, _meta, _module, _name, nil), do: found
  defp refuse(found, meta, module, name, reason), do: add(found, meta, "#{inspect(module)}.#{name}", reason)

  defp atoms(found, module, name, meta, args) do
    if Rules.atom_maker?(module, name) and not literal?(args),
      do: add(found, meta, "#{inspect(module)}.#{name}", Rules.atoms_reason()),
      else: found
  end

  defp literal?([value | _]), do: is_binary(value) or is_list(value)
  defp literal?(_), do: false

  defp files(found, File, name, meta, args, scope),
    do: refuse(found, meta, File, name, Paths.reason(name, args, scope))

  defp files(found, _, _, _, _, _), do: found

  defp settings(found, Application, name, meta, [app | _]) when name in [:put_env, :delete_env] do
    if is_atom(app) and app not in @kept_apps,
      do: found,
      else: add(found, meta, "Application.#{name}", "changes the settings of the VM's own applications")
  end

  defp settings(found, System, name, meta, args) when name in [:put_env, :delete_env] do
    if match?([text | _] when is_binary(text), args) and not Regex.match?(@kept_variables, hd(args)),
      do: found,
      else: add(found, meta, "System.#{name}", "changes environment variables that the VM depends on")
  end

  defp settings(found, _, _, _, _), do: found

  defp processes(found, module, name, meta, [target | _], scope) do
    if name in Map.get(@addressing, module, []),
      do: addressed(target, "#{inspect(module)}.#{name}", meta, scope, found),
      else: found
  end

  defp processes(found, _, _, _, _, _), do: found

  defp addressed({name, _node}, call, meta, scope, found), do: addressed(name, call, meta, scope, found)

  defp addressed(target, call, meta, scope, found) do
    name = if is_atom(target), do: target, else: target |> alias_only() |> then(&Scope.module(scope, &1))

    if name not in [nil, true, false] and Rules.system_name?(name),
      do: add(found, meta, "#{call} to #{inspect(name)}", "speaks to a process of the VM itself"),
      else: found
  end

  defp alias_only({:__aliases__, _, _} = node), do: node
  defp alias_only(_), do: nil

  # spawn(fun), apply(fun, args): the function's body is looked at anyway.
  defp applied(_name, [_], _meta, _scope, found), do: found
  defp applied(:apply, [_fun, _args], _meta, _scope, found), do: found
  defp applied(name, args, meta, scope, found), do: mfa(Enum.take(args, -3), name, meta, scope, found)

  defp applied_remote(found, module, name, meta, args, scope) do
    cond do
      {module, name} in [{Kernel, :spawn}, {Kernel, :spawn_link}, {Kernel, :spawn_monitor}] ->
        applied(name, args, meta, scope, found)

      {module, name, length(args)} in started_with_mfa() ->
        mfa(Enum.take(args, -3), "#{inspect(module)}.#{name}", meta, scope, found)

      true ->
        triples(args, meta, scope, found)
    end
  end

  defp started_with_mfa do
    [
      {Task, :async, 3},
      {Task, :start, 3},
      {Task, :start_link, 3},
      {Agent, :start, 3},
      {Agent, :start_link, 3},
      {Task.Supervisor, :async, 4},
      {Task.Supervisor, :async_nolink, 4},
      {Task.Supervisor, :start_child, 4}
    ]
  end

  defp mfa([module, function, _args], call, meta, scope, found) do
    case literal_module(module, scope) do
      nil -> add(found, meta, "#{call} of #{Macro.to_string(module)}", @dynamic)
      _ when not is_atom(function) -> add(found, meta, "#{call} of #{Macro.to_string(function)}", @dynamic)
      module -> refuse(found, meta, module, function, Rules.reason(module, function))
    end
  end

  defp mfa(_, call, meta, _scope, found), do: add(found, meta, "#{call}", @dynamic)

  defp literal_module(module, _scope) when is_atom(module) and module not in [nil, true, false], do: module
  defp literal_module({:__aliases__, _, _} = node, scope), do: Scope.module(scope, node)
  defp literal_module({:__MODULE__, _, _} = node, scope), do: Scope.module(scope, node)
  defp literal_module({:@, _, _} = node, scope), do: Scope.module(scope, node)
  defp literal_module(_, _), do: nil
end
