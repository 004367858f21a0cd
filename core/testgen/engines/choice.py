"""Which models there are on this machine, which one is used, and the engine that opens it.

Models lie in folders: those that ship with the package, then the user's own (`TESTGEN_MODELS_DIR`, by
default in the user's data folder). A file `in_use` beside the user's models names the one that is used.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import platformdirs

from testgen import atomic_write
from testgen.engines.base import Engine
from testgen.engines.bundle import MANIFEST, Bundle
from testgen.errors import ModelUnusable

_SHIPPED = Path(__file__).parents[1] / "models"
_IN_USE = "in_use"


def models_dir() -> Path:
    """Where the user's own models lie."""
    given = os.environ.get("TESTGEN_MODELS_DIR")
    return Path(given) if given else Path(platformdirs.user_data_dir("testgen")) / "models"


def bundles() -> Iterator[Bundle]:
    """The bundles that can be read, shipped ones first; a name that comes twice is the user's."""
    found: dict[str, Bundle] = {}
    for folder in (_SHIPPED, models_dir()):
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            if (path / MANIFEST).exists():
                bundle = Bundle.open(path)
                found[bundle.name] = bundle
    yield from found.values()


def named(name: str) -> Bundle:
    """The bundle of a name, or in a folder. Raises ModelUnusable."""
    found = {each.name: each for each in bundles()}
    if name in found:
        return found[name]
    if Path(name).is_dir():
        return Bundle.open(Path(name))
    known = ", ".join(found) or "there are none"
    raise ModelUnusable(f"There is no model {name!r}.", f"Name one of these, or a bundle's folder: {known}.")


def in_use() -> str | None:
    """Name of the model that is used; None where none is."""
    path = models_dir() / _IN_USE
    return path.read_text(encoding="utf-8").strip() or None if path.exists() else None


def use(name: str | None) -> None:
    """Makes a model the one that is used, or none. Raises ModelUnusable where it cannot be opened."""
    if name is not None:
        named(name).verify()
    models_dir().mkdir(parents=True, exist_ok=True)
    atomic_write.write_text(models_dir() / _IN_USE, f"{name or ''}\n")


def open_engine(bundle: Bundle, *, prefer: str | None = None) -> Engine:
    """The engine for a bundle: CTranslate2 where the bundle has weights for it, otherwise torch; or the one
    named.

    Raises ModelUnusable with the last engine's reason where none can open it.
    """
    from testgen.engines.ctranslate2 import CTranslate2Engine
    from testgen.engines.torch import TorchEngine

    openers: dict[str, Callable[[Bundle], Engine]] = {
        "ctranslate2": CTranslate2Engine.open,
        "torch": TorchEngine.open,
    }
    if prefer is not None and prefer not in openers:
        raise ModelUnusable(f"There is no engine {prefer!r}.", f"There are: {', '.join(openers)}.")
    reason: ModelUnusable | None = None
    for opener in [openers[prefer]] if prefer else openers.values():
        try:
            return opener(bundle)
        except ModelUnusable as error:
            reason = error
    assert reason is not None
    raise reason
