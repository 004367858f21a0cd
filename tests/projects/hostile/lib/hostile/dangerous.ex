# Shows: functions that must not be called with just anything (they stop the VM, delete, or run programs).
defmodule Hostile.Dangerous do
  @moduledoc "Housekeeping of a server."

  @doc "Stops the whole machine."
  @spec shut_down(non_neg_integer()) :: no_return()
  def shut_down(status \\ 0), do: System.halt(status)

  @doc "Removes a folder."
  @spec wipe(Path.t()) :: [Path.t()]
  def wipe(folder), do: File.rm_rf!(folder)

  @doc "Runs a program."
  @spec run(String.t()) :: String.t()
  def run(program), do: program |> System.cmd([]) |> elem(0)

  @doc "Kills the process of the caller."
  @spec give_up(term()) :: no_return()
  def give_up(reason), do: Process.exit(self(), reason)

  @doc "Fits the text into the log."
  @spec entry(String.t()) :: String.t()
  def entry(text), do: "* " <> String.slice(text, 0, 20)
end
