# Shows: a module with private functions and hidden ones only.
defmodule Odd.NothingTestable do
  @moduledoc false

  defstruct [:name]
end
