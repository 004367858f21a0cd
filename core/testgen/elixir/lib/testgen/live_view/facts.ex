defmodule Testgen.LiveView.Facts do
  @moduledoc """
  What tests of LiveViews need to know of the project: the endpoint, routes, the case template for connections, and
  of each module what it is and what its components take.

  Asks the compiled modules. What a template sends is not here: that is read from pages as they are shown.
  """

  @doc """
  `names` are the modules asked about, `modules` all of the project.

  Reply: `live_view` and `parser` (whether the libraries are there), `endpoint`, `conn_case` (names or nil), `routes`
  (`path`, `view`, `action`), and `modules`: for each name `kind` (`view`, `component`, `functions` or nil) and
  `components` (`name`, `attrs`, `slots`).
  """
  @spec of([String.t()], [module]) :: map
  def of(names, modules) do
    %{
      "live_view" => Code.ensure_loaded?(Phoenix.LiveViewTest),
      "parser" => Enum.any?([Floki, LazyHTML], &Code.ensure_loaded?/1),
      "endpoint" => modules |> Enum.find(&endpoint?/1) |> name(),
      "conn_case" => modules |> Enum.find(&conn_case?/1) |> name(),
      "routes" => modules |> Enum.filter(&exports?(&1, :__routes__, 0)) |> Enum.flat_map(&routes/1),
      "modules" => for(name <- names, do: facts(name))
    }
  end

  defp name(nil), do: nil
  defp name(module), do: inspect(module)

  defp exports?(module, name, arity),
    do: Code.ensure_loaded?(module) and function_exported?(module, name, arity)

  defp endpoint?(module) do
    exports?(module, :struct_url, 0) and
      Phoenix.Endpoint in List.wrap(module.__info__(:attributes)[:behaviour])
  end

  defp conn_case?(module),
    do: String.ends_with?(Atom.to_string(module), "ConnCase") and exports?(module, :__ex_unit__, 2)

  defp routes(router) do
    for %{metadata: %{phoenix_live_view: {view, action, _, _}}, path: path} <- router.__routes__() do
      %{"path" => path, "view" => inspect(view), "action" => action && Atom.to_string(action)}
    end
  end

  defp facts(name) do
    module = Module.concat([name])
    %{"name" => name, "kind" => kind(module), "components" => components(module)}
  end

  defp kind(module) do
    cond do
      exports?(module, :__live__, 0) -> Atom.to_string(module.__live__().kind)
      exports?(module, :__components__, 0) -> "functions"
      true -> nil
    end
  end

  defp components(module) do
    if exports?(module, :__components__, 0),
      do: for({name, %{kind: :def} = facts} <- module.__components__(), do: component(name, facts)),
      else: []
  end

  defp component(name, %{attrs: attrs, slots: slots}),
    do: %{
      "name" => Atom.to_string(name),
      "attrs" => Enum.map(attrs, &attr/1),
      "slots" => Enum.map(slots, &slot/1)
    }

  defp attr(%{name: name, type: type, required: required, opts: opts}) do
    %{
      "name" => Atom.to_string(name),
      "type" => inspect(type),
      "required" => required,
      "default" => if(Keyword.has_key?(opts, :default), do: inspect(opts[:default])),
      "values" => for(value <- opts[:values] || opts[:examples] || [], do: inspect(value))
    }
  end

  defp slot(%{name: name, required: required, attrs: attrs}),
    do: %{"name" => Atom.to_string(name), "required" => required, "attrs" => Enum.map(attrs, &attr/1)}
end
