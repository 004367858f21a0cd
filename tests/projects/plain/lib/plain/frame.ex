# Shows: binary patterns with sizes, endianness and a checksum.
defmodule Plain.Frame do
  @moduledoc """
  Frames of a weather station on a serial line: a start byte, the sensor's number, a kind, a signed
  reading in tenths, a checksum.
  """

  @start 0xA5

  @type kind :: :temperature | :humidity
  @type reading :: %{sensor: 0..255, kind: kind(), tenths: integer()}

  @doc "A reading as bytes."
  @spec encode(reading()) :: binary()
  def encode(%{sensor: sensor, kind: kind, tenths: tenths}) do
    body = <<sensor, kind_code(kind), tenths::signed-little-16>>
    <<@start, body::binary, checksum(body)>>
  end

  @doc "Takes the first frame from a stream of bytes, skipping noise before it."
  @spec decode(binary()) ::
          {:ok, reading(), rest :: binary()} | {:error, :checksum | :kind, binary()} | :incomplete
  def decode(<<@start, body::binary-size(4), sum, rest::binary>>) do
    if checksum(body) == sum, do: decode_body(body, rest), else: {:error, :checksum, rest}
  end

  def decode(<<@start, _::binary>>), do: :incomplete
  def decode(<<_noise, rest::binary>>), do: decode(rest)
  def decode(<<>>), do: :incomplete

  @doc "The sum of all bytes, modulo 256."
  @spec checksum(binary()) :: 0..255
  def checksum(bytes), do: for(<<byte <- bytes>>, reduce: 0, do: (sum -> rem(sum + byte, 256)))

  defp decode_body(<<sensor, code, tenths::signed-little-16>>, rest) do
    case code do
      1 -> {:ok, %{sensor: sensor, kind: :temperature, tenths: tenths}, rest}
      2 -> {:ok, %{sensor: sensor, kind: :humidity, tenths: tenths}, rest}
      _ -> {:error, :kind, rest}
    end
  end

  defp kind_code(:temperature), do: 1
  defp kind_code(:humidity), do: 2
end
