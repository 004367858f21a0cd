# Shows: results that differ from run to run and must not be asserted as they are.
defmodule Hostile.Unsteady do
  @moduledoc "Tickets with times and random codes."

  defstruct [:code, :at, :owner, kind: :normal]

  @type t :: %__MODULE__{code: String.t(), at: DateTime.t(), owner: pid(), kind: atom()}

  @doc "A new ticket."
  @spec issue(atom()) :: t()
  def issue(kind \\ :normal) do
    code = Base.encode16(:crypto.strong_rand_bytes(4))
    %__MODULE__{code: code, at: DateTime.utc_now(), owner: self(), kind: kind}
  end

  @doc "A reference and a number that is never the same."
  @spec stamp() :: {reference(), integer()}
  def stamp, do: {make_ref(), System.unique_integer([:positive])}

  @doc "Throws a die."
  @spec roll(pos_integer()) :: pos_integer()
  def roll(sides), do: :rand.uniform(sides)

  @doc "Whether a ticket is fresh."
  @spec fresh?(t()) :: boolean()
  def fresh?(%__MODULE__{at: at}), do: DateTime.diff(DateTime.utc_now(), at) < 60
end
