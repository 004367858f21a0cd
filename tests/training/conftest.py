"""What the tests of training share: a small corpus from real git repositories, and a tokenizer trained on
it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.training.repositories import CART, CART_TEST, MIT, commit


@dataclass(frozen=True, slots=True, kw_only=True)
class Small:
    """A corpus and a tokenizer that were made once for the session."""

    corpus: Path
    tokenizer: Path


def renamed(number: int) -> tuple[str, str]:
    """The cart and its tests with every name of theirs another."""
    words = {
        "Shop": f"Store{number}",
        "Cart": f"Bag{number}",
        "cart": f"bag{number}",
        "item": f"thing{number}",
    }
    code, tests = CART, CART_TEST
    for word, other in {
        **words,
        "add": f"put{number}",
        "count": f"size{number}",
        "tea": f"t{number}",
    }.items():
        code, tests = code.replace(word, other), tests.replace(word, other)
    return code, tests


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    """Skips where the training extras are not installed."""
    for name in ("rensa", "tokenizers", "tree_sitter_elixir", "identify"):
        pytest.importorskip(name, reason=f"{name}, of the training extras, is not installed")
    from testgen_training import corpus, tokenizer
    from testgen_training.corpus.quality import Quality

    base = tmp_path_factory.mktemp("small")
    names = [f"owner/r{number}" for number in range(16)]
    for number, name in enumerate(names):
        code, tests = renamed(number)
        files = {"LICENSE": MIT, "lib/a.ex": code, "test/a_test.exs": tests}
        commit(base / name, files)
    folder = corpus.run(
        corpus.Config(
            output=base / "corpus",
            git=tuple(f"{name}={base / name}" for name in names),
            quality=Quality(as_of="2026-06-01"),
            held_out=(names[0],),
            validation_share=0.25,
            min_widespread=2,
            workers=1,
        )
    )
    trained = tokenizer.run(tokenizer.Config(corpus=folder, output=base / "tokenizer", size=1200))
    return Small(corpus=folder, tokenizer=trained)
