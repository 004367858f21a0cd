"""Writing a text file whole or not at all.

The text goes to a file beside the target, which is renamed over it; a crash, a full disk or `kill -9`
leaves the target as it was. Mode bits of a file that exists are kept, symlinks are followed; ownership and
extended attributes are not kept.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from testgen.errors import WriteFailed

_NEW_FILE_MODE = 0o644


def write_text(path: Path, text: str) -> None:
    """Writes `text` as UTF-8, line ends as they are. Raises WriteFailed with the target unchanged."""
    target = Path(os.path.realpath(path))
    try:
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}-")
        try:
            _fill(descriptor, text)
            Path(name).chmod(target.stat().st_mode & 0o7777 if target.exists() else _NEW_FILE_MODE)
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise WriteFailed(
            f"{path} could not be written: {error.strerror or error}.",
            f"Make {target.parent} writable and see that its disk has room, or name another file.",
        ) from error


def _fill(descriptor: int, text: str) -> None:
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
