# Shows: a form with validation.
defmodule LiveViewsWeb.RegistrationLive do
  @moduledoc "A form that is validated while it is filled in."
  use Phoenix.LiveView

  @impl true
  def mount(_params, _session, socket) do
    {:ok, assign(socket, form: to_form(%{"name" => "", "age" => ""}, as: :user), errors: %{})}
  end

  @impl true
  def handle_event("validate", %{"user" => params}, socket) do
    {:noreply, assign(socket, form: to_form(params, as: :user), errors: errors(params))}
  end

  def handle_event("save", %{"user" => params}, socket) do
    case errors(params) do
      errors when errors == %{} ->
        {:noreply,
         socket
         |> put_flash(:info, "Welcome, #{params["name"]}!")
         |> push_navigate(to: "/welcome/#{params["name"]}")}

      errors ->
        {:noreply, assign(socket, form: to_form(params, as: :user), errors: errors)}
    end
  end

  defp errors(params) do
    %{}
    |> check(:name, String.trim(params["name"]) == "", "can't be blank")
    |> check(:age, age(params["age"]) < 18, "must be at least 18")
  end

  defp check(errors, field, true, message), do: Map.put(errors, field, message)
  defp check(errors, _field, false, _message), do: errors

  defp age(text) do
    case Integer.parse(text) do
      {age, ""} -> age
      _ -> 0
    end
  end

  @impl true
  def render(assigns) do
    ~H"""
    <.form for={@form} id="registration" phx-change="validate" phx-submit="save">
      <input type="text" name={@form[:name].name} value={@form[:name].value} />
      <p :if={@errors[:name]} id="name-error"><%= @errors[:name] %></p>
      <input type="number" name={@form[:age].name} value={@form[:age].value} />
      <p :if={@errors[:age]} id="age-error"><%= @errors[:age] %></p>
      <button type="submit">Register</button>
    </.form>
    """
  end
end
