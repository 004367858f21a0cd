"""Opens a model by the engine that fits: its library is imported then, not before."""

from __future__ import annotations

from collections.abc import Callable

from testgen.engines.base import Engine
from testgen.engines.bundle import Bundle
from testgen.engines.installed import Choice, Installed, named
from testgen.errors import ModelUnusable


def open_chosen(choice: Choice) -> Engine | None:
    """The engine of the model chosen; None where none is. Raises ModelUnusable, EngineUnavailable."""
    return None if choice.model is None else open_model(named(choice.model), choice.adapter)


def open_model(model: Installed, adapter: str | None = None) -> Engine:
    """The engine of a model, warm. Raises ModelUnusable, EngineUnavailable."""
    if model.problem:
        raise ModelUnusable(f"{model.name} cannot be used: {model.problem}", "testgen model list")
    if model.bundle is not None:
        return open_bundle(model.bundle)
    from testgen.engines.llama_cpp import LlamaEngine

    return LlamaEngine(model.path, model.adapter_path(adapter) if adapter else None)


def open_bundle(bundle: Bundle, *, prefer: str | None = None) -> Engine:
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
