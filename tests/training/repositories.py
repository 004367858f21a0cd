"""Small git repositories for tests of the corpus, made by git itself."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

MIT = """MIT License

Copyright (c) 2024 Somebody

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"""
CART = '''defmodule Shop.Cart do
  @moduledoc "A cart."
  use GenServer

  @limit 10

  @doc """
  Adds an item.

      iex> Shop.Cart.add(Shop.Cart.new(), "tea")
      ["tea"]
  """
  @spec add(list, String.t()) :: list
  def add(cart, item, times \\\\ 1)
  def add(cart, item, 1), do: [check(item) | cart]
  def add(cart, item, times) when times > 1, do: add([item | cart], item, times - 1)

  def new, do: []

  @doc false
  def count(cart) do
    length(cart)
  end

  defp check(item) when byte_size(item) < @limit, do: item
end
'''
CART_TEST = """defmodule Shop.CartTest do
  use ExUnit.Case, async: true

  alias Shop.Cart
  doctest Cart

  describe "add/3" do
    test "puts an item first" do
      cart = Cart.new()
      assert Cart.add(cart, "tea") == ["tea"]
      assert Cart.add(["milk"], "tea", 2) == ["tea", "tea", "milk"]
    end
  end

  test "counts what was piped into it" do
    assert {:ok, 2} = {:ok, ["a", "b"] |> Cart.count()}
  end
end
"""


def commit(folder: Path, files: Mapping[str, str | bytes], *, day: str = "2026-01-01") -> str:
    """Makes the folder a repository whose one commit, of the given day, holds the files; returns its hash."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    when = {"GIT_AUTHOR_DATE": f"{day}T12:00:00Z", "GIT_COMMITTER_DATE": f"{day}T12:00:00Z"}
    who = dict.fromkeys(("GIT_AUTHOR_NAME", "GIT_COMMITTER_NAME"), "somebody")
    mail = dict.fromkeys(("GIT_AUTHOR_EMAIL", "GIT_COMMITTER_EMAIL"), "somebody@example.org")
    for command in (["init", "-q"], ["add", "-A", "-f"], ["commit", "-q", "-m", "one"]):
        subprocess.run(
            ["git", "-C", str(folder), "-c", "commit.gpgsign=false", *command],
            check=True,
            env={"PATH": "/usr/bin:/bin", **when, **who, **mail},
        )
    done = subprocess.run(
        ["git", "-C", str(folder), "rev-parse", "HEAD"], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def shop(folder: Path, *, day: str = "2026-01-01") -> str:
    """A repository with one module, its tests, and a licence."""
    return commit(
        folder,
        {"LICENSE": MIT, "lib/shop/cart.ex": CART, "test/shop/cart_test.exs": CART_TEST, "mix.exs": ""},
        day=day,
    )
