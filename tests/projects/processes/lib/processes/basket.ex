# Shows: an Agent that each caller starts for itself.
defmodule Processes.Basket do
  @moduledoc "A basket that belongs to a session."

  @doc "Starts an empty basket."
  @spec open(pos_integer()) :: pid()
  def open(limit \\ 5) do
    {:ok, pid} = Agent.start_link(fn -> {limit, []} end)
    pid
  end

  @doc "Puts something in; full baskets refuse."
  @spec put(pid(), term()) :: :ok | :full
  def put(basket, thing) do
    Agent.get_and_update(basket, fn
      {limit, things} when length(things) >= limit -> {:full, {limit, things}}
      {limit, things} -> {:ok, {limit, [thing | things]}}
    end)
  end

  @doc "Takes the newest thing out."
  @spec take(pid()) :: {:ok, term()} | :empty
  def take(basket) do
    Agent.get_and_update(basket, fn
      {limit, []} -> {:empty, {limit, []}}
      {limit, [thing | rest]} -> {{:ok, thing}, {limit, rest}}
    end)
  end

  @doc "Everything in it, oldest first."
  @spec all(pid()) :: [term()]
  def all(basket), do: Agent.get(basket, fn {_limit, things} -> Enum.reverse(things) end)
end
