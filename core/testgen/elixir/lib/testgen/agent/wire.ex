defmodule Testgen.Agent.Wire do
  @moduledoc """
  Turns frames into terms and back, so that only plain values ever leave the VM.

  The Python side knows no atoms but `true`, `false` and `nil`, no tuples, pids or functions. Atoms become strings,
  tuples lists; text that is not UTF-8 and everything else is sent as its `inspect/1`.
  """

  @doc "The frame's bytes; always succeeds."
  @spec encode(map) :: iodata
  def encode(frame), do: frame |> plain() |> :erlang.term_to_iovec()

  @doc "The request in `bytes`, or what is wrong with it."
  @spec decode(binary) :: {:ok, %{id: term, op: String.t(), args: map}} | {:error, id :: term, String.t()}
  def decode(bytes) do
    bytes |> :erlang.binary_to_term([:safe]) |> request()
  rescue
    ArgumentError -> {:error, nil, "a frame of #{byte_size(bytes)} bytes is no external term"}
  end

  defp request(%{"id" => id, "op" => op} = frame) when is_integer(id) and is_binary(op) do
    case Map.get(frame, "args", %{}) do
      args when is_map(args) -> {:ok, %{id: id, op: op, args: args}}
      other -> {:error, id, "args is no map: #{inspect(other)}"}
    end
  end

  defp request(%{"id" => id}), do: {:error, id, "a request needs an integer id and a string op"}
  defp request(_), do: {:error, nil, "a request is a map with id, op and args"}

  @doc "`term` with only the values that a frame may hold."
  @spec plain(term) :: term
  def plain(text) when is_binary(text), do: if(String.valid?(text), do: text, else: inspect(text))
  def plain(number) when is_number(number), do: number
  def plain(atom) when atom in [true, false, nil], do: atom
  def plain(atom) when is_atom(atom), do: Atom.to_string(atom)
  def plain([]), do: []

  def plain(list) when is_list(list),
    do: if(List.improper?(list), do: inspect(list), else: Enum.map(list, &plain/1))

  def plain(tuple) when is_tuple(tuple), do: tuple |> Tuple.to_list() |> plain()
  def plain(%_{} = struct), do: inspect(struct)
  def plain(map) when is_map(map), do: Map.new(map, fn {key, value} -> {key(key), plain(value)} end)
  def plain(other), do: inspect(other)

  defp key(key) when is_binary(key), do: plain(key)
  defp key(key) when is_atom(key), do: Atom.to_string(key)
  defp key(key), do: inspect(key)
end
