"""llama.cpp, through llama-cpp-python: decoder-only models in GGUF files, with LoRA adapters.

For the distilled model, and for any code model that a user brings. The library is imported when a model is
opened; the base install has none (`pip install testgen[llama]`). Answers are cut at the end of the line:
the head of a call is forced, and its arguments are wanted.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from testgen.engines.base import Completion, Request
from testgen.errors import EngineUnavailable

_CONTEXT_TOKENS = 2048
_STOP = ["\n\n", "\n  @", "\n  def", "iex>"]


class LlamaEngine:
    """One model, loaded. Requests wait for each other."""

    def __init__(self, path: Path, adapter: Path | None = None) -> None:
        """Loads the model: seconds. Raises EngineUnavailable where the library or the file is missing or no
        good.
        """
        for file in filter(None, (path, adapter)):
            if not file.is_file():
                raise EngineUnavailable(f"The model file {file} does not exist.", "testgen model list")
        self.name = f"llama.cpp {path.stem}{f' with {adapter.name}' if adapter else ''}"
        self._lock = threading.Lock()
        self._model = _opened(path, adapter)

    def complete(self, request: Request) -> Sequence[Completion]:
        """Distinct answers, the likeliest first; the first is the greedy one."""
        prompt = self._prompt(request)
        found: dict[str, Completion] = {}
        with self._lock:
            for number in range(request.num_samples):
                answer = self._sample(prompt, request, number)
                found.setdefault(answer.text, answer)
        return sorted(found.values(), key=lambda each: -each.log_probability)

    def _prompt(self, request: Request) -> list[int]:
        """The end of the context that fits, and the head."""
        head = self._model.tokenize(f"\n\niex> {request.head}".encode(), add_bos=False)
        room = _CONTEXT_TOKENS - len(head) - request.max_tokens - 1
        context = self._model.tokenize(request.context.encode(), add_bos=True)
        return [*context[-max(room, 1) :], *head]

    def _sample(self, prompt: list[int], request: Request, number: int) -> Completion:
        answer = self._model.create_completion(
            prompt,
            max_tokens=request.max_tokens,
            temperature=0.8 if number else 0.0,
            seed=request.seed + number,
            stop=_STOP,
        )
        return Completion(text=str(answer["choices"][0]["text"]), log_probability=-float(number))


def _opened(path: Path, adapter: Path | None) -> Any:
    try:
        import llama_cpp
    except ImportError as error:
        raise EngineUnavailable(
            "llama-cpp-python is not installed.", 'pip install "testgen[llama]"'
        ) from error
    try:
        # Two threads are slower than one when tokens come one by one, faster when a prompt is read.
        return llama_cpp.Llama(
            model_path=str(path),
            lora_path=str(adapter) if adapter else None,
            n_ctx=_CONTEXT_TOKENS,
            n_threads=1,
            n_threads_batch=2,
            verbose=False,
        )
    except (ValueError, RuntimeError, AssertionError) as error:
        raise EngineUnavailable(
            f"{path} cannot be loaded: {error}", "Choose another: testgen model list"
        ) from error
