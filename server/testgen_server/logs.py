"""The daemon's log: a line of JSON for each thing that happened, in a file that does not grow without end.

What requests hold (source, tests) is never logged.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import datetime, timezone
from logging.handlers import RotatingFileHandler
from pathlib import Path

_LARGEST_BYTES = 5 << 20
_OLD_FILES = 2
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """A record as one line: time, level, what happened, and the fields given with it."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        said = {
            "at": datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "what": record.getMessage(),
            **{name: value for name, value in vars(record).items() if name not in _STANDARD},
        }
        if record.exc_info:
            said["traceback"] = self.formatException(record.exc_info)
        return json.dumps(said, ensure_ascii=False, default=str)


def set_up(path: Path, *, quiet: bool) -> None:
    """Sends everything to the file, and to stderr for people unless `quiet`."""
    handlers: list[logging.Handler] = []
    try:
        file = RotatingFileHandler(path, maxBytes=_LARGEST_BYTES, backupCount=_OLD_FILES, encoding="utf-8")
        file.setFormatter(JsonLines())
        handlers.append(file)
    except OSError as error:
        print(f"{path} cannot be written, so nothing is logged: {error.strerror}", file=sys.stderr)
    if not quiet:
        handlers.append(logging.StreamHandler(sys.stderr))
    logging.basicConfig(level=logging.INFO, handlers=handlers, force=True)
    logging.raiseExceptions = False  # a full disk must not end up on stderr for every line
    for noisy in ("httpx", "watchdog", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
