"""Makes the parts of the documentation that come from the product itself; run by `scripts/docs`.

docs/cli.md is the text of every `--help`, the list in docs/DESIGN.md what each file says of itself; the
README's table comes from benchmarks/results, its transcript from a run of scripts/demo. Nothing between a
page's markers is typed by hand.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from benchmarks import record
from scripts import files

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
DESIGN = ROOT / "docs" / "DESIGN.md"
CLI = ROOT / "docs" / "cli.md"
_COMMAND = re.compile(r"^  ([a-z][a-z-]*)(?:  .*)?$", re.MULTILINE)
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_PREFACE = """\
# The command line

Made from `--help` by `scripts/docs`; a test keeps it in step.
"""


def help_of(program: str, *command: str) -> str:
    """What `PROGRAM COMMAND --help` prints, at 100 columns."""
    done = subprocess.run(
        [Path(sys.executable).with_name(program), *command, "--help"],
        env={**os.environ, "COLUMNS": "100", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def commands(root_help: str) -> list[str]:
    """The names under `Commands:` in a group's help."""
    return _COMMAND.findall(root_help.partition("Commands:")[2])


def cli_page() -> str:
    """The whole of docs/cli.md."""
    return "\n".join([_PREFACE, *_sections("testgen"), *_sections("testgen-train")])


def _sections(program: str) -> list[str]:
    root = help_of(program)
    return [
        _section(program, root),
        *(_section(f"{program} {name}", help_of(program, name)) for name in commands(root)),
    ]


def _section(title: str, text: str) -> str:
    return f"## {title}\n\n```\n{text.strip()}\n```\n"


def between(text: str, marker: str) -> str:
    """What stands between `<!-- MARKER:begin -->` and `<!-- MARKER:end -->`."""
    _, _, rest = text.partition(f"<!-- {marker}:begin -->\n")
    inner, end, _ = rest.partition(f"<!-- {marker}:end -->")
    if not end:
        raise ValueError(f"the page has no part marked `{marker}`; put its two comments back")
    return inner


def replaced(text: str, marker: str, inner: str) -> str:
    """`text` with the marked part made `inner`."""
    old = f"<!-- {marker}:begin -->\n{between(text, marker)}<!-- {marker}:end -->"
    return text.replace(old, f"<!-- {marker}:begin -->\n{inner}<!-- {marker}:end -->")


def transcript() -> str:
    """Runs the demo; what it printed on stdout, as a code block."""
    done = subprocess.run(
        [ROOT / "scripts" / "demo"],
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "100"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return f"```\n{_ANSI.sub('', done.stdout).strip()}\n```\n"


def outdated() -> list[str]:
    """The parts that differ from what would be made now."""
    readme = README.read_text(encoding="utf-8")
    found = []
    if between(DESIGN.read_text(encoding="utf-8"), "files") != files.listing():
        found.append("docs/DESIGN.md, the list of files")
    if not CLI.exists() or CLI.read_text(encoding="utf-8") != cli_page():
        found.append("docs/cli.md")
    if between(readme, "numbers") != record.table(record.read_all()):
        found.append("README.md, the table of numbers")
    return found


def rewrite(*, run_demo: bool) -> None:
    """Writes docs/cli.md and the marked parts of the other pages."""
    DESIGN.write_text(
        replaced(DESIGN.read_text(encoding="utf-8"), "files", files.listing()), encoding="utf-8"
    )
    CLI.write_text(cli_page(), encoding="utf-8")
    readme = replaced(README.read_text(encoding="utf-8"), "numbers", record.table(record.read_all()))
    if run_demo:
        readme = replaced(readme, "transcript", transcript())
    README.write_text(readme, encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Returns 1 where `--check` found something out of date."""
    if unknown := set(arguments) - {"--check", "--transcript"}:
        print(f"docs: unknown option {unknown.pop()}; there are --check and --transcript", file=sys.stderr)
        return 2
    if "--check" not in arguments:
        rewrite(run_demo="--transcript" in arguments)
        return 0
    for part in outdated():
        print(f"docs: {part} is out of date; run scripts/docs", file=sys.stderr)
    return 1 if outdated() else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
