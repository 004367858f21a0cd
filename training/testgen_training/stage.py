"""What every stage of the pipeline leaves beside its output, and how it knows that it is done.

`config.json` is the resolved configuration, written first; `metrics.jsonl` grows line by line;
`manifest.json` comes last and atomically: where it stands, the stage is complete. A stage that was killed
has no manifest and goes on from what it finds.
"""

from __future__ import annotations

import hashlib
import json
import platform
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from testgen import atomic_write
from testgen.errors import WriteFailed
from testgen_training.errors import ConfigInvalid

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

CONFIG, METRICS, MANIFEST = "config.json", "metrics.jsonl", "manifest.json"


def open_output(folder: Path, config: DataclassInstance, *, may_differ: frozenset[str] = frozenset()) -> None:
    """Makes the folder and writes the resolved configuration.

    Raises ConfigInvalid where the folder holds the output of another configuration: continuing it would mix
    the two. `may_differ` names keys that do not change what comes out, such as a number of workers.
    """
    resolved = json.loads(json.dumps(asdict(config), default=str))
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WriteFailed(f"{folder} cannot be made: {error.strerror}.", "Name another folder.") from error
    path = folder / CONFIG
    if path.exists():
        before = json.loads(path.read_text(encoding="utf-8"))
        keys = (before.keys() | resolved.keys()) - may_differ
        differing = sorted(key for key in keys if before.get(key) != resolved.get(key))
        if differing:
            raise ConfigInvalid(
                f"{folder} was begun with another configuration; {', '.join(differing)} differ.",
                f"Name another output folder, or remove {folder}.",
            )
    atomic_write.write_text(path, json.dumps(resolved, indent=2) + "\n")


def log_metrics(folder: Path, **values: Any) -> None:
    """Adds a line to the stage's metrics, with the time in seconds since the epoch."""
    with (folder / METRICS).open("a", encoding="utf-8") as file:
        file.write(json.dumps({"time_s": round(time.time(), 3), **values}) + "\n")


def read_metrics(folder: Path) -> list[dict[str, Any]]:
    """The lines written so far; a last line cut off by a crash is left out."""
    path = folder / METRICS
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    found = []
    for line in lines:
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found


def finish(folder: Path, files: Iterable[str], about: Mapping[str, Any]) -> None:
    """Writes the manifest: files with size and checksum, versions, and what the stage says of itself."""
    listed = {name: describe(folder / name) for name in files}
    manifest = {"versions": versions(), "files": listed, **about}
    atomic_write.write_text(folder / MANIFEST, json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")


def manifest_of(folder: Path) -> dict[str, Any] | None:
    """The manifest of a complete stage; None where the stage is not complete."""
    path = folder / MANIFEST
    if not path.exists():
        return None
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def describe(path: Path) -> dict[str, Any]:
    """Size in bytes and SHA-256 of a file."""
    checksum = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            checksum.update(block)
    return {"bytes": path.stat().st_size, "sha256": checksum.hexdigest()}


def versions() -> dict[str, str]:
    """What the output depends on: Python and the libraries that take part."""
    names = ("testgen", "tree-sitter-elixir", "tokenizers", "transformers")
    return {"python": platform.python_version(), **{name: version(name) for name in names}}
