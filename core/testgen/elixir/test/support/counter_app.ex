defmodule Testgen.CounterApp do
  @moduledoc "An application with a server, a public and a protected table, put together at run time."
  use Application

  defmodule Server do
    @moduledoc false
    use GenServer

    def start_link(initial), do: GenServer.start_link(__MODULE__, initial, name: __MODULE__)
    def put(value), do: GenServer.call(__MODULE__, {:put, value})
    def get, do: GenServer.call(__MODULE__, :get)

    @impl true
    def init(initial) do
      :ets.new(:counter_public, [:public, :named_table])
      :ets.new(:counter_protected, [:protected, :named_table])
      :ets.insert(:counter_public, {:a, 1})
      :ets.insert(:counter_protected, {:a, 1})
      {:ok, initial}
    end

    @impl true
    def handle_call({:put, value}, _, _), do: {:reply, :ok, value}
    def handle_call(:get, _, state), do: {:reply, state, state}
    def handle_call({:protected, row}, _, state), do: {:reply, :ets.insert(:counter_protected, row), state}
  end

  @impl true
  def start(_, _), do: Supervisor.start_link([{Server, %{count: 0}}], strategy: :one_for_one)

  def up do
    :application.load(
      {:application, :counter_app,
       [vsn: '1', modules: [], registered: [], applications: [:kernel, :stdlib], mod: {__MODULE__, []}]}
    )

    {:ok, _} = Application.ensure_all_started(:counter_app)
  end

  def down do
    Application.stop(:counter_app)
    Application.unload(:counter_app)
  end
end
