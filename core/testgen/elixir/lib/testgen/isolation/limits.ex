defmodule Testgen.Isolation.Limits do
  @moduledoc """
  What one isolated run may use up.

    * `:timeout_ms`: wall time for a run that waits. A run that still works when it has passed goes on, until it has
      used its reductions or `:hard_timeout_ms`: so a busy machine does not turn a slow test into a timeout.
    * `:hard_timeout_ms`: wall time after which a run is ended whatever it does; ten times the former if not given.
    * `:max_reductions`: work the whole VM may do meanwhile, the run's children included; reductions do not vary with
      the machine's load. `:infinity` for no limit.
    * `:max_heap_bytes`: heap of the run's own process. Children get the VM's default, see `Testgen.Agent`.
    * `:max_binary_bytes`: growth of all off-heap binaries in the VM.
    * `:capture_io`: whether what is printed is kept (`stats.output`) rather than sent to the VM's output.
    * `:max_output_bytes`: how much of it is kept; the rest is dropped.

  Looked at from outside every few milliseconds: what a single built-in function allocates or computes in one go is
  seen only afterwards. The sandbox around the VM limits that.
  """

  @megabyte 1024 * 1024

  defstruct timeout_ms: 1_000,
            hard_timeout_ms: nil,
            max_reductions: :infinity,
            max_heap_bytes: 256 * @megabyte,
            max_binary_bytes: 256 * @megabyte,
            capture_io: true,
            max_output_bytes: 65_536

  @type t :: %__MODULE__{
          timeout_ms: pos_integer,
          hard_timeout_ms: pos_integer,
          max_reductions: pos_integer | :infinity,
          max_heap_bytes: pos_integer,
          max_binary_bytes: pos_integer,
          capture_io: boolean,
          max_output_bytes: non_neg_integer
        }

  @doc "Limits from a keyword list or a map; unknown keys raise `KeyError`."
  @spec new(t | keyword | map) :: t
  def new(%__MODULE__{hard_timeout_ms: nil} = limits), do: %{limits | hard_timeout_ms: limits.timeout_ms * 10}
  def new(%__MODULE__{} = limits), do: limits
  def new(fields), do: new(struct!(__MODULE__, fields))

  @doc "The `:max_heap_size` option of a process under these limits; shared binaries count where OTP can (27 and newer)."
  @spec heap_option(t) :: {:max_heap_size, map}
  def heap_option(%__MODULE__{max_heap_bytes: bytes}) do
    {:max_heap_size, heap_limit(div(bytes, :erlang.system_info(:wordsize)))}
  end

  if System.otp_release() |> String.to_integer() >= 27 do
    defp heap_limit(words), do: %{size: words, kill: true, error_logger: false, include_shared_binaries: true}
  else
    defp heap_limit(words), do: %{size: words, kill: true, error_logger: false}
  end
end
