defmodule Testgen.Denylist.Paths do
  @moduledoc """
  File access in a test: everything inside `tmp_dir`, reading of relative literal paths, nothing else.

  A path lies inside where its expression begins with `tmp_dir` (the variable, or `context.tmp_dir`), or with
  a variable that was bound to such an expression, and none of its literal parts climbs out with `..`.
  """

  alias Testgen.Denylist.Scope

  @reads ~w(read read! exists? regular? dir? stat stat! lstat lstat! ls ls! stream! open open!)a
  @writes ~w(write write! rm rm! rm_rf rm_rf! mkdir mkdir! mkdir_p mkdir_p! touch touch! rmdir rmdir!)a
  @moves ~w(cp cp! cp_r cp_r! rename rename! copy copy!)a

  @outside "writes or removes files outside the test's own folder (tmp_dir)"
  @reading "reads a file that is neither in tmp_dir nor named by a relative path"

  @doc "Why a call of `File` with these arguments is refused; nil where it is not."
  @spec reason(atom(), [Macro.t()], Scope.t()) :: String.t() | nil
  def reason(function, [path | _], scope) when function in @writes,
    do: unless(inside?(path, scope), do: @outside)

  def reason(function, [from, to | _], scope) when function in @moves,
    do: unless(inside?(to, scope) and (inside?(from, scope) or relative?(from)), do: @outside)

  def reason(function, [path | modes], scope) when function in [:open, :open!, :stream!] and modes != [],
    do: unless(inside?(path, scope) or (relative?(path) and not writing?(modes)), do: @outside)

  def reason(function, [path | _], scope) when function in @reads,
    do: unless(inside?(path, scope) or relative?(path), do: @reading)

  def reason(function, [], _) when function in @reads or function in @writes or function in @moves,
    do: @outside

  def reason(_, _, _), do: nil

  @doc "Whether an expression is a path inside the test's own folder."
  @spec inside?(Macro.t(), Scope.t()) :: boolean()
  def inside?({name, _, context}, scope) when is_atom(name) and is_atom(context),
    do: MapSet.member?(scope.own_paths, Atom.to_string(name))

  def inside?({{:., _, [_, :tmp_dir]}, _, []}, _), do: true
  def inside?({{:., _, [Access, :get]}, _, [_, :tmp_dir]}, _), do: true

  def inside?({{:., _, [_, :join]}, _, [[first | rest]]}, scope),
    do: inside?(first, scope) and Enum.all?(rest, &tame?/1)

  def inside?({{:., _, [_, :join]}, _, [first | rest]}, scope),
    do: inside?(first, scope) and Enum.all?(rest, &tame?/1)

  def inside?({:|>, _, [left, {call, meta, args}]}, scope) when is_list(args),
    do: inside?({call, meta, [left | args]}, scope)

  def inside?({:<>, _, [left, right]}, scope), do: inside?(left, scope) and tame?(right)

  def inside?({:<<>>, _, [{:"::", _, [{{:., _, [Kernel, :to_string]}, _, [first]}, _]} | rest]}, scope),
    do: inside?(first, scope) and Enum.all?(rest, &tame?/1)

  def inside?(_, _), do: false

  defp tame?(text) when is_binary(text), do: ".." not in Path.split(text)
  defp tame?({:"::", _, [inner, _]}), do: tame?(inner)
  defp tame?(_), do: true

  defp relative?(text) when is_binary(text),
    do: Path.type(text) == :relative and not String.starts_with?(text, "~") and ".." not in Path.split(text)

  defp relative?({:__ENV__, _, _}), do: true
  defp relative?(_), do: false

  defp writing?(modes),
    do: modes |> List.flatten() |> Enum.any?(&(&1 in [:write, :append, :exclusive] or not is_atom(&1)))
end
