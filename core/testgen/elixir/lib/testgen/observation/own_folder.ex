defmodule Testgen.Observation.OwnFolder do
  @moduledoc """
  The folder of a candidate that uses the variable `tmp_dir`, as the tag of that name gives one to a test.

  It is empty, and has another path in each run: what depends on the path shows.
  """

  @doc "Binds `tmp_dir` in front of a candidate's setup, where its code uses the variable."
  @spec given(Macro.t(), boolean) :: Macro.t()
  def given(setup, false), do: setup

  def given(setup, true) do
    folder = quote(do: unquote(__MODULE__).fresh())
    {:__block__, [], [{:=, [], [{:tmp_dir, [], nil}, folder]}, setup]}
  end

  @doc "An empty folder; the one before is gone."
  @spec fresh() :: Path.t()
  def fresh do
    base = Path.join(System.tmp_dir!(), "testgen-tmp-dir-#{System.pid()}")
    File.rm_rf!(base)
    path = Path.join(base, Integer.to_string(System.unique_integer([:positive])))
    File.mkdir_p!(path)
    path
  end
end
