defmodule Processes.FeatureTest do
  use Processes.ProcessCase

  alias Processes.Feature

  test "features are off until enabled" do
    refute Feature.on?(:dark_mode)
    assert Feature.enable(:dark_mode) == :ok
    assert Feature.on?(:dark_mode)
    assert Feature.disable(:dark_mode) == :ok
    refute Feature.on?(:dark_mode)
  end

  test "a percentage of users" do
    Feature.enable(:search, {:percent, 30})
    assert Feature.on?(:search, 29)
    refute Feature.on?(:search, 30)
    assert Feature.on?(:search, 129)
  end

  test "no more than everybody" do
    assert_raise FunctionClauseError, fn -> Feature.enable(:search, {:percent, 101}) end
  end

  test "active/0 lists what is on for somebody" do
    Feature.enable(:search, {:percent, 1})
    Feature.enable(:dark_mode)
    Feature.enable(:never, {:percent, 0})
    Feature.disable(:old)
    assert Feature.active() == [:dark_mode, :search]
  end

  test "greeting/1 comes from config/config.exs" do
    assert Feature.greeting() == "hello"
    assert Feature.greeting("Ada") == "hello, Ada"
  end

  test "uploads_left/1 is what config/test.exs says" do
    assert Feature.uploads_left(0) == 5
    assert Feature.uploads_left(4) == 1
    assert Feature.uploads_left(9) == 0
  end

  test "uploads_left/1 has a default" do
    Application.delete_env(:processes, :quota)
    assert Feature.uploads_left(0) == 1
  end
end
