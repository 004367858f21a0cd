defmodule Testgen.Project.SingleFiles do
  @moduledoc """
  Compiles `.ex` files that belong to no project, together, into a private folder that goes on the code path.

  To disk and not only to memory, because docs, doctests, typespecs and protocols are read from beam files there.
  """

  @doc """
  Compiles `files` into `folder`. Called in the project's home process.

  A module that is already loaded (the agent's or Elixir's own) is refused, since compiling it would replace it.
  """
  @spec compile([Path.t()], Path.t()) :: {:ok, [module], [map]} | {:error, [map]}
  def compile(files, folder) do
    File.mkdir_p!(folder)
    Code.prepend_path(folder)
    Application.load(:ex_unit)

    case Kernel.ParallelCompiler.compile_to_path(files, folder, return_diagnostics: true) do
      {:ok, modules, warnings} -> {:ok, modules, diagnostics(warnings, :warning)}
      {:error, errors, warnings} -> {:error, diagnostics(errors, :error) ++ diagnostics(warnings, :warning)}
    end
  end

  # Up to Elixir 1.14 triples of file, position and message; maps in newer ones.
  defp diagnostics(%{} = groups, severity),
    do: groups |> Map.values() |> List.flatten() |> diagnostics(severity)

  defp diagnostics(list, severity), do: Enum.map(list, &diagnostic(&1, severity))

  defp diagnostic({file, position, message}, severity) do
    %{file: file, position: position, message: message, severity: severity}
  end

  defp diagnostic(%{file: file, position: position, message: message}, severity) do
    %{file: file, position: position, message: message, severity: severity}
  end
end
