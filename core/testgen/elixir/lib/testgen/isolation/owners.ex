defmodule Testgen.Isolation.Owners do
  @moduledoc """
  Whose a process is: the system's, or the project's.

  The system's are those of Erlang/OTP, Elixir and the agent, which a snapshot leaves alone. The project's are those of
  its applications and dependencies, and whatever code under test started.
  """

  @system [
    ~w(kernel stdlib compiler sasl crypto asn1 public_key ssl inets runtime_tools tools syntax_tools parsetools xmerl)a,
    ~w(os_mon mnesia observer debugger tftp ssh ftp eunit common_test)a,
    ~w(elixir logger mix ex_unit iex eex hex)a
  ]
  @system_apps MapSet.new(List.flatten(@system))

  # Started before the first application, so that they belong to none.
  @before_apps ~w(init erl_prim_loader erts_code_purger application_controller logger)a

  @doc "The application that a process belongs to by its group leader, or nil."
  @spec app(pid) :: atom | nil
  def app(pid) do
    case :application.get_application(pid) do
      {:ok, app} -> app
      :undefined -> nil
    end
  end

  @doc "Whether a process belongs to an application of Erlang/OTP or Elixir."
  @spec system?(pid) :: boolean
  def system?(pid) do
    case app(pid) do
      nil -> match?({:registered_name, name} when name in @before_apps, Process.info(pid, :registered_name))
      app -> MapSet.member?(@system_apps, app)
    end
  end

  @doc "The project's applications that are started, its dependencies' included, the latest started first."
  @spec started_apps() :: [atom]
  def started_apps do
    for {app, _, _} <- Application.started_applications(5_000), not MapSet.member?(@system_apps, app), do: app
  end

  @doc """
  The work that a process has done so far, once it rests: a server that has answered still has to go back to waiting.

  `nil` for a process that is no more.
  """
  @spec work(pid) :: {:reductions, non_neg_integer} | nil
  def work(pid), do: rest(pid, Process.info(pid, :reductions), 200)

  defp rest(_pid, nil, _tries), do: nil
  defp rest(_pid, work, 0), do: work

  # Asking for more than the reductions can be work for the process itself.
  defp rest(pid, work, tries) do
    :erlang.yield()

    case Process.info(pid, :reductions) do
      ^work -> work
      other -> rest(pid, other, tries - 1)
    end
  end
end
