defmodule Plain.NotebookTest do
  use ExUnit.Case, async: true

  alias Plain.Notebook

  @moduletag :tmp_dir

  test "adds lines in order", %{tmp_dir: dir} do
    assert Notebook.add(dir, ~D[2024-05-01], "  rain ") == :ok
    assert Notebook.add(dir, ~D[2024-05-01], "sun") == :ok
    assert Notebook.read(dir, ~D[2024-05-01]) == {:ok, ["rain", "sun"]}
  end

  test "a day without notes is empty", %{tmp_dir: dir} do
    assert Notebook.read(dir, ~D[2024-05-01]) == {:ok, []}
  end

  test "makes the directory", %{tmp_dir: dir} do
    deep = Path.join([dir, "a", "b"])
    assert Notebook.add(deep, ~D[2024-05-01], "rain") == :ok
    assert Notebook.days(deep) == [~D[2024-05-01]]
  end

  test "hands on what the file system says", %{tmp_dir: dir} do
    File.mkdir!(Path.join(dir, "2024-05-01.txt"))
    assert Notebook.read(dir, ~D[2024-05-01]) == {:error, :eisdir}
    assert Notebook.add(dir, ~D[2024-05-01], "rain") == {:error, :eisdir}
  end

  test "forgets old notes only", %{tmp_dir: dir} do
    for day <- [~D[2024-05-01], ~D[2024-04-30], ~D[2024-05-02]], do: Notebook.add(dir, day, "x")

    assert Notebook.forget(dir, ~D[2024-05-01]) == 1
    assert Notebook.days(dir) == [~D[2024-05-01], ~D[2024-05-02]]
  end
end
