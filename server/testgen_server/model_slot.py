"""The place of the language model: which there are, which is chosen, and the engine that runs it.

Models are files in a folder: `NAME.gguf`, with adapters beside it as `NAME.ADAPTER.lora.gguf`. Choosing one
loads it in a thread of its own; jobs go on with the one before, or without any, until it is ready. A job
keeps the engine that it began with; an engine is closed when it was replaced and its last job has ended.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import platformdirs

from testgen.atomic_write import write_text
from testgen.engines import Engine
from testgen.errors import PathUnusable, TestgenError
from testgen.wire import Model, Models

log = logging.getLogger("testgen.server")
Opener = Callable[[Path, Path | None], Engine]


def models_folder() -> Path:
    """Where a user's models are; `TESTGEN_MODELS_DIR` overrides it."""
    override = os.environ.get("TESTGEN_MODELS_DIR")
    return Path(override) if override else Path(platformdirs.user_data_dir("testgen")) / "models"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chosen:
    model: str | None = None
    adapter: str | None = None


class ModelSlot:
    """At most one engine, and the list of what it could be."""

    def __init__(self, folder: Path, open_engine: Opener) -> None:
        self.folder = folder
        self._open_engine = open_engine
        self._lock = threading.Lock()
        self._chosen = _remembered(folder)
        self._engine: Engine | None = None
        self._loaded: tuple[_Chosen, str] | None = None
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
                models=tuple(_found(self.folder)),
                chosen=self._chosen.model,
                adapter=self._chosen.adapter,
                state=self._state,
                problem=self._problem,
                loads=self._loads,
            )

    def choose(self, model: str | None, adapter: str | None) -> None:
        """Which model proposes from now on. Raises PathUnusable where there is no such model or adapter."""
        if model is not None:
            found = next((each for each in _found(self.folder) if each.id == model), None)
            if found is None:
                raise PathUnusable(f"There is no model {model} in {self.folder}.", "testgen model list")
            if adapter is not None and adapter not in found.adapters:
                known = ", ".join(found.adapters) or "none"
                raise PathUnusable(f"{model} has no adapter {adapter}; it has {known}.", "testgen model list")
        with self._lock:
            self._chosen = _Chosen(model=model, adapter=adapter if model else None)
        _remember(self.folder, self._chosen)
        self.refresh()

    def refresh(self) -> None:
        """Loads what is chosen where that is not what is loaded, or its files have changed."""
        with self._lock:
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

    def _opened(self, chosen: _Chosen) -> tuple[Engine | None, str]:
        if chosen.model is None:
            return None, ""
        adapter = _adapter_path(self.folder, chosen)
        try:
            engine = self._open_engine(self.folder / f"{chosen.model}.gguf", adapter)
        except (TestgenError, OSError, ValueError, RuntimeError) as error:
            log.warning("a model could not be loaded", extra={"model": chosen.model, "why": str(error)})
            return None, str(error)
        log.info("a model was loaded", extra={"model": chosen.model, "adapter": chosen.adapter})
        return engine, ""

    def close(self) -> None:
        """Lets go of the engine."""
        with self._lock:
            self._engine = None


def _found(folder: Path) -> list[Model]:
    if not folder.is_dir():
        return []
    adapters = sorted(path.name.removesuffix(".lora.gguf") for path in folder.glob("*.lora.gguf"))
    names = sorted(path for path in folder.glob("*.gguf") if not path.name.endswith(".lora.gguf"))
    return [_model(path, adapters) for path in names]


def _model(path: Path, adapters: list[str]) -> Model:
    name = path.name.removesuffix(".gguf")
    try:
        size, problem = path.stat().st_size, ""
    except OSError as error:
        size, problem = 0, error.strerror or str(error)
    own = tuple(each.removeprefix(f"{name}.") for each in adapters if each.startswith(f"{name}."))
    return Model(id=name, engine="llama_cpp", path=str(path), size_bytes=size, adapters=own, problem=problem)


def _adapter_path(folder: Path, chosen: _Chosen) -> Path | None:
    return folder / f"{chosen.model}.{chosen.adapter}.lora.gguf" if chosen.adapter else None


def _state_of(folder: Path, chosen: _Chosen) -> str:
    """Changes when a chosen file is replaced."""
    paths = [folder / f"{chosen.model}.gguf", _adapter_path(folder, chosen)] if chosen.model else []
    seen = []
    for path in filter(None, paths):
        try:
            status = path.stat()
            seen.append(f"{status.st_size} {status.st_mtime_ns} {status.st_ino}")
        except OSError:
            seen.append("missing")
    return "; ".join(seen)


def _remembered(folder: Path) -> _Chosen:
    try:
        return replace(_Chosen(), **json.loads((folder / "chosen.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return _Chosen()


def _remember(folder: Path, chosen: _Chosen) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_text(folder / "chosen.json", json.dumps({"model": chosen.model, "adapter": chosen.adapter}))
    except (OSError, TestgenError) as error:
        log.warning("the choice of model is not remembered", extra={"why": str(error)})
