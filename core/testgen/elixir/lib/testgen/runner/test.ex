defmodule Testgen.Runner.Test do
  @moduledoc "One test of a loaded suite: where it is, its tags, and whether it is to be run."

  @enforce_keys [:file, :module, :name, :tags, :state]
  defstruct [:id, :file, :module, :name, :tags, :state]

  @type t :: %__MODULE__{
          id: pos_integer | nil,
          file: String.t(),
          module: module,
          name: atom,
          tags: map,
          state: :run | {:skip, reason :: String.t()}
        }

  @doc "The test as it travels in a frame."
  @spec to_wire(t) :: map
  def to_wire(%__MODULE__{tags: tags} = test) do
    %{
      id: test.id,
      file: test.file,
      module: inspect(test.module),
      name: Atom.to_string(test.name),
      describe: tags[:describe],
      line: tags[:line],
      async: tags[:async] == true,
      type: to_string(tags[:test_type]),
      skipped: reason(test.state),
      tags: tags |> Map.drop(own_tags()) |> Map.new(fn {key, value} -> {key, inspect(value, limit: 20)} end)
    }
  end

  defp reason(:run), do: nil
  defp reason({:skip, reason}), do: reason

  defp own_tags,
    do: [:test, :module, :case, :file, :line, :async, :describe, :describe_line, :registered, :test_type]
end
