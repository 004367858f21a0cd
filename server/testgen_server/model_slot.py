"""The place of the language model: which there are, which is chosen, and the engine that runs it.

`testgen.engines.installed` finds the models and keeps the choice. Choosing one loads it in a thread of its
own; jobs go on with the one before, or without any, until it is ready. A job keeps the engine that it began
with; an engine is closed when it was replaced and its last job has ended.
"""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Callable
from pathlib import Path

from testgen.engines import Engine, installed
from testgen.engines.installed import Choice, Installed
from testgen.errors import TestgenError
from testgen.wire import Model, Models

log = logging.getLogger("testgen.server")
Opener = Callable[[Installed, str | None], Engine]


class ModelSlot:
    """At most one engine, and the list of what it could be."""

    def __init__(self, folder: Path, open_engine: Opener) -> None:
        self.folder = folder
        self._open_engine = open_engine
        self._lock = threading.Lock()
        self._chosen = installed.chosen(folder)
        self._engine: Engine | None = None
        self._loaded: tuple[Choice, str] | None = None
        """What the engine was opened with, and the state of its files then."""
        self._state, self._problem, self._loads = "off", "", 0
        self._loader: threading.Thread | None = None
        if self._chosen.model is not None:
            self.refresh()

    def engine(self) -> Engine | None:
        """The engine for a job that begins now; None: no model proposes."""
        with self._lock:
            return self._engine

    def report(self) -> Models:
        """The models there are, and the one in use."""
        with self._lock:
            return Models(
                models=tuple(map(_listed, installed.installed(self.folder))),
                chosen=self._chosen.model,
                adapter=self._chosen.adapter,
                state=self._state,
                problem=self._problem,
                loads=self._loads,
            )

    def choose(self, model: str | None, adapter: str | None) -> None:
        """Which model proposes from now on. Raises ModelUnusable where there is no such model or adapter."""
        installed.choose(Choice(model=model, adapter=adapter if model else None), self.folder)
        self.refresh()

    def refresh(self) -> None:
        """Loads what is chosen where that is not what is loaded, or its files have changed."""
        with self._lock:
            self._chosen = installed.chosen(self.folder)
            if self._loader is not None:
                return  # it looks again when it is done
            self._loader = threading.Thread(target=self._load, name="model", daemon=True)
            self._loader.start()

    def wait(self, timeout_s: float) -> None:
        """Until nothing is being loaded."""
        loader = self._loader
        if loader is not None:
            loader.join(timeout_s)

    def _load(self) -> None:
        while True:
            with self._lock:
                wanted = (self._chosen, _state_of(self.folder, self._chosen))
                if wanted == self._loaded:
                    self._loader = None
                    return
                self._state = "loading"
            engine, problem = self._opened(wanted[0])
            with self._lock:
                self._engine, self._problem, self._loaded = engine, problem, wanted
                self._state = "failed" if problem else "ready" if engine else "off"
                self._loads += engine is not None
            del engine
            gc.collect()  # the replaced engine's memory, unless a job still has it

    def _opened(self, chosen: Choice) -> tuple[Engine | None, str]:
        if chosen.model is None:
            return None, ""
        try:
            engine = self._open_engine(installed.named(chosen.model, self.folder), chosen.adapter)
        except (TestgenError, OSError, ValueError, RuntimeError) as error:
            log.warning("a model could not be loaded", extra={"model": chosen.model, "why": str(error)})
            return None, str(error)
        log.info("a model was loaded", extra={"model": chosen.model, "adapter": chosen.adapter})
        return engine, ""

    def close(self) -> None:
        """Lets go of the engine."""
        with self._lock:
            self._engine = None


def _listed(model: Installed) -> Model:
    return Model(
        id=model.name,
        engine=model.engine,
        path=str(model.path),
        size_bytes=model.size_bytes,
        adapters=model.adapters,
        problem=model.problem,
    )


def _state_of(folder: Path, chosen: Choice) -> str:
    """Changes when a chosen file is replaced."""
    seen = []
    for path in installed.files_of(chosen, folder):
        try:
            status = path.stat()
            seen.append(f"{status.st_size} {status.st_mtime_ns} {status.st_ino}")
        except OSError:
            seen.append("missing")
    return "; ".join(seen)
