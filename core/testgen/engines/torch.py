"""The reference engine: transformers on torch, for CUDA and for comparing other engines with.

The only module of the core that imports torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from testgen.engines.base import Completion, Request
from testgen.engines.bundle import Bundle
from testgen.engines.question import completions, question
from testgen.engines.tokenizer import Tokenizer
from testgen.errors import ModelUnusable

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import T5ForConditionalGeneration

_FORMAT = "torch"


@dataclass(frozen=True, slots=True, kw_only=True)
class TorchEngine:
    """A bundle opened by transformers."""

    bundle: Bundle
    tokenizer: Tokenizer
    model: T5ForConditionalGeneration
    name: str

    @classmethod
    def open(cls, bundle: Bundle, *, device: str | None = None) -> TorchEngine:
        """Loads the weights on CUDA where there is one. Raises ModelUnusable."""
        try:
            import torch
            from transformers import T5ForConditionalGeneration
        except ImportError as error:
            raise ModelUnusable(
                "torch or transformers is not installed.", "pip install 'testgen[torch]'"
            ) from error
        if _FORMAT not in bundle.formats:
            raise ModelUnusable(
                f"{bundle.name} has no weights for torch, only {', '.join(bundle.formats)}.",
                'Export it again with formats=["torch"].',
            )
        place = device or ("cuda" if torch.cuda.is_available() else "cpu")
        try:
            model = T5ForConditionalGeneration.from_pretrained(bundle.folder / _FORMAT)
        except (OSError, ValueError, RuntimeError) as error:
            raise ModelUnusable(
                f"transformers cannot load {bundle.folder / _FORMAT}: {error}.", "testgen model verify"
            ) from error
        model.to(torch.device(place))  # type: ignore[arg-type]  # the stubs of its wrapper are wrong
        model.train(False)
        return cls(
            bundle=bundle, tokenizer=bundle.tokenizer(), model=model, name=f"torch {bundle.name} on {place}"
        )

    def complete(self, request: Request) -> Sequence[Completion]:
        """Samples answers; the likeliest one alone at temperature 0."""
        import torch

        asked = question(request, self.tokenizer, self.bundle.source_tokens)
        is_greedy = request.temperature <= 0
        torch.manual_seed(request.seed)
        with torch.inference_mode():
            found = self.model.generate(
                input_ids=self._tensor(asked.source_ids),
                decoder_input_ids=self._tensor((0, *asked.forced_ids)),
                do_sample=not is_greedy,
                num_return_sequences=1 if is_greedy else request.num_samples,
                max_new_tokens=request.max_tokens,
                return_dict_in_generate=True,
                output_logits=True,
                **({} if is_greedy else {"temperature": request.temperature, "top_k": 0, "top_p": 1.0}),
            )
        first = 1 + len(asked.forced_ids)
        answers = [
            (row[first:].tolist(), self._log_probability(found.logits, row[first:], place))
            for place, row in enumerate(found.sequences)
        ]
        return completions(answers, self.tokenizer, request.num_samples)

    def log_probability(
        self, source_ids: Sequence[int], target_ids: Sequence[int], *, offset: int = 0
    ) -> float:
        """Of a whole target after its first `offset` tokens."""
        import torch

        with torch.inference_mode():
            logits = self.model(
                input_ids=self._tensor(source_ids), decoder_input_ids=self._tensor((0, *target_ids[:-1]))
            ).logits
        chosen = logits[0].float().log_softmax(-1).gather(1, self._tensor(target_ids).T)
        return float(chosen[offset:].sum())

    def _log_probability(self, logits: Sequence[Tensor], answer: Tensor, place: int) -> float:
        total = 0.0
        for step, token in enumerate(answer.tolist()):
            total += float(logits[step][place].float().log_softmax(-1)[token])
            if token == self.model.config.eos_token_id:
                break
        return total

    def _tensor(self, ids: Sequence[int]) -> Tensor:
        import torch

        return torch.tensor([list(ids)], device=self.model.device)
