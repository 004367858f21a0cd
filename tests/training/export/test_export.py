"""An exported model says what its source says, in every engine, and a damaged bundle is found out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="torch, of the training extras, is not installed")
pytest.importorskip("ctranslate2", reason="CTranslate2 is not installed")

import torch

from testgen.engines import Request
from testgen.engines.bundle import Bundle
from testgen.engines.ctranslate2 import CTranslate2Engine
from testgen.engines.question import question
from testgen.engines.torch import TorchEngine
from testgen.errors import ModelUnusable
from testgen.prompt import Definition, ModuleText, Prompt, Task
from testgen_training import export
from testgen_training.errors import CheckpointUnusable, ConfigInvalid
from testgen_training.examples.example import Limits
from testgen_training.export.run import probe_pairs
from testgen_training.fitting.model_folder import load_model
from testgen_training.fitting.run import run as train
from tests.training.conftest import Small
from tests.training.fitting.test_fitting import config as training

LIMITS = Limits(source_tokens=160, target_tokens=96)
MODULE = ModuleText(
    name="Store3.Bag3",
    definitions=(Definition(name="put3", arity=2, source="def put3(bag3, thing3), do: [thing3 | bag3]"),),
)
REQUEST = Request(
    context="",
    head="Bag3.put3(",
    prompt=Prompt(task=Task.CALL, module=MODULE, focal=("put3/2",)),
    num_samples=8,
    max_tokens=12,
    seed=4,
)


@pytest.fixture(scope="module")
def best(small: Small, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train(training(small, tmp_path_factory.mktemp("training") / "t", steps=60, validate_every=60))


@pytest.fixture(scope="module")
def bundle(best: Path, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    folder = export.run(
        export.Config(
            model=best,
            output=tmp_path_factory.mktemp("bundle") / "tiny",
            name="tiny",
            formats=("ct2-int8", "ct2-float32", "torch"),
            limits=LIMITS,
        )
    )
    return Bundle.open(folder)


def copied(bundle: Bundle, folder: Path) -> Path:
    for path in bundle.folder.rglob("*"):
        if path.is_file():
            target = folder / path.relative_to(bundle.folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    return folder


def test_ctranslate2_in_float32_gives_the_log_probabilities_of_its_source(bundle: Bundle) -> None:
    engine, reference = (
        CTranslate2Engine.open(bundle, weights="ct2-float32"),
        TorchEngine.open(bundle, device="cpu"),
    )
    for source, target in probe_pairs(bundle.tokenizer(), LIMITS.source_tokens):
        expected = reference.log_probability(source, target)
        assert engine.log_probability(source, target) == pytest.approx(expected, abs=2e-3 * len(target))


def test_int8_is_near_its_source(bundle: Bundle) -> None:
    assert bundle.about["log_probability_difference_per_token"]["ct2-int8"]["mean"] < 0.05
    assert bundle.about["log_probability_difference_per_token"]["ct2-float32"]["largest"] < 1e-3


def test_a_model_whose_output_scale_is_off_is_noticed_though_its_greedy_answers_are_the_same(
    bundle: Bundle, best: Path
) -> None:
    model = load_model(best)
    model.config.scale_decoder_outputs = False
    engine = CTranslate2Engine.open(bundle, weights="ct2-float32")
    source, target = probe_pairs(bundle.tokenizer(), LIMITS.source_tokens)[0]
    with torch.no_grad():
        logits = model(
            input_ids=torch.tensor([source]), decoder_input_ids=torch.tensor([[0, *target[:-1]]])
        ).logits[0]
    wrong = float(logits.log_softmax(-1).gather(1, torch.tensor([target]).T).sum())
    assert abs(engine.log_probability(source, target) - wrong) / len(target) > 1e-3


def test_the_export_refuses_a_conversion_that_differs(best: Path, tmp_path: Path) -> None:
    with pytest.raises(CheckpointUnusable, match="nats per token"):
        export.run(
            export.Config(
                model=best,
                output=tmp_path / "b",
                name="b",
                formats=("ct2-float32",),
                limits=LIMITS,
                tolerance=1e-12,
            )
        )
    with pytest.raises(ModelUnusable):
        Bundle.open(tmp_path / "b")


@pytest.mark.parametrize("engine", ["ctranslate2", "torch"])
def test_an_engine_answers_the_same_request_the_same_way(bundle: Bundle, engine: str) -> None:
    opened = (
        CTranslate2Engine.open(bundle) if engine == "ctranslate2" else TorchEngine.open(bundle, device="cpu")
    )
    answers = opened.complete(REQUEST)
    assert answers
    assert list(answers) == list(opened.complete(REQUEST))
    assert [each.log_probability for each in answers] == sorted(
        (each.log_probability for each in answers), reverse=True
    )


def test_both_engines_give_the_same_greedy_answer(bundle: Bundle) -> None:
    greedy = Request(
        context="", head=REQUEST.head, prompt=REQUEST.prompt, num_samples=1, max_tokens=12, temperature=0.0
    )
    left = CTranslate2Engine.open(bundle, weights="ct2-float32").complete(greedy)
    right = TorchEngine.open(bundle, device="cpu").complete(greedy)
    assert [each.text for each in left] == [each.text for each in right]


def test_the_samples_of_a_request_are_many_and_distinct(bundle: Bundle) -> None:
    texts = [each.text for each in CTranslate2Engine.open(bundle).complete(REQUEST)]
    assert len(set(texts)) == len(texts) > 1


def test_a_prompt_that_is_too_long_says_what_it_leaves_out(bundle: Bundle) -> None:
    rest = tuple(Definition(name=f"f{n}", arity=1, source=f"def f{n}(a), do: a + {n}") for n in range(200))
    long = ModuleText(name=MODULE.name, definitions=(*MODULE.definitions, *rest))
    asked = question(
        Request(context="", head="", prompt=Prompt(task=Task.CALL, module=long, focal=("put3/2",))),
        bundle.tokenizer(),
        LIMITS.source_tokens,
    )
    assert len(asked.source_ids) <= LIMITS.source_tokens
    assert "f199/1" in asked.left_out


def test_a_whole_bundle_verifies(bundle: Bundle) -> None:
    bundle.verify()
    assert bundle.num_parameters == sum(each.numel() for each in TorchEngine.open(bundle).model.parameters())
    assert "proposes arguments" in (bundle.folder / "MODEL_CARD.md").read_text()


@pytest.mark.parametrize("name", ["ct2-int8/model.bin", "tokenizer.json", "torch/model.safetensors"])
def test_a_file_that_was_cut_off_is_found(bundle: Bundle, tmp_path: Path, name: str) -> None:
    folder = copied(bundle, tmp_path)
    (folder / name).write_bytes((folder / name).read_bytes()[:-10])
    with pytest.raises(ModelUnusable, match="cut off or changed"):
        Bundle.open(folder).verify()


def test_a_missing_file_is_found(bundle: Bundle, tmp_path: Path) -> None:
    folder = copied(bundle, tmp_path)
    (folder / "ct2-int8/model.bin").unlink()
    with pytest.raises(ModelUnusable, match="missing"):
        Bundle.open(folder).verify()


def test_weights_that_are_cut_off_are_an_error_with_a_next_step_when_opened(
    bundle: Bundle, tmp_path: Path
) -> None:
    folder = copied(bundle, tmp_path)
    (folder / "ct2-int8/model.bin").write_bytes(b"cut")
    with pytest.raises(ModelUnusable) as caught:
        CTranslate2Engine.open(Bundle.open(folder))
    assert caught.value.next_step == "testgen model verify"


def test_another_models_tokenizer_is_refused(bundle: Bundle, tmp_path: Path) -> None:
    folder = copied(bundle, tmp_path)
    manifest = json.loads((folder / "bundle.json").read_text())
    (folder / "bundle.json").write_text(json.dumps({**manifest, "vocabulary": 1300}))
    with pytest.raises(ModelUnusable, match="1200 ids, its model 1300"):
        CTranslate2Engine.open(Bundle.open(folder))


def test_a_bundle_of_another_format_is_refused(bundle: Bundle, tmp_path: Path) -> None:
    folder = copied(bundle, tmp_path)
    manifest = json.loads((folder / "bundle.json").read_text())
    (folder / "bundle.json").write_text(json.dumps({**manifest, "format": 99}))
    with pytest.raises(ModelUnusable, match="format 99"):
        Bundle.open(folder)


def test_a_bundle_without_weights_for_an_engine_says_so(bundle: Bundle, tmp_path: Path) -> None:
    folder = copied(bundle, tmp_path)
    manifest = json.loads((folder / "bundle.json").read_text())
    (folder / "bundle.json").write_text(json.dumps({**manifest, "formats": ["torch"]}))
    with pytest.raises(ModelUnusable, match="no weights for CTranslate2"):
        CTranslate2Engine.open(Bundle.open(folder))


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigInvalid, match="no format 'gguf'"):
        export.Config(model=tmp_path, output=tmp_path, name="a", formats=("gguf",))
