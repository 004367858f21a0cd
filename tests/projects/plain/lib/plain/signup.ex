# Shows: `with` chains that end in tagged errors.
defmodule Plain.Signup do
  @moduledoc "Checks a signup form."

  @type account :: %{email: String.t(), age: pos_integer(), newsletter: boolean()}
  @type reason :: :no_email | :bad_email | :bad_age | :too_young

  @doc """
  Checks all fields in turn and stops at the first that is wrong.

      iex> Plain.Signup.check(%{"email" => "Ada@example.org", "age" => "36"})
      {:ok, %{email: "ada@example.org", age: 36, newsletter: false}}
      iex> Plain.Signup.check(%{"email" => "ada@example.org", "age" => "12"})
      {:error, :too_young}
  """
  @spec check(map()) :: {:ok, account()} | {:error, reason()}
  def check(form) do
    with {:ok, email} <- email(form),
         {:ok, age} <- age(form),
         :ok <- old_enough(age) do
      {:ok, %{email: email, age: age, newsletter: form["newsletter"] == "on"}}
    end
  end

  @doc "Like `check/1`, with a sentence for the user where it fails."
  @spec message(map()) :: String.t()
  def message(form) do
    with {:ok, account} <- check(form) do
      "Welcome, #{account.email}!"
    else
      {:error, :too_young} -> "Come back when you are 16."
      {:error, reason} when reason in [:no_email, :bad_email] -> "Please check the address."
      {:error, :bad_age} -> "How old are you?"
    end
  end

  defp email(%{"email" => email}) when is_binary(email) do
    case String.split(String.downcase(email), "@") do
      [name, host] when name != "" and host != "" -> {:ok, name <> "@" <> host}
      _ -> {:error, :bad_email}
    end
  end

  defp email(_form), do: {:error, :no_email}

  defp age(form) do
    with text when is_binary(text) <- form["age"],
         {age, ""} when age > 0 <- Integer.parse(text) do
      {:ok, age}
    else
      _ -> {:error, :bad_age}
    end
  end

  defp old_enough(age) when age >= 16, do: :ok
  defp old_enough(_age), do: {:error, :too_young}
end
