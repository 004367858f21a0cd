defmodule Plain.AccountTest do
  use ExUnit.Case, async: true
  doctest Plain.Account

  alias Plain.Account
  alias Plain.Account.{ClosedError, OverdrawnError}

  describe "withdraw!/2" do
    test "goes down to the limit" do
      assert Account.withdraw!(%Account{balance: 10, limit: 20}, 30).balance == -20

      assert_raise OverdrawnError, "1 cents are missing", fn ->
        Account.withdraw!(%Account{balance: 10, limit: 20}, 31)
      end
    end

    test "not from a closed account" do
      assert_raise ClosedError, "the account is closed", fn ->
        Account.withdraw!(%Account{balance: 10, open: false}, 1)
      end
    end

    test "only real amounts" do
      assert_raise FunctionClauseError, fn -> Account.withdraw!(%Account{}, 0) end
    end
  end

  test "withdraw/2 turns both errors into messages" do
    assert Account.withdraw(%Account{balance: 3}, 2) == {:ok, %Account{balance: 1}}
    assert Account.withdraw(%Account{balance: 3}, 5) == {:error, "2 cents are missing"}
    assert Account.withdraw(%Account{open: false}, 5) == {:error, "the account is closed"}
  end

  test "withdraw_all/2 stops at the first that fails" do
    assert Account.withdraw_all(%Account{balance: 10}, [4, 4, 4, 1]) ==
             {%Account{balance: 2}, 2}

    assert Account.withdraw_all(%Account{balance: 10}, [4, 6]) == {%Account{}, 2}
  end

  test "close/1 wants an empty account" do
    assert Account.close(%Account{}) == %Account{open: false}

    assert_raise ArgumentError, "3 cents are left", fn ->
      Account.close(%Account{balance: 3})
    end
  end
end
