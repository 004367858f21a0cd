# Shows: a mutation operator of a project's own.
defmodule Invoice.RoundingOperator do
  @moduledoc "Rounds the other way: `half_up` for `half_even` and back."

  @compile {:no_warn_undefined, Testgen.Mutation.Change}

  def id, do: "invoice.rounding"
  def group, do: "invoice"

  def describe do
    %{
      summary: "The other way of rounding.",
      examples: [{"Rounding.half_up(a, b)", "Rounding.half_even(a, b)"}],
      not: "Calls without the module's name."
    }
  end

  def mutations({{:., _, [{:__aliases__, _, alias}, name]}, _, [_, _]} = call, %{
        site: :expression
      })
      when name in [:half_up, :half_even] do
    other = %{half_up: :half_even, half_even: :half_up}[name]
    if List.last(alias) == :Rounding, do: [Testgen.Mutation.Change.rename(call, other)], else: []
  end

  def mutations(_node, _context), do: []
end
