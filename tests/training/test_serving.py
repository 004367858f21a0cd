"""What a model is asked when tests are generated is what it was trained on, and what it answers reaches the
search.
"""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="torch, of the training extras, is not installed")
pytest.importorskip("ctranslate2", reason="CTranslate2 is not installed")

from testgen.engines import Request
from testgen.engines.bundle import Bundle
from testgen.engines.opening import open_bundle
from testgen.engines.question import question
from testgen.errors import ModelUnusable
from testgen.prompt import Task
from testgen.synthesis.proposers.model import prompt_for
from testgen_training import export
from testgen_training.corpus.records import CallRecord, FileRecord
from testgen_training.examples.corpus_view import CorpusView
from testgen_training.examples.example import Limits, Workshop
from testgen_training.fitting.run import run as train
from testgen_training.objectives.call_proposal import CallProposal
from testgen_training.ontology import notions_of
from testgen_training.ontology.linearise import linearised
from tests.command_line import TESTGEN, CommandLine
from tests.project_copies import ProjectCopies
from tests.training.conftest import Small
from tests.training.fitting.test_fitting import config as training

LIMITS = Limits(source_tokens=160, target_tokens=96)


@pytest.fixture(scope="module")
def bundle(small: Small, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    base = tmp_path_factory.mktemp("serving")
    best = train(training(small, base / "t", steps=3))
    folder = export.run(
        export.Config(
            model=best, output=base / "models/tiny", name="tiny", formats=("ct2-int8",), limits=LIMITS
        )
    )
    return Bundle.open(folder)


def test_a_request_of_serving_has_the_ids_of_the_training_example(small: Small, bundle: Bundle) -> None:
    import random

    view = CorpusView(small.corpus, "train")
    tokenizer = bundle.tokenizer()
    workshop = Workshop(tokenizer=tokenizer, limits=LIMITS, module=view.module, notions=notions_of)
    files = {
        (each.repository, each.path): each.text
        for (number,) in view.pools["files"][""]
        if isinstance(each := view.record("files", number), FileRecord)
    }
    num_compared = 0
    for group in view.pools["calls"][""]:
        call = view.record("calls", group[0])
        assert isinstance(call, CallRecord)
        module = view.module(call.module_id)
        example = CallProposal().example(call, workshop, random.Random(0))
        assert example is not None
        prompt = prompt_for(
            files[module.repository, module.path], module.module.name, f"{call.function}/{call.arity}"
        )
        assert prompt is not None
        request = Request(context="", head=f"{call.shown_as}.{call.function}(", prompt=prompt)
        asked = question(request, tokenizer, LIMITS.source_tokens)
        assert (asked.source_ids, asked.forced_ids) == (example.source_ids, example.forced_ids)
        num_compared += 1
    assert num_compared > 10


def test_a_module_that_the_source_does_not_show_has_no_prompt() -> None:
    assert prompt_for("defmodule A do\n def f(x), do: x\nend", "B", "f/1") is None


def test_without_a_prompt_an_engine_reads_the_source(bundle: Bundle) -> None:
    asked = question(Request(context="def f(a), do: a", head="A.f("), bundle.tokenizer(), 8)
    assert len(asked.source_ids) == 8
    assert asked.source_ids[0] == bundle.tokenizer().id_of(Task.CALL.token)


def test_the_lines_of_the_ontology_in_the_package_are_those_of_the_ontology() -> None:
    import json

    from testgen.notions import NOTIONS

    assert json.loads(NOTIONS.read_text(encoding="utf-8")) == linearised()


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("GenServer", "GenServer"),
        ("ShopWeb, :live_view", "LiveView"),
        ("Ecto.Schema", "Schema"),
        ("Plug.Router", "PlugRouter"),
    ],
)
def test_a_use_is_known_by_what_stands_after_it(written: str, title: str) -> None:
    from testgen.notions import lines_for

    assert lines_for([written]).startswith(f"# {title}: ")


def test_a_notion_brings_the_callbacks_of_what_it_extends_and_an_unknown_use_brings_nothing() -> None:
    from testgen.notions import lines_for

    assert "call(conn, opts) -> %Plug.Conn{}" in lines_for(["Plug.Router"])
    assert lines_for(["Unheard.Of"]) == ""


@pytest.fixture
def command(bundle: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TESTGEN_MODELS_DIR", str(tmp_path))
    (tmp_path / "tiny").symlink_to(bundle.folder)
    return Path(TESTGEN)


def ran(command: Path, *arguments: str) -> tuple[int, str, str]:
    import subprocess

    done = subprocess.run([command, "model", *arguments], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def test_a_model_is_listed_used_described_and_verified(command: Path) -> None:
    assert ran(command, "list")[1].split()[0] == "tiny"
    assert ran(command, "use", "tiny")[0] == 0
    assert ran(command, "list")[1].split()[:2] == ["*", "tiny"]
    assert "source tokens: 160" in ran(command, "info", "tiny")[1]
    assert ran(command, "verify", "tiny")[1] == "tiny is whole; opened by ctranslate2 tiny int8.\n"
    assert ran(command, "use", "--none")[0] == 0
    assert "*" not in ran(command, "list")[1]


def test_a_model_that_is_not_there_ends_with_those_that_are(command: Path) -> None:
    status, _, said = ran(command, "use", "pear")
    assert status == 10
    assert "There is no model 'pear'" in said
    assert "tiny" in said


def test_a_bundle_that_no_engine_can_open_says_why(bundle: Bundle) -> None:
    with pytest.raises(ModelUnusable, match="no weights for torch"):
        open_bundle(bundle, prefer="torch")
    with pytest.raises(ModelUnusable, match="no engine 'pear'"):
        open_bundle(bundle, prefer="pear")


def test_tests_are_generated_with_a_model_that_proposes_too(
    bundle: Bundle, projects: ProjectCopies, testgen: CommandLine
) -> None:
    project = projects.fresh("cart")
    (project / "test/shop/cart_test.exs").unlink()
    arguments = ("generate", "lib/shop/cart.ex", "--stdout", "--function", "count/1")
    done = testgen(*arguments, "--model", str(bundle.folder), cwd=project)
    assert done.exit_code == 0, done.output
    assert 'describe "count/1"' in done.stdout


def test_a_model_that_is_not_there_stops_a_generation_before_it_begins(
    projects: ProjectCopies, testgen: CommandLine
) -> None:
    done = testgen("generate", "lib/shop/cart.ex", "--model", "pear", cwd=projects.fresh("cart"))
    assert done.exit_code == 10
    assert "There is no model 'pear'" in done.stderr
