"""Training: the loss falls, a resumed run ends in the same weights, and what is damaged is found."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="torch, of the training extras, is not installed")
pytest.importorskip("accelerate", reason="accelerate, of the training extras, is not installed")

import torch
from safetensors.torch import load_file

from testgen_training import stage
from testgen_training.errors import CheckpointUnusable, ConfigInvalid, CorpusUnusable, Diverged
from testgen_training.examples.example import Limits
from testgen_training.fitting import checkpoints
from testgen_training.fitting.config import Config, Optimization
from testgen_training.fitting.model_folder import load_model
from testgen_training.fitting.optimizers import rate_share
from testgen_training.fitting.run import run
from testgen_training.model import SHAPES, Shape, build
from tests.training.conftest import Small

TINY = Shape(vocabulary=1200, width=32, heads=2, head_width=16, hidden=48, encoder_layers=1, decoder_layers=1)


def config(small: Small, output: Path, **about: Any) -> Config:
    given: dict[str, Any] = {
        "shape": TINY,
        "steps": 6,
        "batch_tokens": 1_500,
        "window": 40,
        "limits": Limits(source_tokens=160, target_tokens=96),
        "optimization": Optimization(rate=3e-2, warmup_steps=2),
        "validate_every": 3,
        "validation_draws": 24,
        "checkpoint_every": 2,
        "threads": 1,
        "precision": "fp32",
        **about,
    }
    return Config(corpus=small.corpus, tokenizer=small.tokenizer, output=output, **given)


def weights(folder: Path) -> Mapping[str, Any]:
    return load_file(folder / "model.safetensors")


def final(output: Path) -> Mapping[str, Any]:
    newest = checkpoints.newest(output / "checkpoints")
    assert newest is not None
    return weights(newest.folder)


def equal(left: Mapping[str, Any], right: Mapping[str, Any]) -> bool:
    return left.keys() == right.keys() and all(torch.equal(left[name], right[name]) for name in left)


@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
def test_the_validation_loss_falls(small: Small, tmp_path: Path, optimizer: str) -> None:
    wanted = Optimization(rate=3e-2, warmup_steps=2, optimizer=optimizer)
    run(config(small, tmp_path / "t", steps=30, validate_every=15, optimization=wanted))
    told = stage.read_metrics(tmp_path / "t")
    curve = [each["validation/overall"] for each in told if "validation/overall" in each]
    assert len(curve) == 2
    assert curve[1] < curve[0]


def test_every_validation_tells_each_task_with_its_source_and_with_a_shuffled_one(
    small: Small, tmp_path: Path
) -> None:
    run(config(small, tmp_path / "t"))
    told = next(each for each in stage.read_metrics(tmp_path / "t") if "validation/overall" in each)
    for task in ("call", "name", "test", "span", "fill", "identifier", "assertion", "code"):
        assert told[f"validation/{task}"] > 0
        assert told[f"validation/{task}/shuffled"] > 0


def test_a_run_stopped_by_kill_9_and_resumed_ends_in_the_very_same_weights(
    small: Small, tmp_path: Path
) -> None:
    run(config(small, tmp_path / "whole", steps=12))
    wanted = config(small, tmp_path / "t", steps=12)
    shape = (f"shape.{each.name}={getattr(TINY, each.name)}" for each in fields(TINY))
    places = (f'{name}="{getattr(wanted, name)}"' for name in ("corpus", "tokenizer", "output", "precision"))
    names = (
        "steps",
        "batch_tokens",
        "window",
        "validate_every",
        "validation_draws",
        "checkpoint_every",
        "threads",
    )
    numbers = (f"{name}={getattr(wanted, name)}" for name in names)
    nested = ("limits.source_tokens=160", "limits.target_tokens=96")
    rates = ("optimization.rate=3e-2", "optimization.warmup_steps=2")
    settings = json.dumps([*shape, *places, *numbers, *nested, *rates])
    code = (
        "from testgen_training import configuration; from testgen_training.fitting.config import Config;"
        f"from testgen_training.fitting.run import run; run(configuration.load(Config, None, {settings}))"
    )
    process = subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
    while process.poll() is None and not (wanted.output / "checkpoints/step_00000004").exists():
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert stage.manifest_of(wanted.output) is None
    run(wanted)
    assert equal(final(wanted.output), final(tmp_path / "whole"))
    assert equal(weights(wanted.output / "best"), weights(tmp_path / "whole/best"))


def test_a_checkpoint_that_was_cut_off_is_passed_over_for_the_one_before(
    small: Small, tmp_path: Path
) -> None:
    run(config(small, tmp_path / "whole"))
    run(config(small, tmp_path / "t"))
    (tmp_path / "t" / stage.MANIFEST).unlink()
    last = tmp_path / "t/checkpoints/step_00000006/model.safetensors"
    last.write_bytes(last.read_bytes()[:1000])
    run(config(small, tmp_path / "t"))
    assert equal(final(tmp_path / "t"), final(tmp_path / "whole"))


def test_only_the_newest_two_checkpoints_are_kept(small: Small, tmp_path: Path) -> None:
    run(config(small, tmp_path / "t"))
    assert [path.name for path in sorted((tmp_path / "t/checkpoints").iterdir())] == [
        "step_00000004",
        "step_00000006",
    ]


def test_a_full_disk_leaves_the_checkpoint_before_and_says_so(small: Small, tmp_path: Path) -> None:
    code = (
        "import resource, sys; from pathlib import Path;"
        "from testgen_training.fitting import checkpoints; from testgen_training.model import build;"
        "from testgen.errors import WriteFailed; from tests.training.fitting.test_fitting import TINY;"
        f"folder = Path({str(tmp_path)!r}); model = build(TINY, seed=0);"
        "checkpoints.save(folder, model, [], {'step': 1});"
        "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        "try:\n checkpoints.save(folder, model, [], {'step': 2})\n"
        "except WriteFailed as error:\n print(error.next_step); sys.exit(7)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 7, done.stderr
    assert "Make room" in done.stdout
    newest = checkpoints.newest(tmp_path)
    assert newest is not None
    assert newest.state["step"] == 1
    assert [path.name for path in tmp_path.iterdir()] == ["step_00000001"]


def test_a_model_and_a_tokenizer_that_do_not_belong_together_are_refused(
    small: Small, tmp_path: Path
) -> None:
    with pytest.raises(CheckpointUnusable, match="1300 ids, the tokenizer 1200"):
        run(config(small, tmp_path / "t", shape=replace(TINY, vocabulary=1300)))


def test_weights_of_another_shape_are_refused(small: Small, tmp_path: Path) -> None:
    best = run(config(small, tmp_path / "t", steps=2))
    with pytest.raises(CheckpointUnusable, match="same shape"):
        checkpoints.load_weights(best, build(replace(TINY, width=64), seed=0))


def test_a_loss_that_is_no_number_stops_training_and_keeps_the_last_checkpoint(
    small: Small, tmp_path: Path
) -> None:
    with pytest.raises(Diverged, match=r"The loss is (nan|inf)"):
        run(
            config(
                small,
                tmp_path / "t",
                steps=40,
                optimization=Optimization(rate=1e30, warmup_steps=0, clip=1e30),
            )
        )
    assert stage.manifest_of(tmp_path / "t") is None


def test_finetuning_starts_from_the_weights_it_is_given(small: Small, tmp_path: Path) -> None:
    best = run(config(small, tmp_path / "a", steps=30, validate_every=30))
    run(config(small, tmp_path / "b", steps=1, validate_every=1, initial=best))
    run(config(small, tmp_path / "c", steps=1, validate_every=1))
    tuned, fresh = (stage.read_metrics(tmp_path / name)[-1]["validation/overall"] for name in ("b", "c"))
    assert tuned < fresh


def test_a_saved_model_is_the_model(small: Small, tmp_path: Path) -> None:
    best = run(config(small, tmp_path / "t", steps=2))
    loaded = load_model(best)
    again = {name: each for name, each in loaded.state_dict().items() if name in weights(best)}
    assert equal(again, weights(best))
    assert (best / "tokenizer.json").read_bytes() == small.tokenizer.read_bytes()


def test_training_stops_early_when_validation_does_not_improve(small: Small, tmp_path: Path) -> None:
    still = Optimization(rate=1e-12, warmup_steps=0)
    run(config(small, tmp_path / "t", steps=60, validate_every=1, patience=3, optimization=still))
    manifest = stage.manifest_of(tmp_path / "t")
    assert manifest is not None
    assert manifest["progress"]["step"] < 60


def test_gradient_checkpointing_changes_memory_and_not_the_result(small: Small, tmp_path: Path) -> None:
    run(config(small, tmp_path / "a", steps=3))
    run(config(small, tmp_path / "b", steps=3, gradient_checkpointing=True))
    left, right = final(tmp_path / "a"), final(tmp_path / "b")
    assert all(torch.allclose(left[name], right[name], atol=1e-5) for name in left)


def test_two_small_passes_of_one_step_do_what_one_would(small: Small, tmp_path: Path) -> None:
    run(config(small, tmp_path / "t", steps=2, accumulate=3))
    manifest = stage.manifest_of(tmp_path / "t")
    assert manifest is not None
    assert manifest["progress"]["num_tokens"] > 3 * 2 * 500


def test_metrics_go_to_tensorboard_too_where_asked(small: Small, tmp_path: Path) -> None:
    pytest.importorskip("tensorboard", reason="tensorboard, of the training extras, is not installed")
    run(config(small, tmp_path / "t", steps=2, tensorboard=True))
    assert list((tmp_path / "t/tensorboard").glob("events.*"))


def test_another_configuration_in_the_same_folder_is_refused(small: Small, tmp_path: Path) -> None:
    run(config(small, tmp_path / "t", steps=2))
    (tmp_path / "t" / stage.MANIFEST).unlink()
    with pytest.raises(ConfigInvalid, match="seed"):
        run(config(small, tmp_path / "t", steps=2, seed=1))


def test_a_missing_corpus_says_which_stage_makes_it(small: Small, tmp_path: Path) -> None:
    with pytest.raises(CorpusUnusable, match=r"files.jsonl"):
        run(replace(config(small, tmp_path / "t"), corpus=tmp_path / "none"))


def test_the_rate_warms_up_then_falls_along_a_cosine() -> None:
    wanted = Optimization(warmup_steps=10, last_share=0.1)
    curve = [rate_share(step, 110, wanted) for step in range(110)]
    assert curve[0] == pytest.approx(0.1)
    assert curve[9] == pytest.approx(1.0)
    assert curve[10:] == sorted(curve[10:], reverse=True)
    assert curve[109] == pytest.approx(0.1)


def test_the_rate_of_a_plateau_stays_until_it_is_lowered() -> None:
    wanted = Optimization(warmup_steps=2, schedule="plateau")
    assert [rate_share(step, 10, wanted, 0.1) for step in (0, 1, 2, 9)] == [0.5, 1.0, 0.1, 0.1]


@pytest.mark.parametrize(("name", "millions"), [("nano", 7.5), ("base", 126), ("large", 356)])
def test_the_sizes_are_what_they_are_called(name: str, millions: float) -> None:
    assert SHAPES[name]().num_parameters == pytest.approx(millions * 1e6, rel=0.02)


def test_the_arithmetic_of_parameters_is_that_of_the_model() -> None:
    assert sum(each.numel() for each in build(TINY, seed=0).parameters()) == TINY.num_parameters


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device on this machine")
@pytest.mark.parametrize("precision", ["bf16", "fp16"])
def test_training_runs_on_cuda_in_half_precision(small: Small, tmp_path: Path, precision: str) -> None:
    run(config(small, tmp_path / "t", steps=10, precision=precision))
    manifest = stage.manifest_of(tmp_path / "t")
    assert manifest is not None
    assert manifest["device"].startswith("cuda")


@pytest.mark.parametrize(
    ("about", "message"),
    [
        ({"precision": "fp8"}, "precision is 'fp8'"),
        ({"steps": 0}, "steps is 0"),
        ({"batch_tokens": 100}, "less than one example"),
    ],
)
def test_a_configuration_out_of_range_is_refused(
    small: Small, tmp_path: Path, about: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigInvalid, match=message):
        config(small, tmp_path, **about)


def test_a_run_that_is_complete_is_not_run_again(small: Small, tmp_path: Path) -> None:
    run(config(small, tmp_path / "t", steps=2))
    shutil.rmtree(tmp_path / "t/checkpoints")
    run(config(small, tmp_path / "t", steps=2))
    assert not (tmp_path / "t/checkpoints").exists()
