defmodule Testgen.Runner.Warnings do
  @moduledoc """
  What the compiler warns of while something is compiled, caught instead of printed.

  From Elixir 1.15 on the compiler hands its diagnostics over; 1.14 prints them to the process registered as
  `:standard_error`, whose place is taken meanwhile. What else is printed there in that time goes nowhere.
  """

  @type warning :: %{line: pos_integer, message: String.t()}

  @doc "What `fun` gives, and the warnings about the file `name`, in the order of their lines."
  @spec catching(String.t(), (() -> value)) :: {value, [warning]} when value: term
  def catching(name, fun) do
    {value, warnings} =
      if function_exported?(Code, :with_diagnostics, 2), do: diagnosed(name, fun), else: printed(name, fun)

    {value, Enum.sort_by(warnings, & &1.line)}
  end

  # Not called by name: Elixir 1.14 has no such function, and its compiler would say so.
  defp diagnosed(name, fun) do
    {value, diagnostics} = apply(Code, :with_diagnostics, [[log: false], fun])

    warnings =
      for %{severity: :warning, message: message, position: position, file: file} <- diagnostics,
          file == nil or Path.basename(file) == Path.basename(name),
          do: %{line: line(position), message: message}

    {value, warnings}
  end

  defp line({line, _column}), do: line
  defp line(line), do: line

  defp printed(name, fun) do
    sink = spawn(fn -> collect([]) end)
    device = Process.whereis(:standard_error)
    if device, do: Process.unregister(:standard_error)
    Process.register(sink, :standard_error)

    value =
      try do
        fun.()
      after
        Process.unregister(:standard_error)
        if device, do: Process.register(device, :standard_error)
      end

    send(sink, {:give, self()})

    receive do
      {^sink, text} -> {value, parsed(text, name)}
    end
  end

  defp collect(chunks) do
    receive do
      {:io_request, from, reference, request} ->
        send(from, {:io_reply, reference, :ok})
        collect([chars(request) | chunks])

      {:give, to} ->
        send(to, {self(), chunks |> Enum.reverse() |> IO.iodata_to_binary()})
    end
  end

  defp chars({:put_chars, _encoding, chars}), do: :unicode.characters_to_binary(chars)
  defp chars({:put_chars, _encoding, m, f, a}), do: :unicode.characters_to_binary(apply(m, f, a))
  defp chars(_), do: ""

  defp parsed(text, name) do
    place = ~r/^\s+\S*#{Regex.escape(Path.basename(name))}:(\d+)/m

    for said <- text |> without_colours() |> String.split("warning: ") |> tl(),
        [_, line] <- [Regex.run(place, said)],
        do: %{line: String.to_integer(line), message: said |> String.split("\n") |> hd()}
  end

  defp without_colours(text), do: String.replace(text, ~r/\e\[[0-9;]*m/, "")
end
