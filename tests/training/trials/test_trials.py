"""Trials compare trainings that differ in one thing; a curve is found where there is one."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("torch", reason="torch, of the training extras, is not installed")

from testgen_training import trials
from testgen_training.errors import ConfigInvalid, CorpusUnusable
from testgen_training.trials.curve import fitted
from tests.training.conftest import Small
from tests.training.fitting.test_fitting import config as training

TOKENS = (1e5, 2e5, 4e5, 8e5, 1.6e6, 3.2e6)


@settings(deadline=None, max_examples=40)
@given(
    floor=st.floats(min_value=0.2, max_value=2.0),
    exponent=st.floats(min_value=0.1, max_value=1.0),
    drop=st.floats(min_value=0.5, max_value=3.0),
)
def test_a_power_law_is_found_again_and_extrapolated(floor: float, exponent: float, drop: float) -> None:
    scale = drop * TOKENS[0] ** exponent
    curve = fitted([(tokens, floor + scale * tokens**-exponent) for tokens in TOKENS])
    assert curve.error < 0.01
    assert curve.at(1e7) == pytest.approx(floor + scale * 1e7**-exponent, abs=0.05)
    reached = curve.at(5e6)
    assert curve.tokens_for(reached) == pytest.approx(5e6, rel=0.01)


def test_a_loss_below_the_floor_is_never_reached() -> None:
    curve = fitted([(tokens, 1.0 + 100 * tokens**-0.5) for tokens in TOKENS])
    assert math.isinf(curve.tokens_for(0.5))


def test_three_points_are_no_curve() -> None:
    with pytest.raises(CorpusUnusable, match="needs 4 validations"):
        fitted([(1.0, 3.0), (2.0, 2.0), (3.0, 1.0)])


def toml(small: Small, tmp_path: Path) -> Path:
    wanted = training(small, tmp_path / "unused", steps=4, validate_every=2)
    plain: dict[str, Any] = asdict(wanted)
    lines = [f'{key} = "{plain[key]}"' for key in ("corpus", "tokenizer", "output", "precision")]
    numbers = ("steps", "batch_tokens", "window", "validate_every", "validation_draws", "threads")
    lines += [f"{key} = {plain[key]}" for key in numbers]
    for table in ("shape", "limits"):
        lines += [f"[{table}]", *(f"{key} = {value}" for key, value in plain[table].items())]
    path = tmp_path / "base.toml"
    path.write_text("\n".join(lines))
    return path


def test_every_variant_runs_with_every_seed_and_a_second_run_adds_only_what_is_new(
    small: Small, tmp_path: Path
) -> None:
    base = toml(small, tmp_path)
    wanted = trials.Config(
        base=base, output=tmp_path / "t", variants={"no_notions": ("notions=false",)}, seeds=(0, 1)
    )
    results = json.loads(trials.run(wanted).read_text())["variants"]
    assert set(results) == {"base", "no_notions"}
    assert [each["seed"] for each in results["base"]["trials"]] == [0, 1]
    assert results["base"]["curve"] is not None
    assert len(results["base"]["trials"][0]["points"]) == 2
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "t").glob("*/manifest.json")}
    variants = {"no_notions": ("notions=false",), "wide": ("shape.width=48",)}
    more = trials.Config(base=base, output=tmp_path / "t", variants=variants, seeds=(0, 1))
    results = json.loads(trials.run(more).read_text())["variants"]
    assert results["wide"]["trials"][0]["num_parameters"] > results["base"]["trials"][0]["num_parameters"]
    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_a_variant_with_a_key_that_does_not_exist_is_refused(small: Small, tmp_path: Path) -> None:
    wanted = trials.Config(
        base=toml(small, tmp_path), output=tmp_path / "t", variants={"a": ("shape.widht=48",)}, seeds=(0,)
    )
    with pytest.raises(ConfigInvalid, match=r"shape\.widht.*`width`"):
        trials.run(wanted)


def test_a_variant_cannot_be_called_base(tmp_path: Path) -> None:
    with pytest.raises(ConfigInvalid, match="base"):
        trials.Config(base=tmp_path, output=tmp_path, variants={"base": ()})
