defmodule Testgen.Isolation.Output do
  @moduledoc """
  A group leader that keeps the first bytes written to it and drops the rest.

  Reading from it gives end of file at once, so that code that asks a question on standard input does not wait; the prompt is
  kept as what is written is, and `take_all/1` tells that somebody asked.
  It speaks the I/O protocol of https://www.erlang.org/doc/apps/stdlib/io_protocol.html; what it does not cover is
  changing options (`:io.setopts` is answered and ignored).
  """

  @doc "Starts one that keeps at most `limit` bytes; it ends with `owner`."
  @spec start(non_neg_integer, pid) :: pid
  def start(limit, owner \\ self()) do
    spawn(fn ->
      Process.group_leader(self(), Process.whereis(:user) || self())
      loop(%{owner: Process.monitor(owner), kept: [], size: 0, limit: limit, asked: false})
    end)
  end

  @doc "What was written since the start or the last `take/1`, as UTF-8; it is forgotten afterwards."
  @spec take(pid) :: String.t()
  def take(output), do: output |> take_all() |> elem(0)

  @doc "As `take/1`, with whether anybody has read meanwhile."
  @spec take_all(pid) :: {String.t(), boolean}
  def take_all(output) do
    ref = Process.monitor(output)
    send(output, {__MODULE__, self(), ref})

    receive do
      {^ref, answer} ->
        Process.demonitor(ref, [:flush])
        answer

      {:DOWN, ^ref, _, _, _} ->
        {"", false}
    end
  end

  @doc "Ends it."
  @spec stop(pid) :: :ok
  def stop(output) do
    Process.exit(output, :kill)
    :ok
  end

  defp loop(%{owner: owner} = state) do
    receive do
      {:io_request, from, reply_as, request} ->
        {reply, state} = io(request, state)
        send(from, {:io_reply, reply_as, reply})
        loop(state)

      {__MODULE__, from, ref} ->
        text = state.kept |> Enum.reverse() |> IO.iodata_to_binary() |> valid()
        send(from, {ref, {text, state.asked}})
        loop(%{state | kept: [], size: 0, asked: false})

      {:DOWN, ^owner, _, _, _} ->
        :ok

      _ ->
        loop(state)
    end
  end

  defp io({:put_chars, chars}, state), do: io({:put_chars, :latin1, chars}, state)
  defp io({:put_chars, encoding, chars}, state), do: put(encoding, fn -> chars end, state)
  defp io({:put_chars, m, f, a}, state), do: io({:put_chars, :latin1, m, f, a}, state)
  defp io({:put_chars, encoding, m, f, a}, state), do: put(encoding, fn -> apply(m, f, a) end, state)
  defp io({:requests, requests}, state), do: requests(requests, {:ok, state})
  defp io({:setopts, _}, state), do: {:ok, state}
  defp io(:getopts, state), do: {[binary: true, encoding: :unicode], state}
  defp io({:get_geometry, _}, state), do: {{:error, :enotsup}, state}

  defp io(request, state) when elem(request, 0) in [:get_chars, :get_line, :get_until],
    do: {:eof, request |> prompt() |> keep_prompt(%{state | asked: true})}

  defp io(request, state) when elem(request, 0) == :get_password, do: {:eof, %{state | asked: true}}

  defp io(_, state), do: {{:error, :request}, state}

  # With the encoding before it, as all that is asked today.
  defp prompt({_, encoding, prompt}) when encoding in [:unicode, :latin1], do: prompt
  defp prompt({_, encoding, prompt, _}) when encoding in [:unicode, :latin1], do: prompt
  defp prompt({_, encoding, prompt, _, _, _}) when encoding in [:unicode, :latin1], do: prompt
  defp prompt(_), do: ""

  defp keep_prompt(prompt, state) do
    {_, state} = put(:unicode, fn -> if is_atom(prompt), do: Atom.to_string(prompt), else: prompt end, state)
    state
  end

  defp requests([], answer), do: answer
  defp requests(_, {{:error, _}, _} = answer), do: answer
  defp requests([request | rest], {_, state}), do: requests(rest, io(request, state))

  defp put(encoding, chars, state) do
    case :unicode.characters_to_binary(chars.(), encoding, :unicode) do
      text when is_binary(text) -> {:ok, keep(text, state)}
      _ -> {{:error, {:put_chars, encoding, :badarg}}, state}
    end
  rescue
    _ -> {{:error, :put_chars}, state}
  end

  defp keep(_text, %{size: size, limit: limit} = state) when size >= limit, do: state

  defp keep(text, %{size: size, limit: limit} = state) do
    part = :binary.copy(binary_part(text, 0, min(byte_size(text), limit - size)))
    %{state | kept: [part | state.kept], size: size + byte_size(part)}
  end

  # The limit may have cut a character in two.
  defp valid(text),
    do:
      if(String.valid?(text),
        do: text,
        else: text |> String.chunk(:valid) |> Enum.filter(&String.valid?/1) |> Enum.join()
      )
end
