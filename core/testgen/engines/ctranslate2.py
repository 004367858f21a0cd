"""The engine for CPUs: CTranslate2, which needs no torch and encodes a source once for all samples of it.

One thread by default: on a machine that is busy with running tests, one decodes faster than two. CTranslate2
seeds its random numbers once per worker thread, so every request that samples gets a translator of its own,
made from files that are kept in memory: the same request then gives the same answers, whatever was asked
before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from testgen.engines.base import Completion, Request
from testgen.engines.bundle import Bundle
from testgen.engines.question import completions, question
from testgen.engines.tokenizer import Tokenizer
from testgen.errors import ModelUnusable
from testgen.prompt import END

if TYPE_CHECKING:
    import ctranslate2

_FORMATS = ("ct2-int8", "ct2-float32")


@dataclass(frozen=True, slots=True, kw_only=True)
class CTranslate2Engine:
    """A bundle opened by CTranslate2."""

    bundle: Bundle
    tokenizer: Tokenizer
    name: str
    files: Mapping[str, bytes]
    """The model's files by name."""
    translator: ctranslate2.Translator
    """For what does not sample."""
    threads: int = 1

    @classmethod
    def open(cls, bundle: Bundle, *, weights: str | None = None, threads: int = 1) -> CTranslate2Engine:
        """Loads the weights: int8 where the bundle has them, or the format named.

        Raises ModelUnusable where the library is missing, or the bundle has no weights for it.
        """
        wanted = weights or next((each for each in _FORMATS if each in bundle.formats), None)
        if wanted is None:
            raise ModelUnusable(
                f"{bundle.name} has no weights for CTranslate2, only {', '.join(bundle.formats)}.",
                'Export it again with formats=["ct2-int8"].',
            )
        folder = bundle.folder / wanted
        try:
            files = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
            translator = _translator(files, threads)
        except ImportError as error:
            raise ModelUnusable("CTranslate2 is not installed.", "pip install 'testgen[model]'") from error
        except (OSError, RuntimeError) as error:
            raise ModelUnusable(
                f"CTranslate2 cannot load {folder}: {error}.", "testgen model verify"
            ) from error
        return cls(
            bundle=bundle,
            tokenizer=bundle.tokenizer(),
            name=f"ctranslate2 {bundle.name} {wanted.removeprefix('ct2-')}",
            files=files,
            translator=translator,
            threads=threads,
        )

    def complete(self, request: Request) -> Sequence[Completion]:
        """Samples answers; the likeliest one alone at temperature 0."""
        asked = question(request, self.tokenizer, self.bundle.source_tokens)
        token = self.tokenizer.library.id_to_token
        is_greedy = request.temperature <= 0
        length = len(asked.forced_ids)
        (result,) = self._translator(request).translate_batch(
            [list(map(token, asked.source_ids))],
            target_prefix=[list(map(token, asked.forced_ids))],
            beam_size=1,
            num_hypotheses=1 if is_greedy else request.num_samples,
            sampling_topk=1 if is_greedy else 0,
            sampling_temperature=1.0 if is_greedy else request.temperature,
            max_input_length=0,
            max_decoding_length=length + request.max_tokens,
            return_scores=True,
        )
        ids = ([self.tokenizer.id_of(each) for each in tokens[length:]] for tokens in result.hypotheses)
        return completions(zip(ids, result.scores, strict=True), self.tokenizer, request.num_samples)

    def _translator(self, request: Request) -> ctranslate2.Translator:
        if request.temperature <= 0:
            return self.translator
        import ctranslate2

        ctranslate2.set_random_seed(request.seed)
        return _translator(self.files, self.threads)

    def log_probability(
        self, source_ids: Sequence[int], target_ids: Sequence[int], *, offset: int = 0
    ) -> float:
        """Of a whole target after its first `offset` tokens, its end included: what an export is compared
        by.
        """
        token = self.tokenizer.library.id_to_token
        end = self.tokenizer.id_of(END)
        target = [each for each in target_ids if each != end]
        (result,) = self.translator.score_batch(
            [list(map(token, source_ids))], [list(map(token, target))], max_input_length=0, offset=offset
        )
        return float(sum(result.log_probs))


def _translator(files: Mapping[str, bytes], threads: int) -> ctranslate2.Translator:
    import ctranslate2

    return ctranslate2.Translator(
        "model", device="cpu", intra_threads=threads, inter_threads=1, files=dict(files)
    )
