defmodule Plain.SignupTest do
  use ExUnit.Case, async: true
  doctest Plain.Signup

  alias Plain.Signup

  defp form(changes), do: Map.merge(%{"email" => "ada@example.org", "age" => "36"}, changes)

  describe "check/1" do
    test "takes the newsletter box" do
      assert {:ok, %{newsletter: true}} = Signup.check(form(%{"newsletter" => "on"}))
      assert {:ok, %{newsletter: false}} = Signup.check(form(%{"newsletter" => "off"}))
    end

    test "wants an address with both parts" do
      assert Signup.check(form(%{"email" => nil})) == {:error, :no_email}
      assert Signup.check(%{"age" => "36"}) == {:error, :no_email}

      for bad <- ["ada", "@example.org", "ada@", "a@b@c"] do
        assert Signup.check(form(%{"email" => bad})) == {:error, :bad_email}
      end
    end

    test "wants an age in digits" do
      for bad <- ["", "old", "20 years", "0", "-3"] do
        assert Signup.check(form(%{"age" => bad})) == {:error, :bad_age}
      end

      assert Signup.check(form(%{"age" => nil})) == {:error, :bad_age}
    end

    test "is for people from 16" do
      assert {:ok, %{age: 16}} = Signup.check(form(%{"age" => "16"}))
      assert Signup.check(form(%{"age" => "15"})) == {:error, :too_young}
    end
  end

  test "message/1 says what to do" do
    assert Signup.message(form(%{})) == "Welcome, ada@example.org!"
    assert Signup.message(form(%{"age" => "15"})) == "Come back when you are 16."
    assert Signup.message(form(%{"age" => "x"})) == "How old are you?"
    assert Signup.message(form(%{"email" => "x"})) == "Please check the address."
    assert Signup.message(%{}) == "Please check the address."
  end
end
