defmodule Testgen.TestFile.FormattingTest do
  # The formatter looks for its configuration in the current directory, which is the VM's.
  use ExUnit.Case, async: false

  alias Testgen.TestFile.Formatting

  @moduletag :tmp_dir

  # Mix keeps what it read in this project's own build.
  setup do
    if Mix.Project.get(), do: File.rm(Path.join(Mix.Project.manifest_path(), "cached_dot_formatter"))
    :ok
  end

  defp in_project(tmp_dir, files, fun) do
    for {path, content} <- files do
      file = Path.join(tmp_dir, path)
      File.mkdir_p!(Path.dirname(file))
      File.write!(file, content)
    end

    File.cd!(tmp_dir, fun)
  end

  test "uses the project's line length and calls without parentheses", %{tmp_dir: tmp_dir} do
    config = "[inputs: [\"**/*.exs\"], line_length: 30, locals_without_parens: [field: :*]]"

    in_project(tmp_dir, [{".formatter.exs", config}], fn ->
      assert {:ok, "field :name\n", nil} = Formatting.format("field :name", "test/a_test.exs", %{mode: "mix"})

      assert {:ok, long, nil} =
               Formatting.format("call(aaaaaaaaaaaa, bbbbbbbbbbbbbb)", "test/a_test.exs", %{mode: "mix"})

      assert long == "call(\n  aaaaaaaaaaaa,\n  bbbbbbbbbbbbbb\n)\n"
    end)
  end

  test "uses the configuration of a subdirectory", %{tmp_dir: tmp_dir} do
    files = [
      {".formatter.exs", "[inputs: [\"*.exs\"], subdirectories: [\"test\"]]"},
      {"test/.formatter.exs", "[inputs: [\"*.exs\"], locals_without_parens: [field: :*]]"}
    ]

    in_project(tmp_dir, files, fn ->
      assert {:ok, "field :name\n", _} = Formatting.format("field :name", "test/a_test.exs", %{mode: "mix"})
      assert {:ok, "field(:name)\n", _} = Formatting.format("field :name", "a.exs", %{mode: "mix"})
    end)
  end

  test "falls back on what can be read where a dependency is missing, and says so", %{tmp_dir: tmp_dir} do
    config = "[inputs: [\"**/*.exs\"], import_deps: [:no_such_dep], locals_without_parens: [field: :*]]"

    in_project(tmp_dir, [{".formatter.exs", config}], fn ->
      assert {:ok, "field :name\n", note} =
               Formatting.format("field :name", "test/a_test.exs", %{mode: "mix"})

      assert note =~ "no_such_dep"
    end)
  end

  test "falls back where the configuration raises", %{tmp_dir: tmp_dir} do
    in_project(tmp_dir, [{".formatter.exs", "raise \"boom\""}], fn ->
      assert {:ok, "foo(1)\n", note} = Formatting.format("foo 1", "test/a_test.exs", %{mode: "mix"})
      assert note =~ "boom"
    end)
  end

  test "formats plainly where there is no project", %{tmp_dir: tmp_dir} do
    in_project(tmp_dir, [], fn ->
      assert {:ok, "foo(1)\n", nil} = Formatting.format("foo 1", "a_test.exs", %{mode: "file"})
    end)
  end
end
