"""Near copies are found, and texts that differ are not taken for copies."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("rensa", reason="rensa, of the training extras, is not installed")

from testgen_training.corpus.decontamination import Contamination, grams
from testgen_training.corpus.dedup import distinct, shingles, words


def text_of(num_words: int, seed: int) -> list[str]:
    return [f"w{random.Random(f'{seed}:{place}').randrange(10_000)}" for place in range(num_words)]


def jaccard(one: str, other: str) -> float:
    left, right = set(shingles(one)), set(shingles(other))
    return len(left & right) / len(left | right)


def test_an_exact_copy_is_dropped_and_the_first_one_kept() -> None:
    text = " ".join(text_of(200, 1))
    assert list(distinct([("a", text), ("b", text)])) == ["a"]


def test_layout_and_comments_make_no_difference() -> None:
    code = "def add(a, b) do\n  a + b\nend\n" * 3
    other = code.replace("\n", "\n\n").replace("a + b", "a  +  b # the sum\n")
    assert list(distinct([(1, code), (2, other)])) == [1]


def test_a_copy_with_a_few_changes_is_dropped_and_one_with_many_is_kept() -> None:
    base = text_of(600, 2)
    near, far = list(base), list(base)
    near[300] = "changed"
    for place in range(0, 600, 20):
        far[place] = f"changed{place}"
    near_text, far_text, text = " ".join(near), " ".join(far), " ".join(base)
    assert jaccard(text, near_text) > 0.95
    assert jaccard(text, far_text) < 0.7
    assert list(distinct([(1, text), (2, near_text), (3, far_text)])) == [1, 3]


def test_of_many_different_texts_none_is_dropped() -> None:
    texts = [(number, " ".join(text_of(120, number))) for number in range(500)]
    assert list(distinct(texts)) == list(range(500))


@pytest.mark.parametrize("threshold", [0.5, 0.7, 0.85, 0.95])
def test_nearly_every_pair_above_the_threshold_is_found(threshold: float) -> None:
    missed = 0
    for seed in range(40):
        base = text_of(400, seed)
        changed = list(base)
        for place in range(0, 400, 400)[: int(5 * (1 - threshold)) + 1]:
            changed[place] = "x"
        missed += len(list(distinct([(1, " ".join(base)), (2, " ".join(changed))], threshold=threshold))) == 2
    assert missed <= 1


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(max_size=80), max_size=12))
def test_keys_come_in_order_and_each_at_most_once(texts: list[str]) -> None:
    kept = list(distinct(list(enumerate(texts))))
    assert kept == sorted(set(kept))
    assert not texts or kept[0] == 0


def test_words_are_those_of_code() -> None:
    assert words("assert a?(:b) == @c # why\n") == ["assert", "a?", "(", ":", "b", ")", "=", "=", "@c"]


def test_a_share_of_thirteen_grams_is_counted_and_what_is_widespread_says_nothing() -> None:
    seen, unseen = text_of(40, 3), text_of(40, 4)
    contamination = Contamination()
    contamination.add(" ".join(seen))
    assert contamination.share(" ".join(seen)) == 1.0
    assert contamination.share(" ".join(unseen)) == 0.0
    assert 0 < contamination.share(" ".join([*seen, *unseen])) < 0.6
    contamination.forget(grams(" ".join(seen)))
    assert contamination.share(" ".join(seen)) == 0.0


def test_a_text_shorter_than_an_n_gram_shares_nothing() -> None:
    contamination = Contamination()
    contamination.add("a b c")
    assert contamination.share("a b c") == 0.0
