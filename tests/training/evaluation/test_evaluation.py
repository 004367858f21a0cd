"""What an evaluation counts, on answers known beforehand and on a real model."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="torch, of the training extras, is not installed")
pytest.importorskip("ctranslate2", reason="CTranslate2 is not installed")

from testgen.engines import Completion, FakeEngine
from testgen.prompt import Definition, ModuleText
from testgen_training import evaluation, export
from testgen_training.corpus.records import CallRecord, ModuleRecord
from testgen_training.errors import CorpusUnusable
from testgen_training.evaluation.proposals import arguments_of, asked_of, judge, propose, summary
from testgen_training.examples.example import Limits
from testgen_training.fitting.run import run as train
from tests.training.conftest import Small
from tests.training.fitting.test_fitting import config as training

MODULE = ModuleRecord(
    id="a/b:Cart",
    repository="a/b",
    path="lib/cart.ex",
    module=ModuleText(
        name="Cart",
        definitions=(
            Definition(name="add", arity=3, num_defaults=1, source="def add(cart, item, n \\\\ 1)"),
        ),
    ),
    num_public=1,
    num_documented=0,
    uses=(),
    behaviours=(),
)
CALL = CallRecord(
    repository="a/b",
    path="test/cart_test.exs",
    module_id="a/b:Cart",
    shown_as="Cart",
    function="add",
    arity=3,
    args=("[]", '"tea"'),
    origin="test",
)
(ASKED,) = asked_of([CALL], {"a/b:Cart": MODULE})
LIMITS = Limits(source_tokens=160, target_tokens=96)


@pytest.mark.parametrize(
    ("text", "arguments"),
    [
        ('[], "tea")', ["[]", '"tea"']),
        (")", []),
        ("fn a -> a end, %{b: 1})", ["fn a -> a end", "%{b: 1}"]),
        ("[]", None),
        ("[]) |> IO.inspect()", None),
        ("[])\nCart.add([])", None),
        ('"a)', None),
        ("1,, 2)", None),
        ("1).b(", None),
    ],
)
def test_arguments_are_those_of_exactly_one_call(text: str, arguments: list[str] | None) -> None:
    assert arguments_of("Cart.add(", text) == arguments


def test_each_sample_counts_as_often_as_it_came() -> None:
    samples = [
        Completion(text='[], "tea")', count=3),
        Completion(text="[])", count=2),
        Completion(text="[", count=1),
        Completion(text="[], 1, 2)", count=2),
    ]
    judged = judge(ASKED, samples, 8)
    assert (judged.num_parsing, judged.num_right_arity, judged.num_distinct, judged.num_good) == (7, 5, 4, 2)
    assert judged.has_written


def test_a_summary_gives_shares_of_all_samples() -> None:
    engine = FakeEngine(answers={"Cart.add(": ['[], "x")', "[", "[], 1)", "1)"]})
    found = summary(propose(engine, [ASKED], [""], num_samples=4, temperature=0.8, seed=0))
    assert found == {
        "functions": 1,
        "samples": 4,
        "parse": 0.75,
        "right_arity": 0.5,
        "distinct": 1.0,
        "all_three": 0.5,
        "written_among_samples": 0.0,
    }


def test_a_model_is_measured_by_task_and_by_repository_and_its_proposals_by_the_parser(
    small: Small, tmp_path: Path
) -> None:
    best = train(training(small, tmp_path / "t", steps=3))
    bundle = export.run(
        export.Config(model=best, output=tmp_path / "b", name="b", formats=("ct2-int8",), limits=LIMITS)
    )
    wanted = evaluation.Config(
        model=best,
        bundle=bundle,
        corpus=small.corpus,
        output=tmp_path / "e",
        limits=LIMITS,
        max_functions=2,
        num_samples=4,
    )
    results = json.loads(evaluation.run(wanted).read_text())
    assert set(results["tasks"]) == {"call", "name", "test", "assertion"}
    call = results["tasks"]["call"]
    assert call["by_repository"] == {"owner/r0": call["nats_per_byte"]}
    assert call["examples"] == 3
    assert results["proposals"]["samples"] == 8
    again = evaluation.run(replace(wanted, output=tmp_path / "again"))
    assert json.loads(again.read_text()) == results


def test_a_split_without_an_example_of_a_task_is_refused(small: Small, tmp_path: Path) -> None:
    best = train(training(small, tmp_path / "t", steps=2))
    short = Limits(source_tokens=160, target_tokens=3)
    with pytest.raises(CorpusUnusable, match="no example of call"):
        evaluation.run(
            evaluation.Config(
                model=best, corpus=small.corpus, output=tmp_path / "e", limits=short, tasks=("call",)
            )
        )
