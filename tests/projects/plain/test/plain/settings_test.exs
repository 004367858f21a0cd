defmodule Plain.SettingsTest do
  use ExUnit.Case, async: true

  alias Plain.Settings

  setup do
    %{shipped: Settings.effective(%{}, %{})}
  end

  test "effective/2 ships with defaults", %{shipped: shipped} do
    assert shipped == %{
             theme: %{dark: false, accent: "blue"},
             mail: %{digest: :daily},
             limits: %{rows: 50}
           }
  end

  test "effective/2 lets the user win over the team" do
    team = %{theme: %{accent: "red"}, limits: %{rows: 10}}
    user = %{theme: %{accent: "green"}, mail: %{digest: :never}}
    settings = Settings.effective(team, user)

    assert settings.theme == %{dark: false, accent: "green"}
    assert settings.limits.rows == 10
    assert settings.mail.digest == :never
  end

  test "get/2 follows dotted names", %{shipped: shipped} do
    assert Settings.get(shipped, "theme.accent") == "blue"
    assert Settings.get(shipped, "mail") == %{digest: :daily}
    assert Settings.get(shipped, "mail.accent") == nil
    assert Settings.get(shipped, "mail.no_atom_of_this_name_exists") == nil
  end

  test "put/3 changes one value", %{shipped: shipped} do
    assert Settings.put(shipped, "limits.rows", 7).limits == %{rows: 7}
  end

  test "toggle_theme/1 goes back and forth", %{shipped: shipped} do
    dark = Settings.toggle_theme(shipped)
    assert dark.theme.dark
    assert Settings.toggle_theme(dark) == shipped
  end

  test "diff/2 names what differs", %{shipped: shipped} do
    assert Settings.diff(shipped, shipped) == []

    changed = shipped |> Settings.put("theme.dark", true) |> Settings.put("limits.rows", 1)
    assert Settings.diff(shipped, changed) == ["limits.rows", "theme.dark"]
  end
end
