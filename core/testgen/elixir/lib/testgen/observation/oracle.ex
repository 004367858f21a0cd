defmodule Testgen.Observation.Oracle do
  @moduledoc """
  What a candidate's outcome has to be, decided from its runs, and the question whether another outcome is so
  too.

  `holds?/2` answers as the assertion that `Testgen.Observation.Assertion` writes would: what `==` lets pass
  passes, what only has to be truthy may be any truthy value. Only what is written is asked for.
  """

  alias Testgen.Observation.{Message, Outcome, Shape, ValueSource}

  # Longer source than this is written as a pattern of its beginning.
  @long_source 600

  # A struct with more source than this is written as a pattern of the fields that are not default.
  @long_struct 240

  @type result :: {:equal, term()} | {:boolean, boolean()} | {:shape, Shape.t()}
  @type t ::
          {:value, result()}
          | {:raise, module(), Message.t()}
          | {:throw, result()}
          | {:exit, result()}
          | {:io, result() | nil, result()}
          | {:errors, {:equal | :contains, String.t()}}
          | {:log, String.t()}
          | {:receive, result() | nil, [result()]}

  @doc """
  The oracle that all `outcomes` (at least two) agree on, or why there is none.

  `keep?` tells whether a leaf of the value may be pinned though the run looked at the clock.
  """
  @spec decide([Outcome.t(), ...], (term() -> boolean())) :: {:ok, t()} | {:unstable, String.t()}
  def decide([first | _] = outcomes, keep? \\ fn _ -> true end) do
    kinds = outcomes |> Enum.map(&elem(&1.result, 0)) |> Enum.uniq()

    case kinds do
      [:value] -> with {:ok, result} <- outcomes |> payloads() |> result(keep?), do: effects(outcomes, result)
      [:raise] -> raised(outcomes)
      [kind] -> with {:ok, result} <- outcomes |> payloads() |> result(keep?), do: {:ok, {kind, result}}
      _ -> {:unstable, "its runs end differently: #{Outcome.describe(first)}, then otherwise"}
    end
  end

  @doc "The oracle of `assert call` and `refute call`, as people ask predicates: any truthy value will do."
  @spec relaxed(t()) :: t()
  def relaxed({:value, {:equal, boolean}}) when is_boolean(boolean), do: {:value, {:boolean, boolean}}
  def relaxed(oracle), do: oracle

  @doc "Whether `outcome` satisfies the oracle's assertion."
  @spec holds?(t(), Outcome.t()) :: boolean()
  def holds?({:value, expected}, %{result: {:value, value}}), do: result?(expected, value)

  def holds?({:raise, module, message}, %{result: {:raise, %module{} = error, _}}),
    do: Message.fits?(message, error)

  def holds?({kind, expected}, %{result: {kind, value}}) when kind in [:throw, :exit],
    do: result?(expected, value)

  def holds?({:io, expected, output}, %{result: {:value, value}} = outcome),
    do: result?(expected, value) and result?(output, outcome.output)

  def holds?({:errors, {:equal, text}}, %{result: {:value, _}} = outcome), do: outcome.errors == text

  def holds?({:errors, {:contains, text}}, %{result: {:value, _}} = outcome),
    do: String.contains?(outcome.errors, text)

  def holds?({:log, text}, %{result: {:value, _}} = outcome),
    do: Enum.any?(outcome.logs, &String.contains?(&1, text))

  def holds?({:receive, expected, messages}, %{result: {:value, value}} = outcome),
    do:
      result?(expected, value) and
        Enum.all?(messages, fn message -> Enum.any?(outcome.messages, &result?(message, &1)) end)

  def holds?(_, _), do: false

  @doc "Whether the outcomes say so little that standard error is worth a look."
  @spec quiet?([Outcome.t()]) :: boolean()
  def quiet?(outcomes) do
    Enum.all?(outcomes, fn outcome ->
      match?({:value, value} when value in [:ok, nil], outcome.result) and not outcome.asked and
        outcome.output == "" and
        outcome.messages == [] and outcome.logs == []
    end)
  end

  @doc "The oracle's name in an observation."
  @spec name(t()) :: String.t()
  def name({:value, {:equal, boolean}}) when is_boolean(boolean), do: "boolean"
  def name({:value, {:equal, _}}), do: "equal"
  def name({:value, {:boolean, _}}), do: "boolean"
  def name({:value, {:shape, {:delta, _, _}}}), do: "delta"
  def name({:value, {:shape, _}}), do: "pattern"
  def name({:errors, _}), do: "io"
  def name(oracle), do: oracle |> elem(0) |> Atom.to_string()

  @doc "Whether deciding `holds?/2` needs no more than the call's result."
  @spec light?(t()) :: boolean()
  def light?(oracle), do: elem(oracle, 0) in [:value, :raise, :throw, :exit]

  defp payloads(outcomes), do: Enum.map(outcomes, &elem(&1.result, 1))

  defp result?(nil, _), do: true
  defp result?({:equal, expected}, value), do: value == expected
  defp result?({:boolean, true}, value), do: value not in [nil, false]
  defp result?({:boolean, false}, value), do: value in [nil, false]
  defp result?({:shape, shape}, value), do: Shape.fits?(shape, value)

  defp result([value | _] = values, keep?) do
    case Shape.of(values, keep?) do
      {:value, constant} ->
        {:ok, constant(constant)}

      :any ->
        {:unstable, "its value differs from run to run: #{inspect(value, limit: 5, printable_limit: 60)}"}

      shape ->
        {:ok, {:shape, shape}}
    end
  end

  defp constant(value) do
    {:ok, source} = ValueSource.source(value)

    cond do
      byte_size(source) > @long_source -> {:shape, Shape.abbreviated(value)}
      has_struct?(value) and byte_size(source) > @long_struct -> {:shape, Shape.open(value)}
      true -> {:equal, value}
    end
  end

  defp has_struct?(%MapSet{}), do: false
  defp has_struct?(%_{}), do: true
  defp has_struct?({:ok, value}), do: has_struct?(value)
  defp has_struct?(_), do: false

  defp effects(outcomes, result) do
    cond do
      Enum.any?(outcomes, &(&1.output != "" or &1.asked)) -> printed(outcomes, result)
      Enum.all?(outcomes, &(&1.errors != "")) -> complained(outcomes)
      Enum.all?(outcomes, &(&1.messages != [])) -> received(outcomes, result)
      plain?(result) and Enum.all?(outcomes, &(&1.logs != [])) -> logged(outcomes, result)
      true -> {:ok, {:value, result}}
    end
  end

  # People write capture_io around what answers :ok, and look at both where it answers more.
  defp printed(outcomes, result) do
    with {:ok, output} <- outcomes |> Enum.map(& &1.output) |> result(fn _ -> true end) do
      {:ok, {:io, if(plain?(result), do: nil, else: result), output}}
    end
  end

  # What is written to standard error ends in a warning's place in the code, or comes among other warnings.
  defp complained(outcomes) do
    with {:ok, {:equal, errors}} <- outcomes |> Enum.map(& &1.errors) |> result(fn _ -> true end),
         [line | _] <- errors |> String.split("\n") |> Enum.filter(&(String.trim(&1) != "")) do
      {:ok, {:errors, if(errors == line <> "\n", do: {:equal, errors}, else: {:contains, line})}}
    else
      _ -> {:unstable, "what it writes to standard error differs from run to run"}
    end
  end

  defp plain?(result), do: result in [{:equal, :ok}, {:equal, nil}]

  defp received(outcomes, result) do
    counts = outcomes |> Enum.map(&length(&1.messages)) |> Enum.uniq()

    messages =
      outcomes
      |> Enum.map(&Enum.take(&1.messages, 3))
      |> Enum.zip_with(&result(&1, fn _ -> true end))

    shapes = for {:ok, message} <- messages, do: message

    if length(counts) == 1 and shapes != [],
      do: {:ok, {:receive, result, shapes}},
      else: {:ok, {:value, result}}
  end

  defp logged([first | rest], result) do
    shared = Enum.find(first.logs, fn text -> Enum.all?(rest, &(text in &1.logs)) end)
    if shared, do: {:ok, {:log, shared}}, else: {:ok, {:value, result}}
  end

  defp raised([%{result: {:raise, %module{}, _}} | rest] = outcomes) do
    if Enum.all?(rest, &match?(%{result: {:raise, %^module{}, _}}, &1)),
      do: {:ok, {:raise, module, outcomes |> Enum.map(& &1.result) |> Message.of()}},
      else: {:unstable, "its runs raise different exceptions"}
  end
end
