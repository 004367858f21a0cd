# Shows: exceptions of its own, raise, rescue, throw and catch.
defmodule Plain.Account do
  @moduledoc "A bank account that may be overdrawn a little."

  defmodule OverdrawnError do
    @moduledoc "Raised when there is not enough money."
    defexception [:missing]

    @impl true
    def message(%{missing: missing}), do: "#{missing} cents are missing"
  end

  defmodule ClosedError do
    defexception message: "the account is closed"
  end

  defstruct balance: 0, limit: 0, open: true

  @type t :: %__MODULE__{balance: integer(), limit: non_neg_integer(), open: boolean()}

  @doc """
  Takes money out.

      iex> Plain.Account.withdraw!(%Plain.Account{balance: 100}, 30).balance
      70
      iex> Plain.Account.withdraw!(%Plain.Account{balance: 100}, 130)
      ** (Plain.Account.OverdrawnError) 30 cents are missing
  """
  @spec withdraw!(t(), pos_integer()) :: t()
  def withdraw!(%__MODULE__{open: false}, _amount), do: raise(ClosedError)

  def withdraw!(%__MODULE__{} = account, amount) when amount > 0 do
    missing = amount - account.balance - account.limit
    if missing > 0, do: raise(OverdrawnError, missing: missing)
    %{account | balance: account.balance - amount}
  end

  @doc "Like `withdraw!/2`, without raising."
  @spec withdraw(t(), pos_integer()) :: {:ok, t()} | {:error, String.t()}
  def withdraw(account, amount) do
    {:ok, withdraw!(account, amount)}
  rescue
    error in [OverdrawnError, ClosedError] -> {:error, Exception.message(error)}
  end

  @doc "Takes out the amounts in turn and stops where the money ends; says how many worked."
  @spec withdraw_all(t(), [pos_integer()]) :: {t(), non_neg_integer()}
  def withdraw_all(account, amounts) do
    Enum.reduce(amounts, {account, 0}, fn amount, {account, count} ->
      case withdraw(account, amount) do
        {:ok, account} -> {account, count + 1}
        {:error, _} -> throw({:stopped, account, count})
      end
    end)
  catch
    {:stopped, account, count} -> {account, count}
  end

  @doc "Closes an empty account."
  @spec close(t()) :: t()
  def close(%__MODULE__{balance: 0} = account), do: %{account | open: false}
  def close(%__MODULE__{balance: balance}), do: raise(ArgumentError, "#{balance} cents are left")
end
