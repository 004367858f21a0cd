defmodule Processes.ProcessCase do
  @moduledoc "A case template: starts a process under the test's supervisor and restores the configuration."

  use ExUnit.CaseTemplate

  using do
    quote do
      import Processes.ProcessCase
    end
  end

  setup do
    saved = Application.get_all_env(:processes)

    on_exit(fn ->
      for {key, _} <- Application.get_all_env(:processes) do
        Application.delete_env(:processes, key)
      end

      Application.put_all_env(processes: saved)
    end)
  end

  @doc "Waits until a function is true, at most half a second."
  def eventually(fun, tries \\ 50) do
    cond do
      fun.() ->
        true

      tries == 0 ->
        false

      true ->
        Process.sleep(10)
        eventually(fun, tries - 1)
    end
  end
end
