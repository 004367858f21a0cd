defmodule Testgen.Runner.Loading do
  @moduledoc """
  Compiles test files and test sources into the VM, one after the other, and remembers what each used at compile time.

  A file that does not compile is reported, and the others are loaded all the same.
  """

  alias Testgen.Runner.{Suite, Tracer, Warnings}

  @type origin :: {:file, Path.t()} | {:source, name :: String.t(), source :: String.t()}
  @type error :: %{file: String.t(), message: String.t()}

  @type warning :: %{file: String.t(), line: pos_integer, message: String.t()}

  @doc """
  Loads `origins` in place of `old`, whose modules are taken out of the VM; the suite, what did not load, and
  what the compiler warned of.
  """
  @spec load([origin], Suite.t() | nil) :: {Suite.t(), [error], [warning]}
  def load(origins, old \\ nil) do
    old && unload(old)
    {loaded, warnings} = origins |> Enum.map(&compile_warned/1) |> Enum.unzip()
    {compiled, errors} = Enum.split_with(loaded, &match?({_, _, _}, &1))
    forget_registered()
    {Suite.new(compiled, origins), errors, Enum.concat(warnings)}
  end

  defp compile_warned(origin) do
    {compiled, warnings} = Warnings.catching(name(origin), fn -> compile(origin) end)
    {compiled, Enum.map(warnings, &Map.put(&1, :file, name(origin)))}
  end

  @doc "Takes the suite's modules out of the VM."
  @spec unload(Suite.t()) :: :ok
  def unload(%Suite{files: files}) do
    for {_file, modules} <- files, {module, _} <- modules do
      :code.purge(module)
      :code.delete(module)
      :code.purge(module)
    end

    :ok
  end

  @doc """
  Compiles again those of the suite's files that used one of `modules` at compile time, as the modules are now.

  The suite stays valid: tests keep their names. Answers the first message where a file does not compile any more.
  """
  @spec reload_users(Suite.t(), [module]) :: {:ok, reloaded :: [String.t()]} | {:error, String.t()}
  def reload_users(%Suite{} = suite, modules) do
    users = Enum.filter(suite.sources, &uses?(suite, name(&1), modules))
    reloaded = Enum.reduce_while(users, {:ok, []}, &reload/2)
    users != [] && forget_registered()
    reloaded
  end

  defp reload(origin, {:ok, reloaded}) do
    case compile(origin) do
      {name, _, _} -> {:cont, {:ok, [name | reloaded]}}
      %{message: message} -> {:halt, {:error, message}}
    end
  end

  @doc "Loads the code that these files had when the suite was loaded."
  @spec put_back(Suite.t(), [String.t()]) :: :ok
  def put_back(%Suite{files: files}, names) do
    for name <- names, {module, code} <- Map.get(files, name, []) do
      :code.purge(module)
      {:module, ^module} = :code.load_binary(module, String.to_charlist(name), code)
    end

    :ok
  end

  @doc "Whether the file called `name` used one of `modules` when it was compiled."
  @spec uses?(Suite.t(), String.t(), [module]) :: boolean
  def uses?(%Suite{compile_time: used}, name, modules) do
    used = Map.get(used, name, MapSet.new())
    Enum.any?(modules, &MapSet.member?(used, &1))
  end

  defp name({:file, path}), do: path
  defp name({:source, name, _}), do: name

  defp compile(origin) do
    {modules, used} = Tracer.record(fn -> compile_origin(origin) end)
    {name(origin), modules, used}
  rescue
    error -> %{file: name(origin), message: Exception.format_banner(:error, error, __STACKTRACE__)}
  catch
    kind, reason -> %{file: name(origin), message: Exception.format_banner(kind, reason, __STACKTRACE__)}
  end

  defp compile_origin({:file, path}), do: Code.compile_file(path)
  defp compile_origin({:source, name, source}), do: Code.compile_string(source, name)

  # ExUnit keeps a list of the modules that were loaded and would run them with the next suite, whatever that is. A run
  # that leaves all tests out empties it.
  defp forget_registered do
    config = ExUnit.configuration()
    ExUnit.configure(include: [], exclude: [:test, :module], formatters: [], after_suite: [])

    try do
      ExUnit.run()
    after
      ExUnit.configure(Keyword.take(config, [:include, :exclude, :formatters, :after_suite]))
    end
  end
end
