"""The corpus stage on real git repositories: splits, filters, copies, contamination, and going on after a
stop.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("rensa", reason="the training extras are not installed")

from testgen_training import configuration, stage
from testgen_training.corpus import Config, run
from testgen_training.corpus.quality import Quality
from testgen_training.corpus.records import read
from testgen_training.corpus.selection import split_of
from testgen_training.errors import ConfigInvalid, CorpusUnusable
from tests.training.repositories import CART, CART_TEST, MIT, commit, shop

LENIENT = Quality(as_of="2026-06-01")


def config(tmp_path: Path, *names: str, **about: Any) -> Config:
    given = {"quality": LENIENT, "workers": 1, "validation_share": 1e-9, **about}
    return Config(
        output=tmp_path / "corpus", git=tuple(f"{name}={tmp_path / name}" for name in names), **given
    )


def manifest(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / stage.MANIFEST).read_text())
    return content


def other(name: str) -> tuple[str, str]:
    """The shop under another name, every word of it another."""
    words = {
        "Shop": name.title(),
        "Cart": f"{name.title()}Bag",
        "cart": f"{name}_bag",
        "item": f"{name}_thing",
    }
    code, tests = CART, CART_TEST
    for word, replacement in {**words, "add": f"put_{name}", "count": f"size_{name}", "tea": name}.items():
        code, tests = code.replace(word, replacement), tests.replace(word, replacement)
    return code, tests


def test_the_manifest_names_every_repository_with_its_commit_and_licences_and_holds_no_text(
    tmp_path: Path,
) -> None:
    revision = shop(tmp_path / "a/shop")
    folder = run(config(tmp_path, "a/shop"))
    content = manifest(folder)
    (about,) = content["repositories"]
    assert about["name"] == "a/shop"
    assert about["commit"] == revision
    assert about["licences"] == {"MIT": 2}
    assert content["splits"]["train"]["tests"] == 2
    assert "defmodule" not in json.dumps(content)
    assert set(content["files"]) == {
        f"{split}/{kind}.jsonl"
        for split in ("train", "validation", "test")
        for kind in ("files", "modules", "tests", "calls")
    }


def test_a_finished_corpus_is_not_built_again(tmp_path: Path) -> None:
    shop(tmp_path / "a/shop")
    wanted = config(tmp_path, "a/shop")
    before = (run(wanted) / stage.MANIFEST).stat().st_mtime_ns
    assert (run(wanted) / stage.MANIFEST).stat().st_mtime_ns == before


def test_another_configuration_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    shop(tmp_path / "a/shop")
    folder = run(config(tmp_path, "a/shop"))
    (folder / stage.MANIFEST).unlink()
    with pytest.raises(ConfigInvalid, match="jaccard"):
        run(config(tmp_path, "a/shop", jaccard=0.5))


def test_a_held_out_repository_is_the_test_split_and_its_tests_are_kept_from_training(tmp_path: Path) -> None:
    shop(tmp_path / "a/shop")
    code, tests = other("tool")
    copied = tests.replace("end\nend\n", "end\nend\n" + CART_TEST)
    commit(tmp_path / "b/tool", {"LICENSE": MIT, "lib/tool.ex": code, "test/tool_test.exs": copied})
    folder = run(config(tmp_path, "a/shop", "b/tool", held_out=("a/shop",)))
    content = manifest(folder)
    assert {each["name"]: each["split"] for each in content["repositories"]} == {
        "a/shop": "test",
        "b/tool": "train",
    }
    assert content["dropped"]["train"]["contaminated"]["files"] == 1
    assert all(
        "tea" not in json.dumps(line) for line in (folder / "train/tests.jsonl").read_text().splitlines()
    )


def test_a_copied_repository_adds_nothing(tmp_path: Path) -> None:
    shop(tmp_path / "a/shop")
    shop(tmp_path / "b/fork")
    content = manifest(run(config(tmp_path, "a/shop", "b/fork")))
    assert content["splits"]["train"]["files"] == 2
    assert content["dropped"]["train"]["copies"] == {"files": 2, "tests": 2, "calls": 3}


def test_each_filter_reports_what_it_lets_through(tmp_path: Path) -> None:
    shop(tmp_path / "a/shop")
    shop(tmp_path / "b/old", day="2020-01-01")
    code, _ = other("bare")
    commit(tmp_path / "c/untested", {"LICENSE": MIT, "lib/a.ex": code})
    content = manifest(run(config(tmp_path, "a/shop", "b/old", "c/untested")))
    let_through = {name: each["repositories"] for name, each in content["quality"]["as configured"].items()}
    assert let_through == {"tests": 2, "doc_coverage": 3, "credo": 3, "age": 2, "all criteria": 1}
    failed = {each["name"]: each["failed"] for each in content["repositories"]}
    assert failed == {"a/shop": [], "b/old": ["age"], "c/untested": ["tests"]}


def test_filters_that_empty_the_corpus_say_so(tmp_path: Path) -> None:
    shop(tmp_path / "a/shop", day="2020-01-01")
    with pytest.raises(CorpusUnusable, match="No file of 1 repositories"):
        run(config(tmp_path, "a/shop"))
    assert stage.manifest_of(tmp_path / "corpus") is None


def test_a_repository_that_cannot_be_read_is_named_and_the_others_are_used(tmp_path: Path) -> None:
    shop(tmp_path / "a/shop")
    content = manifest(run(config(tmp_path, "a/shop", "b/missing")))
    assert "b/missing" in content["unusable"]
    assert content["splits"]["train"]["files"] == 2


def test_the_split_of_a_repository_follows_from_its_name_alone(tmp_path: Path) -> None:
    wanted = config(tmp_path, validation_share=0.3)
    names = [f"owner/{number}" for number in range(300)]
    found = [split_of(name, wanted) for name in names]
    assert found == [split_of(name, wanted) for name in names]
    assert 60 <= found.count("validation") <= 120


def test_a_killed_run_goes_on_with_what_is_missing_and_ends_the_same(tmp_path: Path) -> None:
    names = []
    for number in range(30):
        code, tests = other(f"kind{number}")
        name = f"a/r{number}"
        commit(tmp_path / name, {"LICENSE": MIT, "lib/a.ex": code, "test/a_test.exs": tests})
        names.append(name)
    wanted = config(tmp_path, *names)
    whole = manifest(run(config(tmp_path / "whole", *(f"../{name}" for name in names))))["splits"]
    lines = [f'output = "{wanted.output}"', f"git = {json.dumps(list(wanted.git))}", "workers = 1"]
    lines += ["validation_share = 1e-9", "[quality]", 'as_of = "2026-06-01"']
    (tmp_path / "c.toml").write_text("\n".join(lines))
    code = (
        "from pathlib import Path; from testgen_training import configuration;"
        "from testgen_training.corpus import Config, run;"
        f"run(configuration.load(Config, Path({str(tmp_path / 'c.toml')!r})))"
    )
    process = subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
    extracted = wanted.output / "extracted"
    while process.poll() is None and len(list(extracted.glob("*.json")) if extracted.exists() else []) < 5:
        time.sleep(0.005)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    done = {path: path.stat().st_mtime_ns for path in extracted.glob("*.json")}
    assert done
    assert stage.manifest_of(wanted.output) is None
    assert manifest(run(wanted))["splits"] == whole
    assert {path: path.stat().st_mtime_ns for path in done} == done


def test_folders_are_repositories_too(tmp_path: Path) -> None:
    shop(tmp_path / "shop")
    wanted = Config(
        output=tmp_path / "corpus", folders=(f"a/shop={tmp_path / 'shop'}",), quality=LENIENT, workers=1,
        validation_share=1e-9,
    )  # fmt: skip
    content = manifest(run(wanted))
    assert content["repositories"][0]["commit"].startswith("sha256:")
    assert len(list(read(tmp_path / "corpus/train/calls.jsonl"))) == 3


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (["jacard=0.9"], "Did you mean `jaccard`"),
        (["quality.max_age=3"], "quality.max_age"),
        (["jaccard=high"], "should be float"),
        (["workers=0"], "at least 1"),
        (["git=['a/b']"], "names no repository"),
        (["quality.as_of='soon'"], "2026-01-31"),
        (["jaccard"], "is no setting"),
    ],
)
def test_a_wrong_setting_is_refused_with_what_would_be_right(
    tmp_path: Path, settings: list[str], message: str
) -> None:
    with pytest.raises(ConfigInvalid, match=message):
        configuration.load(Config, None, [f"output={tmp_path}", *settings])
