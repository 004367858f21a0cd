# Shows: an application that cannot start here.
defmodule Backend.Application do
  @moduledoc false
  use Application

  @impl true
  def start(_type, _args), do: {:error, "no database at localhost:5432"}
end

defmodule Backend.Query do
  @moduledoc "Builds queries; needs no server."

  @doc "A condition on one column."
  @spec where(String.t(), term()) :: String.t()
  def where(column, nil), do: column <> " IS NULL"
  def where(column, value) when is_integer(value), do: "#{column} = #{value}"
  def where(column, value) when is_binary(value), do: "#{column} = '#{value}'"

  @doc "Joins conditions."
  @spec all([String.t()]) :: String.t()
  def all([]), do: "TRUE"
  def all(conditions), do: Enum.join(conditions, " AND ")
end
