"""Notices changed files by watchdog: of projects with a warm VM, and of models and adapters.

Being told is a matter of speed only: what is out of date is ended or loaded before the next job asks. That a
job never sees anything out of date is `freshness`'s, which looks when the job begins. So where the system
refuses to watch (too many folders), the daemon works as well, a little later.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver, ObservedWatch

from testgen_server.freshness import SKIPPED_FOLDERS

log = logging.getLogger("testgen.server")
_SETTLE_S = 0.3
_LOOKS = {"opened", "closed_no_write"}


class Watching:
    """Folders under watch, each with what is called when something in it has changed and come to rest."""

    def __init__(self) -> None:
        self._observer: BaseObserver = Observer()
        self._watches: dict[Path, list[ObservedWatch]] = {}
        self._lock = threading.Lock()
        self._observer.start()

    def add(self, root: Path, changed: Callable[[Path], None]) -> None:
        """Watches a folder, its build and its dependencies' sources left out. Does nothing where it is
        watched already.
        """
        with self._lock:
            if root in self._watches or not root.is_dir():
                return
            handler = _Handler(root, changed)
            self._watches[root] = list(
                filter(None, (self._schedule(handler, *each) for each in _parts(root)))
            )

    def _schedule(self, handler: FileSystemEventHandler, path: Path, recursive: bool) -> ObservedWatch | None:
        try:
            return self._observer.schedule(handler, str(path), recursive=recursive)
        except OSError as error:
            log.warning("a folder is not watched", extra={"path": str(path), "why": str(error)})
            return None

    def keep_only(self, roots: set[Path]) -> None:
        """Ends the watch over other folders."""
        with self._lock:
            for root in set(self._watches) - roots:
                for watch in self._watches.pop(root):
                    self._observer.unschedule(watch)

    @property
    def roots(self) -> set[Path]:
        """Folders under watch."""
        with self._lock:
            return set(self._watches)

    def close(self) -> None:
        """Ends all watches."""
        self._observer.stop()
        self._observer.join(2.0)


def _parts(root: Path) -> list[tuple[Path, bool]]:
    """A project's own folder, and those below it whose files matter, each with all below them."""
    below = [
        path
        for path in sorted(root.iterdir())
        if path.is_dir() and not path.is_symlink() and path.name not in SKIPPED_FOLDERS
    ]
    return [(root, False), *((path, True) for path in below)]


class _Handler(FileSystemEventHandler):
    """Calls once for a burst of changes, when it is over."""

    def __init__(self, root: Path, changed: Callable[[Path], None]) -> None:
        self._root = root
        self._changed = changed
        self._timer: threading.Timer | None = None
        self._lock = threading.Lock()

    def on_any_event(self, event: FileSystemEvent) -> None:
        listing = event.is_directory and event.event_type == "modified"  # the file in it is told of, too
        if listing or event.event_type in _LOOKS or str(event.src_path).endswith("_test.exs"):
            return
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = threading.Timer(_SETTLE_S, self._changed, (self._root,))
            self._timer.daemon = True
            self._timer.start()
