"""Which models there are on this machine, and which one is in use.

Models lie in two folders: those that ship with the package, and the user's own (`TESTGEN_MODELS_DIR`, by
default in the user's data folder). A model is the folder of a bundle, or a file `NAME.gguf` with adapters
beside it as `NAME.ADAPTER.lora.gguf`. `chosen.json` in the user's folder says which one proposes; the
command line and the daemon both read it, and the daemon watches it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from testgen import atomic_write
from testgen.engines.bundle import MANIFEST, Bundle
from testgen.errors import ModelUnusable

_SHIPPED = Path(__file__).parents[1] / "models"
_CHOSEN = "chosen.json"
_GGUF, _LORA = ".gguf", ".lora.gguf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """A model that was found; whether it can be opened, opening it tells."""

    name: str
    path: Path
    """Of a bundle's folder, or of a GGUF file."""
    size_bytes: int
    adapters: tuple[str, ...] = ()
    bundle: Bundle | None = None
    """What the bundle's manifest says; None for a GGUF file."""
    problem: str = ""
    """Why it cannot be used; empty where nothing speaks against it."""

    @property
    def engine(self) -> str:
        """What runs it."""
        return "ctranslate2" if self.path.suffix != _GGUF else "llama_cpp"

    def adapter_path(self, adapter: str) -> Path:
        """Where an adapter of this name lies."""
        return self.path.with_name(f"{self.name}.{adapter}{_LORA}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The model that proposes; without a model, none does."""

    model: str | None = None
    adapter: str | None = None


def models_dir() -> Path:
    """Where the user's own models lie."""
    given = os.environ.get("TESTGEN_MODELS_DIR")
    return Path(given) if given else Path(platformdirs.user_data_dir("testgen")) / "models"


def installed(folder: Path | None = None) -> list[Installed]:
    """The models that ship, then those in a folder, by default the user's; of two of one name the latter."""
    found: dict[str, Installed] = {}
    for place in (_SHIPPED, folder or models_dir()):
        for path in sorted(place.iterdir()) if place.is_dir() else ():
            if (path / MANIFEST).is_file():
                model = _bundle(path)
            elif path.name.endswith(_GGUF) and not path.name.endswith(_LORA):
                model = _gguf(path)
            else:
                continue
            found[model.name] = model
    return list(found.values())


def named(name: str, folder: Path | None = None) -> Installed:
    """The model of a name, or of a path. Raises ModelUnusable."""
    found = {each.name: each for each in installed(folder)}
    if name in found:
        return found[name]
    path = Path(name)
    if path.is_dir():
        return _described(Bundle.open(path))
    if path.suffix == _GGUF and path.is_file():
        return _gguf(path)
    known = ", ".join(found) or "there are none"
    raise ModelUnusable(f"There is no model {name!r}.", f"Name one of these, or a model's path: {known}.")


def chosen(folder: Path | None = None) -> Choice:
    """What was chosen last; no model where nothing was, or what is written there cannot be read."""
    try:
        return Choice(**json.loads(((folder or models_dir()) / _CHOSEN).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return Choice()


def choose(choice: Choice, folder: Path | None = None) -> None:
    """Makes a model the one that proposes, or none.

    Raises ModelUnusable where there is no such model or adapter, OSError where it cannot be written down.
    """
    folder = folder or models_dir()
    if choice.model is not None:
        found = named(choice.model, folder)
        if choice.adapter is not None and choice.adapter not in found.adapters:
            known = ", ".join(found.adapters) or "none"
            raise ModelUnusable(f"{choice.model} has no adapter {choice.adapter}; it has {known}.")
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"model": choice.model, "adapter": choice.adapter})
    atomic_write.write_text(folder / _CHOSEN, f"{text}\n")


def files_of(choice: Choice, folder: Path | None = None) -> Sequence[Path]:
    """The files that are read when a choice is opened, for noticing that they were replaced."""
    if choice.model is None:
        return ()
    try:
        found = named(choice.model, folder)
    except ModelUnusable:
        return ()
    main = found.path / MANIFEST if found.path.is_dir() else found.path
    return (main, found.adapter_path(choice.adapter)) if choice.adapter else (main,)


def _bundle(path: Path) -> Installed:
    try:
        return _described(Bundle.open(path))
    except ModelUnusable as error:
        return Installed(name=path.name, path=path, size_bytes=0, problem=error.message)


def _described(bundle: Bundle) -> Installed:
    size = sum(each["bytes"] for each in bundle.about["files"].values())
    return Installed(name=bundle.name, path=bundle.folder, size_bytes=size, bundle=bundle)


def _gguf(path: Path) -> Installed:
    name = path.name.removesuffix(_GGUF)
    adapters = sorted(
        each.name.removeprefix(f"{name}.").removesuffix(_LORA)
        for each in path.parent.glob(f"{name}.*{_LORA}")
    )
    try:
        return Installed(name=name, path=path, size_bytes=path.stat().st_size, adapters=tuple(adapters))
    except OSError as error:
        return Installed(name=name, path=path, size_bytes=0, problem=error.strerror or str(error))
