"""The corpus stage: repositories in, splits of records out, with a manifest that says where each came from.

Every repository is read once and its records kept in `extracted/`; a run that was killed goes on with those
that are missing. The manifest names repositories, commits and licences; it holds no text of theirs.
"""

from __future__ import annotations

import json
import logging
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

from testgen import atomic_write
from testgen_training import stage
from testgen_training.corpus import github, hex_pm, records, selection
from testgen_training.corpus.config import Config
from testgen_training.corpus.extraction import Extracted, extract
from testgen_training.corpus.folder_source import FolderRepository
from testgen_training.corpus.git_source import GitRepository
from testgen_training.corpus.quality import Grades, Quality, grade, yields
from testgen_training.corpus.repository import Repository
from testgen_training.corpus.selection import SPLITS, Split
from testgen_training.errors import CorpusUnusable, SourceUnusable

_LOG = logging.getLogger(__name__)
_EXTRACTED = "extracted"


def run(config: Config) -> Path:
    """Builds the corpus and returns its folder. Raises CorpusUnusable where the split `train` stays empty."""
    if stage.manifest_of(config.output) is not None:
        return config.output
    stage.open_output(config.output, config, may_differ=frozenset({"workers"}))
    started_s = time.monotonic()
    summaries, unusable = _extract_all(config)
    chosen, grades = _choose(summaries, config)
    splits = _load(chosen, config)
    dropped = _clean(splits, config)
    files = list(_write(splits, config.output))
    about = {
        "repositories": _repositories(summaries, chosen, config),
        "unusable": unusable,
        "quality": {
            "as configured": yields(grades, config.quality),
            "as by default": yields(grades, Quality()),
        },
        "dropped": {
            split: {why: dict(count) for why, count in found.items()} for split, found in dropped.items()
        },
        "splits": {name: _counts(split) for name, split in splits.items()},
    }
    stage.finish(config.output, files, about)
    stage.log_metrics(config.output, seconds=round(time.monotonic() - started_s, 1), repositories=len(chosen))
    if not splits["train"].files:
        (config.output / stage.MANIFEST).unlink()
        raise CorpusUnusable(
            f"No file of {len(summaries)} repositories is left to train on.",
            f"See what each filter dropped in {config.output / _EXTRACTED}, and lower a threshold.",
        )
    return config.output


def repositories_of(config: Config) -> tuple[list[Repository], dict[str, str]]:
    """All that the configuration names, downloaded where it is elsewhere, and the reasons for what is not to
    be had.
    """
    found: list[Repository] = []
    unusable: dict[str, str] = {}
    for entry in config.git:
        name, _, place = entry.partition("=")
        folder, _, revision = place.partition("@")
        found.append(GitRepository(name=name, folder=Path(folder), revision=revision or "HEAD"))
    for entry in config.folders:
        name, _, place = entry.partition("=")
        found.append(FolderRepository(name=name, folder=Path(place)))
    if config.hex is not None:
        packages, missing = hex_pm.download(config.hex, config.output / "downloads" / "hex")
        found.extend(packages)
        unusable.update(missing)
    if config.github is not None:
        clones, missing = github.clone_all(config.github, config.output / "downloads" / "github")
        found.extend(clones)
        unusable.update(missing)
    return found, unusable


def _extract_all(config: Config) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """A summary per repository that could be read, and the reasons of the others."""
    folder = config.output / _EXTRACTED
    folder.mkdir(exist_ok=True)
    sources, unusable = repositories_of(config)
    summaries = []
    with ProcessPoolExecutor(config.workers) as pool:
        asked = [(each, pool.submit(_extract_one, each, folder, config)) for each in sources]
        for source, answer in asked:
            try:
                summaries.append(answer.result())
            except SourceUnusable as error:
                unusable[source.name] = error.message
                _LOG.warning("%s", error)
    return summaries, unusable


def _extract_one(repository: Repository, folder: Path, config: Config) -> dict[str, Any]:
    base = folder / repository.name.replace("/", "+")
    done = base.with_name(f"{base.name}.json")
    if done.exists():
        summary: dict[str, Any] = json.loads(done.read_text(encoding="utf-8"))
        if summary["commit"] == repository.commit():
            return summary
    extracted = extract(repository, config.max_file_bytes)
    records.write(base.with_name(f"{base.name}.jsonl"), extracted.records)
    summary = _summary(extracted, grade(extracted, config.quality))
    atomic_write.write_text(done, json.dumps(summary) + "\n")
    return summary


def _summary(extracted: Extracted, grades: Grades) -> dict[str, Any]:
    return {
        "name": extracted.name,
        "origin": extracted.origin,
        "commit": extracted.commit,
        "touched": extracted.touched,
        "licences": dict(extracted.licences),
        "passed_over": {why: count for why, count in extracted.passed_over.items() if count},
        "grades": asdict(grades),
    }


def _choose(summaries: list[dict[str, Any]], config: Config) -> tuple[list[str], list[Grades]]:
    """Names of the repositories that are used; the grades of those that had to pass."""
    grades = [Grades(**each["grades"]) for each in summaries if each["name"] not in config.held_out]
    passing = {each.name for each in grades if not each.failed(config.quality)} | set(config.held_out)
    return [each["name"] for each in summaries if each["name"] in passing], grades


def _load(names: list[str], config: Config) -> dict[str, Split]:
    splits = {name: Split() for name in SPLITS}
    for name in names:
        path = config.output / _EXTRACTED / f"{name.replace('/', '+')}.jsonl"
        for record in records.read(path):
            splits[selection.split_of(name, config)].add(record)
    return splits


def _clean(splits: dict[str, Split], config: Config) -> dict[str, dict[str, Counter[str]]]:
    dropped: dict[str, dict[str, Counter[str]]] = {}
    evaluated: list[Split] = []
    for name in ("test", "validation", "train"):
        split = splits[name]
        dropped[name] = {"copies": selection.without_copies(split, config.jaccard)}
        if evaluated:
            dropped[name]["contaminated"] = selection.without_contamination(split, evaluated, config)
        selection.without_orphans(split)
        evaluated.append(split)
    return dropped


def _write(splits: dict[str, Split], output: Path) -> Iterator[str]:
    for name, split in splits.items():
        (output / name).mkdir(exist_ok=True)
        for kind, found in (
            ("files", split.files),
            ("modules", split.modules),
            ("tests", split.tests),
            ("calls", split.calls),
        ):
            records.write(output / name / f"{kind}.jsonl", found)
            yield f"{name}/{kind}.jsonl"


def _counts(split: Split) -> dict[str, Any]:
    types = Counter(each.test_type.value for each in split.tests)
    total = sum(types.values()) or 1
    return {
        "bytes": sum(len(each.text.encode("utf-8")) for each in split.files),
        "files": len(split.files),
        "modules": len(split.modules),
        "tests": len(split.tests),
        "calls": len(split.calls),
        "doctest_calls": sum(each.origin == "doctest" for each in split.calls),
        "natural_ratio": {kind: round(count / total, 4) for kind, count in types.most_common()},
    }


def _repositories(summaries: list[dict[str, Any]], chosen: list[str], config: Config) -> list[dict[str, Any]]:
    """What the manifest says of each repository."""
    return [
        {
            **{key: value for key, value in each.items() if key != "grades"},
            "split": selection.split_of(each["name"], config) if each["name"] in chosen else None,
            "failed": list(Grades(**each["grades"]).failed(config.quality)),
            "num_tests": each["grades"]["num_tests"],
            "doc_coverage": round(each["grades"]["doc_coverage"], 3),
        }
        for each in summaries
    ]
