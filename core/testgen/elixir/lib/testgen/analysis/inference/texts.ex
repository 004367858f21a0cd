defmodule Testgen.Analysis.Inference.Texts do
  @moduledoc """
  What calls on a text say about what is in it: words looked for, separators it is split at, formats it is read
  as, regexes it is matched with.
  """

  alias Testgen.Analysis.Inference.{Binding, Place}

  import Binding, only: [claim: 3, kind: 3]

  @kept ~w(trim trim_leading trim_trailing downcase upcase capitalize replace replace_prefix replace_suffix
           replace_leading replace_trailing reverse slice normalize pad_leading pad_trailing)a
  @searching ~w(starts_with? ends_with? contains? replace replace_prefix replace_suffix replace_leading
                replace_trailing trim_leading trim_trailing split splitter)a

  @reading ~w(to_integer to_float to_atom to_existing_atom)a
  @formats %{
    {String, :to_integer} => "integer",
    {Integer, :parse} => "integer",
    {:erlang, :binary_to_integer} => "integer",
    {String, :to_float} => "float",
    {Float, :parse} => "float",
    {String, :to_atom} => "word",
    {String, :to_existing_atom} => "word",
    {Base, :decode16} => "hex",
    {Base, :decode16!} => "hex",
    {Base, :decode32} => "base32",
    {Base, :decode32!} => "base32",
    {Base, :decode64} => "base64",
    {Base, :decode64!} => "base64",
    {Base, :url_decode64} => "base64",
    {Base, :url_decode64!} => "base64",
    {URI, :decode} => "percent",
    {URI, :decode_www_form} => "percent",
    {URI, :decode_query} => "query",
    {URI, :query_decoder} => "query",
    {URI, :parse} => "url",
    {URI, :new} => "url",
    {URI, :new!} => "url",
    {Date, :from_iso8601} => "date",
    {Date, :from_iso8601!} => "date",
    {Time, :from_iso8601} => "time",
    {Time, :from_iso8601!} => "time",
    {NaiveDateTime, :from_iso8601} => "naive_datetime",
    {NaiveDateTime, :from_iso8601!} => "naive_datetime",
    {DateTime, :from_iso8601} => "datetime",
    {Version, :parse} => "version",
    {Version, :parse!} => "version",
    {Version, :compare} => "version",
    {Jason, :decode} => "json",
    {Jason, :decode!} => "json",
    {Poison, :decode} => "json",
    {Poison, :decode!} => "json",
    {Code, :string_to_quoted} => "elixir",
    {Code, :string_to_quoted!} => "elixir"
  }
  @paths ~w(read read! exists? regular? dir? stat stat! ls ls! stream! open open! write write! mkdir_p mkdir_p! rm rm!
            mkdir mkdir! rm_rf rm_rf! touch touch! cp cp! cp_r cp_r!)a

  @doc "What a call of `module.name` tells of its first argument, and the place of its value (nil: not known)."
  @spec call(module(), atom(), [Macro.t()], [Place.t()], Binding.state()) :: {Place.t(), Binding.state()}
  def call(String, name, [_ | args], [place | _], state) when name not in @reading do
    state = if name in @searching, do: searched(args, place, state), else: state
    found = result(name, args, place)
    {found, seen(state, found)}
  end

  def call(Regex, name, [regex | _], [_, text | _], state) do
    state = matched(regex, text, state)
    found = if name == :split, do: split(text, separator(regex))
    {found, seen(state, found)}
  end

  def call(File, name, _, [place | _], state) when name in @paths,
    do: {nil, claim(state, place, {:format, "path"})}

  def call(module, name, _, [place | _], state) do
    case @formats do
      %{{^module, ^name} => format} ->
        {read(name, Place.step(place, {:as, format})), claim(state, place, {:format, format})}

      _ ->
        {nil, state}
    end
  end

  def call(_, _, _, _, state), do: {nil, state}

  @doc "Notes that a text is matched with a regex, given as its source."
  @spec matched(Macro.t(), Place.t(), Binding.state()) :: Binding.state()
  def matched(regex, place, state) do
    case source(regex) do
      nil -> kind(state, place, "string")
      text -> claim(state, place, {:regex, text})
    end
  end

  defp source({:sigil_r, _, [{:<<>>, _, [text]}, modifiers]}) when is_binary(text),
    do: if(?i in modifiers, do: "(?i)" <> text, else: text)

  defp source({{:., _, [{:__aliases__, _, [:Regex]}, name]}, _, [text | _]})
       when name in [:compile, :compile!] and is_binary(text),
       do: text

  defp source(_), do: nil

  defp seen(state, place), do: claim(state, place, {:type, %{"t" => "any"}})

  # `Integer.parse/1` gives the number and the rest, `Date.from_iso8601/1` a tagged date, `String.to_integer/1`
  # the value.
  defp read(:parse, place), do: {:tuple_of, [place, nil]}

  defp read(name, place) when name in [:decode, :from_iso8601, :decode64, :decode16],
    do: {:tuple_of, [nil, place]}

  defp read(_, place), do: place

  defp result(name, _, place) when name in @kept, do: place
  defp result(:split, [], place), do: split(place, " ")

  defp result(name, [separator | _], place) when name in [:split, :splitter],
    do: split(place, separator(separator))

  defp result(name, _, place) when name in [:graphemes, :codepoints, :to_charlist], do: split(place, "")
  defp result(name, _, place) when name in [:at, :first, :last], do: place |> split("") |> Place.item()

  defp result(:split_at, _, place), do: {:tuple_of, [place, place]}
  defp result(_, _, _), do: nil

  defp split(_place, nil), do: nil
  defp split(place, separator), do: Place.step(place, {:split, separator})

  defp separator(text) when is_binary(text), do: text
  defp separator([text | _]) when is_binary(text), do: text

  defp separator(regex) do
    case source(regex) do
      nil -> nil
      text -> plain(text)
    end
  end

  # A text that the usual separating regexes match.
  defp plain(regex) do
    cond do
      regex =~ ~r/\A\\r\??\\n|\\R|\\n/ -> "\n"
      regex =~ ~r/\\s|\[ \\t\]/ -> " "
      regex =~ ~r/\A[^\\\[\](){}.*+?^$|]+\z/ -> regex
      found = Regex.run(~r/[,;:|\-\/=&]/, regex) -> hd(found)
      true -> nil
    end
  end

  defp searched([words | _], place, state) do
    words = if is_list(words), do: words, else: [words]
    Enum.reduce(words, state, &word(&1, place, &2))
  end

  defp searched([], _, state), do: state

  defp word(text, place, state) when is_binary(text), do: claim(state, place, {:word, text})
  defp word({:sigil_r, _, _} = regex, place, state), do: matched(regex, place, state)
  defp word(_, _, state), do: state
end
