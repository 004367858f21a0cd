# Shows: membership, sets, bit flags, boolean operators, cond, unless.
defmodule Plain.Permissions do
  @moduledoc "Who may do what with a document."

  import Bitwise

  @flags %{read: 0b001, write: 0b010, share: 0b100}
  @owners [:owner, :admin]

  @type action :: :read | :write | :share

  @doc "Whether a role may do something; `flags` are what the document grants to everybody."
  @spec allowed?(atom(), action(), 0..7) :: boolean()
  def allowed?(role, action, flags) do
    cond do
      role in @owners -> true
      role == :banned -> false
      action == :share and role not in [:member] -> false
      true -> (flags &&& @flags[action]) != 0
    end
  end

  @doc "The flags for some actions."
  @spec flags([action()]) :: 0..7
  def flags(actions), do: Enum.reduce(actions, 0, &(@flags[&1] ||| &2))

  @doc "The actions that some flags stand for."
  @spec actions(0..7) :: [action()]
  def actions(flags),
    do: for({action, bit} <- Enum.sort(@flags), (flags &&& bit) == bit, do: action)

  @doc "What a change of flags takes away from everybody."
  @spec lost(0..7, 0..7) :: MapSet.t(action())
  def lost(before, now), do: MapSet.difference(set(before), set(now))

  @doc "A reason to refuse, nil if there is none."
  @spec refusal(atom() | nil, boolean()) :: String.t() | nil
  def refusal(role, locked) do
    unless role && not locked do
      if locked || role == :guest, do: "locked", else: "please sign in"
    end
  end

  defp set(flags), do: flags |> actions() |> MapSet.new()
end
