"""Lists every source file with the first sentence of what it says of itself, for docs/DESIGN.md.

A Python module says it in its docstring, an Elixir module in its first `@moduledoc`, a script in its first
comment. A file that says nothing is an error: it gets its sentence where it is read, not in a page beside it.
"""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).parents[1]
_PLACES = (
    "core/testgen",
    "server/testgen_server",
    "lsp",
    "training/testgen_training",
    "vscode-extension",
    "benchmarks",
    "scripts",
    ".ci",
)
_LEFT_OUT = re.compile(
    r"^core/testgen/elixir/(test/|mix\.exs|\.formatter\.exs)|/assets/|/uplot/|/media/|/doc/|"
    r"(^|/)(LICENSE|NOTICE|\.\w+)$|\.(json|typed|md|html|svg|png|txt)$"
)
_LINE_COMMENTS = {".ts": "//", ".mts": "//", ".js": "//", ".mjs": "//", ".lua": "--", ".vim": '"'}
_MODULEDOC = re.compile(r'@moduledoc\s+(?:~[sS])?(?:"""\n(.*?)"""|"((?:[^"\\]|\\.)*)")', re.DOTALL)
_SENTENCE = re.compile(r"(.+?[.?!])(?=\s|$)", re.DOTALL)
_CODE = re.compile(r"`[^`]*`")


def sources() -> list[str]:
    """Paths of the committed source files and those about to be, in order; empty files are none."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *_PLACES],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    names = sorted(set(listed.stdout.splitlines()), key=lambda name: (str(Path(name).parent), name))
    return [name for name in names if not _LEFT_OUT.search(name) and _holds_something(ROOT / name)]


def _holds_something(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


def sentence(path: Path) -> str:
    """The first sentence of what a file says it is for. Raises ValueError where it says nothing."""
    text = path.read_text(encoding="utf-8")
    readers = {".py": _docstring, ".ex": _moduledoc, ".exs": _exs, ".css": _block_comment}
    mark = _LINE_COMMENTS.get(path.suffix, "#")
    said = readers[path.suffix](text) if path.suffix in readers else _comment(text, mark)
    one_line = re.sub(r"\s+", " ", said).strip()
    if not one_line:
        raise ValueError(f"{path.relative_to(ROOT)} does not say what it is for; begin it with a sentence")
    # A full stop inside code, such as `mix.exs`, ends no sentence.
    masked = _CODE.sub(lambda match: "x" * len(match.group()), one_line)
    found = _SENTENCE.match(masked)
    first = one_line[: found.end()] if found else one_line
    return first if first[-1] in ".?!" else f"{first.rstrip(':')}."


def _docstring(text: str) -> str:
    return ast.get_docstring(ast.parse(text)) or ""


def _moduledoc(text: str) -> str:
    found = _MODULEDOC.search(text)
    return (found.group(1) or found.group(2) or "") if found else ""


def _exs(text: str) -> str:
    return _moduledoc(text) or _comment(text)


def _block_comment(text: str) -> str:
    return text.partition("/*")[2].partition("*/")[0]


def _comment(text: str, mark: str = "#") -> str:
    lines = [line for line in text.splitlines() if not line.startswith("#!")]
    taken = []
    for line in lines:
        if not line.startswith(mark):
            break
        taken.append(line.lstrip(f"{mark} "))
    return " ".join(taken)


def listing() -> str:
    """All files as Markdown lists, a heading per folder."""
    return "\n".join(_sections())


def _sections() -> Iterator[str]:
    for folder, names in groupby(sources(), key=lambda name: str(Path(name).parent)):
        yield f"**{folder}**\n"
        yield from (f"- `{Path(name).name}`: {sentence(ROOT / name)}" for name in names)
        yield ""
