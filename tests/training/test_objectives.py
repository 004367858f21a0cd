"""Each objective asks a question whose answer restores what was taken away."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("numpy", reason="numpy, of the training extras, is not installed")

from testgen.engines.tokenizer import Tokenizer
from testgen.prompt import END, HOLE, NUM_SENTINELS, PREFIX, SENTINELS, SUFFIX, Task
from testgen_training.corpus.records import CallRecord, FileRecord, TestRecord
from testgen_training.examples.corpus_view import CorpusView
from testgen_training.examples.example import Example, Limits, Workshop
from testgen_training.objectives import OBJECTIVES, identifier, span
from tests.training.conftest import Small
from tests.training.repositories import CART

Make = Callable[..., Example]


@pytest.fixture(scope="module")
def view(small: Small) -> CorpusView:
    return CorpusView(small.corpus, "train")


@pytest.fixture(scope="module")
def workshop(small: Small, view: CorpusView) -> Workshop:
    return Workshop(tokenizer=Tokenizer.open(small.tokenizer), limits=Limits(), module=view.module)


def record_of(view: CorpusView, kind: str) -> Any:
    return view.record(kind, 0)


def made(task: Task, view: CorpusView, workshop: Workshop, seed: int = 0) -> Example:
    objective = next(each for each in OBJECTIVES if each.task is task)
    for number in range(4):
        found = objective.example(view.record(objective.records, number), workshop, random.Random(seed))
        if found is not None:
            return found
    raise AssertionError(f"no record gives an example of {task}")


def texts(example: Example, workshop: Workshop) -> tuple[str, str, str]:
    decode = workshop.tokenizer.decode
    return decode(example.source_ids), decode(example.forced_ids), decode(example.answer_ids)


@pytest.mark.parametrize("task", list(Task))
def test_every_task_has_one_objective_whose_examples_open_with_its_token_and_close_with_the_end(
    task: Task, view: CorpusView, workshop: Workshop
) -> None:
    assert [each.task for each in OBJECTIVES].count(task) == 1
    source, forced, answer = texts(made(task, view, workshop), workshop)
    assert source.startswith(task.token)
    assert forced.startswith(task.token)
    assert answer.endswith(END)
    assert answer.count(END) == 1


@pytest.mark.parametrize("task", list(Task))
def test_the_same_random_numbers_give_the_same_example(
    task: Task, view: CorpusView, workshop: Workshop
) -> None:
    assert made(task, view, workshop, seed=5) == made(task, view, workshop, seed=5)


@pytest.mark.parametrize("task", list(Task))
def test_no_side_is_longer_than_its_limit(task: Task, view: CorpusView, workshop: Workshop) -> None:
    short = Workshop(
        tokenizer=workshop.tokenizer,
        limits=Limits(source_tokens=64, target_tokens=48),
        module=workshop.module,
    )
    objective = next(each for each in OBJECTIVES if each.task is task)
    for number in range(4):
        found = objective.example(view.record(objective.records, number), short, random.Random(1))
        assert found is None or len(found.source_ids) <= 64
        assert found is None or len(found.forced_ids) + len(found.answer_ids) <= 48


@settings(max_examples=200, deadline=None)
@given(
    st.integers(min_value=16, max_value=600),
    st.floats(min_value=0.05, max_value=0.5),
    st.integers(min_value=1, max_value=5),
    st.integers(),
)
def test_spans_lie_inside_in_order_and_never_touch(
    num_tokens: int, share: float, longest: int, seed: int
) -> None:
    spans = span.choose(num_tokens, share, longest, random.Random(seed))
    assert 1 <= len(spans) <= NUM_SENTINELS
    assert all(1 <= end - start <= longest for start, end in spans)
    assert spans[0][0] >= 0
    assert spans[-1][1] <= num_tokens
    assert all(left[1] < right[0] for left, right in pairwise(spans))


@settings(max_examples=100, deadline=None)
@given(st.integers(min_value=60, max_value=400), st.integers())
def test_about_fifteen_percent_is_masked(num_tokens: int, seed: int) -> None:
    spans = span.choose(num_tokens, 0.15, 5, random.Random(seed))
    masked = sum(end - start for start, end in spans)
    assert abs(masked - 0.15 * num_tokens) <= 2


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(min_value=1000, max_value=2000), min_size=16, max_size=300), st.integers())
def test_the_target_of_spans_restores_the_source(ids: list[int], seed: int) -> None:
    sentinels = list(range(NUM_SENTINELS))
    source, target = span.mask(ids, span.choose(len(ids), 0.15, 5, random.Random(seed)), sentinels)
    filled: dict[int, list[int]] = {}
    for each in target:
        if each in sentinels:
            filled[each] = []
        else:
            filled[max(filled)].append(each)
    assert [token for each in source for token in filled.get(each, [each])] == ids


def test_a_filled_gap_restores_a_stretch_of_the_file(view: CorpusView, workshop: Workshop) -> None:
    source, _, answer = texts(made(Task.FILL, view, workshop), workshop)
    before, _, after = source.partition(PREFIX)[2].partition(SUFFIX)
    record = record_of(view, "files")
    assert isinstance(record, FileRecord)
    assert before + answer.removesuffix(END) + after in record.text


@given(st.sets(st.sampled_from(["cart", "item", "times", "check", "add"]), min_size=1))
def test_every_occurrence_of_a_masked_name_is_masked_and_the_target_restores_them(names: set[str]) -> None:
    ordered = [name for name in identifier.identifiers(CART) if name in names]
    masked, target = identifier.mask(CART, ordered)
    assert not set(identifier.identifiers(masked)) & names
    restored = masked
    for number, name in enumerate(ordered):
        assert f"{SENTINELS[number]}{name}" in target
        restored = restored.replace(SENTINELS[number], name)
    assert restored == CART


def test_an_assertion_put_into_its_hole_is_the_test(view: CorpusView, workshop: Workshop) -> None:
    source, _, answer = texts(made(Task.ASSERTION, view, workshop), workshop)
    records = [view.record("tests", number) for number in range(4)]
    assert source.count(HOLE) == 1
    given = source.partition("\n")[2].replace(HOLE, answer.removesuffix(END))
    assert any(isinstance(each, TestRecord) and given.startswith(each.source) for each in records)


def test_a_name_is_asked_of_a_test_without_it(view: CorpusView, workshop: Workshop) -> None:
    source, forced, answer = texts(made(Task.NAME, view, workshop), workshop)
    record = record_of(view, "tests")
    assert isinstance(record, TestRecord)
    assert record.name not in source
    assert forced.endswith('test "')
    assert answer == f'{record.name}"{END}'


def test_a_test_is_asked_with_its_head_forced_and_its_functions_first(
    view: CorpusView, workshop: Workshop
) -> None:
    source, forced, answer = texts(made(Task.TEST, view, workshop), workshop)
    record = record_of(view, "tests")
    assert isinstance(record, TestRecord)
    assert forced.removeprefix(Task.TEST.token) + answer.removesuffix(END) == record.source
    first = source.partition("def ")[2]
    assert any(first.startswith(signature.partition("/")[0]) for signature in record.focal)


def test_a_function_that_is_asked_for_is_not_shown(view: CorpusView, workshop: Workshop) -> None:
    source, _, answer = texts(made(Task.CODE, view, workshop), workshop)
    assert "def " in answer
    assert answer.removesuffix(END) not in source


def test_the_arguments_of_a_call_are_asked_with_its_head_forced(view: CorpusView, workshop: Workshop) -> None:
    _, forced, answer = texts(made(Task.CALL, view, workshop), workshop)
    record = record_of(view, "calls")
    assert isinstance(record, CallRecord)
    assert forced == f"{Task.CALL.token}{record.shown_as}.{record.function}("
    assert answer == f"{', '.join(record.args)}){END}"


def test_an_example_in_a_doc_is_not_shown_where_it_is_the_answer(
    view: CorpusView, workshop: Workshop
) -> None:
    source, _, _ = texts(made(Task.CALL, view, workshop), workshop)
    assert "iex>" not in source
