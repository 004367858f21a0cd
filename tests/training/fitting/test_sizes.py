"""The larger models for real: ten steps each on a CPU, resumed, exported, opened and asked.

Their blocks have full size, their vocabulary that of the small tokenizer. What they need on a GPU is in
docs/training.md.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("torch", reason="torch, of the training extras, is not installed")
pytest.importorskip("ctranslate2", reason="CTranslate2 is not installed")

import psutil

from testgen.engines import Request
from testgen.engines.bundle import Bundle
from testgen.engines.ctranslate2 import CTranslate2Engine
from testgen.prompt import Definition, ModuleText, Prompt, Task
from testgen_training import export, stage
from testgen_training.examples.example import Limits
from testgen_training.fitting.config import Optimization
from testgen_training.fitting.run import run
from testgen_training.model import SHAPES
from tests.training.conftest import Small
from tests.training.fitting.test_fitting import config

GIB = 1 << 30
LIMITS = Limits(source_tokens=64, target_tokens=48)
MODULE = ModuleText(name="A", definitions=(Definition(name="f", arity=1, source="def f(a), do: a"),))


@pytest.mark.longest
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("size", "gib"), [("base", 6), ("large", 14)])
def test_ten_steps_lower_the_loss_and_the_export_answers(
    small: Small, tmp_path: Path, size: str, gib: int
) -> None:
    if psutil.virtual_memory().available < gib * GIB:
        pytest.skip(f"{size} needs {gib} GiB of free memory, which this machine has not")
    shape = replace(SHAPES[size](), vocabulary=1200, dropout=0.0)
    wanted = config(
        small,
        tmp_path / "t",
        shape=shape,
        limits=LIMITS,
        steps=10,
        batch_tokens=250,
        threads=0,
        validate_every=5,
        validation_draws=8,
        checkpoint_every=10,
        gradient_checkpointing=True,
        optimization=Optimization(rate=1e-2, warmup_steps=2),
    )
    best = run(replace(wanted, steps=10))
    told = [
        each["validation/overall"]
        for each in stage.read_metrics(wanted.output)
        if "validation/overall" in each
    ]
    assert told[-1] < told[0]
    manifest = stage.manifest_of(wanted.output)
    assert manifest is not None
    assert manifest["num_parameters"] == shape.num_parameters

    (wanted.output / stage.MANIFEST).unlink()
    assert run(wanted) == best
    folder = export.run(
        export.Config(model=best, output=tmp_path / "b", name=size, formats=("ct2-int8",), limits=LIMITS)
    )
    engine = CTranslate2Engine.open(Bundle.open(folder))
    prompt = Prompt(task=Task.CALL, module=MODULE, focal=("f/1",))
    assert engine.complete(Request(context="", head="A.f(", prompt=prompt, num_samples=2, max_tokens=4))
