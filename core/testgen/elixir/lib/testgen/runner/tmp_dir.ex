defmodule Testgen.Runner.TmpDir do
  @moduledoc """
  The directory of a test with the tag `tmp_dir`, as ExUnit makes it: emptied, below `tmp` of the working directory.

  Where that cannot be written, below the system's temporary directory.
  """

  @doc "The context with `:tmp_dir`, where `tags` ask for one."
  @spec put(map, map) :: map
  def put(context, %{tmp_dir: true} = tags), do: create(context, tags, "")
  def put(context, %{tmp_dir: path} = tags) when is_binary(path), do: create(context, tags, path)
  def put(context, _tags), do: context

  defp create(context, %{module: module, test: name}, extra) do
    module = inspect(module)
    name = to_string(name)
    hash = :erlang.md5(module <> "/" <> name) |> Base.encode16(case: :lower) |> binary_part(0, 8)
    relative = Path.join(["tmp", safe(module), safe(name) <> "-" <> hash, extra])
    Map.put(context, :tmp_dir, make(Path.expand(relative), Path.join(System.tmp_dir!(), relative)))
  end

  defp make(path, otherwise) do
    File.rm_rf!(path)
    File.mkdir_p!(path)
    path
  rescue
    File.Error ->
      File.rm_rf!(otherwise)
      File.mkdir_p!(otherwise)
      otherwise
  end

  defp safe(name), do: String.replace(name, ~r/[ \[~#%&*{}\\:<>?\/+|"\]]/, "-")
end
