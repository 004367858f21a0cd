"""What must be one token whatever the corpus holds: Elixir's own signs and words, and those of its tests.

Each becomes one by being frequent: the trainer sees it so often, alone and after a space, that it is merged.
"""

from __future__ import annotations

OPERATORS = (
    "|>", "->", "<-", "=>", "==", "!=", "===", "!==", "=~", "<=", ">=", "&&", "||", "++", "--", "<>",
    "::", "\\\\", "..", "//", "+++", "---", "&&&", "|||", "<<<", ">>>", "~>>", "<<~", "~>", "<~", "<~>",
    "**", "<<", ">>", "%{", "#{", "...", "<%=", "<%", "%>", '"""',
)  # fmt: skip
CAPTURES = ("&1", "&2", "&3", "&4")
ATOMS = (
    ":ok", ":error", ":noreply", ":reply", ":stop", ":ignore", ":via", ":global", ":infinity", ":normal",
    ":timeout", ":not_found", ":info", ":warn", ":warning", ":debug", ":string", ":integer", ":float",
    ":boolean", ":map", ":name", ":id", ":type", ":key", ":value", ":asc", ":desc", ":get", ":post",
    ":put", ":delete", ":binary", ":ets", ":erlang", ":crypto", ":math", ":rand", ":timer", ":atom",
    ":list", ":utc_datetime", ":naive_datetime",
)  # fmt: skip
ATTRIBUTES = (
    "@doc", "@moduledoc", "@spec", "@type", "@typep", "@opaque", "@callback", "@behaviour", "@impl",
    "@tag", "@moduletag", "@describetag", "@enforce_keys", "@derive", "@typedoc", "@deprecated",
    "@external_resource", "@before_compile",
)  # fmt: skip
SIGILS = ("~s", "~S", "~w", "~W", "~r", "~R", "~c", "~C", "~D", "~T", "~N", "~U", "~H", "~p", "~x")
KEYWORDS = (
    "def", "defp", "defmodule", "defmacro", "defmacrop", "defstruct", "defprotocol", "defimpl",
    "defdelegate", "defguard", "defguardp", "defexception", "do", "end", "fn", "case", "cond", "if",
    "else", "unless", "with", "for", "when", "and", "or", "not", "in", "true", "false", "nil", "raise",
    "rescue", "catch", "after", "try", "receive", "send", "import", "alias", "require", "use", "quote",
    "unquote", "super", "self", "spawn", "do:", "else:", "when", "__MODULE__",
)  # fmt: skip
TEST_WORDS = (
    "test", "describe", "setup", "setup_all", "assert", "refute", "assert_raise", "assert_receive",
    "assert_received", "refute_receive", "refute_received", "assert_in_delta", "doctest", "property",
    "check", "all", "capture_io", "capture_log", "start_supervised!", "start_supervised", "on_exit",
    "async", "ExUnit", "Case", "ExUnitProperties", "StreamData", "live", "render", "render_click",
    "render_submit", "render_change", "element", "form", "has_element?", "live_isolated", "conn",
    "describe", "tmp_dir", "context",
)  # fmt: skip
HEEX = (
    "phx-click", "phx-submit", "phx-change", "phx-value-id", "phx-target", "phx-blur", "phx-keydown",
    "phx-hook", "phx-update", "phx-debounce", "class", ":if", ":for", ":let", "assigns",
)  # fmt: skip

WHOLES: tuple[str, ...] = tuple(
    dict.fromkeys((*OPERATORS, *CAPTURES, *ATOMS, *ATTRIBUTES, *SIGILS, *KEYWORDS, *TEST_WORDS, *HEEX))
)
"""All of them, each once."""
