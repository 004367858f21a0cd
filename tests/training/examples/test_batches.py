"""Which examples come together, and that the stream is the same wherever it is entered."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("numpy", reason="the training extras are not installed")
pytest.importorskip("tokenizers", reason="the training extras are not installed")

import numpy as np

from testgen.engines.tokenizer import Tokenizer
from testgen.prompt import Task
from testgen_training.errors import ConfigInvalid, CorpusUnusable
from testgen_training.examples.batches import IGNORED, Batch, Loader, bucketed, collate
from testgen_training.examples.corpus_view import CorpusView, Lines
from testgen_training.examples.example import Example, Limits, Workshop
from testgen_training.examples.mixture import Draws, Mixture
from tests.training.conftest import Small

EXAMPLES = st.builds(
    lambda source, forced, answer: Example(
        task=Task.CALL,
        repository="a/b",
        source_ids=tuple(source),
        forced_ids=tuple(forced),
        answer_ids=(*answer, 1),
        num_answer_bytes=len(answer),
    ),
    st.lists(st.integers(2, 9), min_size=1, max_size=30),
    st.lists(st.integers(2, 9), min_size=1, max_size=5),
    st.lists(st.integers(2, 9), min_size=1, max_size=12),
)


def loader(small: Small, *, seed: int = 0) -> Loader:
    view = CorpusView(small.corpus, "train")
    workshop = Workshop(tokenizer=Tokenizer.open(small.tokenizer), limits=Limits(), module=view.module)
    draws = Draws(view, Mixture(), window=40, seed=seed)
    return Loader(view, draws, workshop, 2_000, seed)


def same(left: Batch, right: Batch) -> bool:
    return left.examples == right.examples and bool(np.array_equal(left.source_RS, right.source_RS))


@settings(deadline=None)
@given(st.lists(EXAMPLES, min_size=1, max_size=20))
def test_a_batch_holds_every_side_of_every_example_and_counts_the_answers_alone(
    examples: list[Example],
) -> None:
    batch = collate(examples)
    for row, each in enumerate(examples):
        source = batch.source_RS[batch.row_B[row]]
        mask = batch.mask_RS[batch.row_B[row]]
        assert tuple(source[mask == 1]) == each.source_ids
        target = (*each.forced_ids, *each.answer_ids)
        assert tuple(batch.decoder_BT[row, : len(target)]) == (0, *target[:-1])
        labels = batch.labels_BT[row]
        assert tuple(labels[labels != IGNORED]) == each.answer_ids
        assert (labels[: len(each.forced_ids)] == IGNORED).all()


@settings(deadline=None)
@given(st.lists(EXAMPLES, min_size=1, max_size=20))
def test_a_source_that_examples_share_is_there_once(examples: list[Example]) -> None:
    batch = collate([*examples, *examples])
    assert len(batch.source_RS) == len({each.source_ids for each in examples})


@settings(deadline=None)
@given(st.lists(EXAMPLES, max_size=40), st.integers(60, 400))
def test_buckets_hold_every_example_once_and_none_is_larger_than_it_may_be(
    examples: list[Example], max_tokens: int
) -> None:
    groups = bucketed(examples, max_tokens)
    assert Counter(each for group in groups for each in group) == Counter(examples)
    for group in groups:
        assert len(group) == 1 or collate(group).num_padded_tokens <= max_tokens


def test_a_stream_entered_in_the_middle_goes_on_as_if_it_had_been_read_from_the_start(small: Small) -> None:
    whole = list(islice(loader(small), 30))
    first = loader(small)
    consumed = list(islice(first, 17))
    second = loader(small)
    second.window, second.at = first.state()["window"], first.state()["at"]
    assert first.state()["window"] > 0
    rest = list(islice(second, 13))
    assert all(map(same, whole, [*consumed, *rest]))


def test_another_seed_gives_another_stream(small: Small) -> None:
    left, right = list(islice(loader(small), 5)), list(islice(loader(small, seed=1), 5))
    assert not all(map(same, left, right))


def test_every_record_comes_once_before_any_comes_again(small: Small) -> None:
    view = CorpusView(small.corpus, "train")
    draws = Draws(view, Mixture(objectives={"test": 1.0}), window=7, seed=3)
    num_tests = sum(map(len, view.pools["tests"].values()))
    drawn = [draw.group[0] for window in range(20) for draw, _ in draws.of_window(window)]
    assert sorted(drawn[:num_tests]) == list(range(num_tests))
    assert sorted(drawn[num_tests : 2 * num_tests]) == list(range(num_tests))


def test_a_rare_test_type_is_repeated_no_more_than_it_may_be() -> None:
    from testgen_training.examples.mixture import _shares

    shares = _shares({"exunit": 980, "streamdata": 5, "liveview": 15}, Mixture(max_oversampling=4.0))
    assert shares["streamdata"] == pytest.approx(0.02)
    assert shares["liveview"] == pytest.approx(0.06)
    assert sum(shares.values()) == pytest.approx(1.0)
    generous = _shares({"exunit": 60, "streamdata": 25, "liveview": 15}, Mixture())
    assert generous == pytest.approx({"exunit": 0.60, "streamdata": 0.25, "liveview": 0.15})


def test_calls_of_one_function_are_drawn_together(small: Small) -> None:
    view = CorpusView(small.corpus, "train")
    groups = view.pools["calls"][""]
    functions = [
        {getattr(view.record("calls", number), "function", None) for number in group} for group in groups
    ]
    assert all(len(each) == 1 for each in functions)
    assert any(len(group) == 2 for group in groups)


@pytest.mark.parametrize(
    ("objectives", "message"),
    [({"pear": 1.0}, "no objective 'pear'"), ({"call": -1.0}, "negative"), ({"call": 0.0}, "All weights")],
)
def test_a_wrong_mixture_is_refused(objectives: dict[str, float], message: str) -> None:
    with pytest.raises(ConfigInvalid, match=message):
        Mixture(objectives=objectives)


def test_an_empty_split_is_refused_with_the_objective_that_misses_it(small: Small, tmp_path: Path) -> None:
    (tmp_path / "train").mkdir()
    for kind in ("files", "tests", "calls", "modules"):
        (tmp_path / "train" / f"{kind}.jsonl").touch()
    with pytest.raises(CorpusUnusable, match="has no files for objective span"):
        Draws(CorpusView(tmp_path, "train"), Mixture(), window=8, seed=0)


def test_a_line_that_was_cut_off_does_not_count(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_text('{"a": 1}\n{"a": 2}\n{"a"')
    assert len(Lines(path)) == 2
