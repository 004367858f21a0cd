"""What is done with one module, step by step; each step gives what it found as plain values.

own      `testgen score` of the repository's own suite; plain `mix test` where it cannot run there
cold     `testgen generate` on a project that testgen never saw
valid    five runs of `mix test` with five seeds, the formatter, the compiler's warnings
score    `testgen score` of what cold wrote, every test on every mutant that it reaches
warm     the same generation in a process whose VM has the project open
short    `testgen generate --budget 2`
fresh    a sample of the mutants judged again by plain `mix test` in fresh VMs
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.generation import resample
from benchmarks.generation.places import Place
from benchmarks.stopwatch import Timed
from benchmarks.stopwatch import testgen as testgen_command

Result = dict[str, Any]
Done = Mapping[str, Any]
"""Results of the steps before."""

_WARM = Path(__file__).with_name("warm.py")
SEEDS = (0, 1, 42, 1234, 99999)
_LIMIT_S = 900.0
_TEST_LIMIT_S = 300.0
_SUSPICIOUS = 0.3
"""Share of timeouts from which on a suite is held to suit no VM that runs it again and again."""
_EXCERPT = 1_500
_TEST_SHOWN = re.compile(r"^\s*(?:doctest|spec|law|observed)\s|\btest \"")
"""A line of stderr that shows a test: of the closing report, or of what is told while it searches."""
_NOTHING_RUNS = "all are skipped or excluded"
"""What `score` says of a suite that tests nothing here, such as one that wants a server."""
_WARNED_WITHIN_LINES = 12


def cold(place: Place, _done: Done) -> Result:
    """A generation from an empty cache, memory watched."""
    place.arrange({})
    place.bench.forget_project()
    return {"load": os.getloadavg()[0], **_generate(place, watch_memory=True)}


def short(place: Place, _done: Done) -> Result:
    """A generation with two seconds to search in; the project was seen before."""
    place.arrange({})
    return _generate(place, "--budget", "2")


def without(place: Place, *proposers: str) -> Result:
    """A generation with proposers off; the project was seen before."""
    place.arrange({})
    options = [part for proposer in proposers for part in ("--without", proposer)]
    return _generate(place, *options, watch_memory=True)


def _generate(place: Place, *options: str, watch_memory: bool = False) -> Result:
    argv: list[str | Path] = [testgen_command(), "generate", place.module.source, "--json", *options]
    ran = place.bench.run(argv, watch_memory=watch_memory, limit_s=_LIMIT_S)
    return {
        "exit": ran.exit_code,
        "seconds": round(ran.seconds, 2),
        "cpu_s": round(ran.cpu_s, 2),
        "peak_mb": round(ran.peak_bytes / 1e6),
        "first_test_s": _first_test(ran),
        "stderr": ran.stderr[-_EXCERPT:] if ran.exit_code else "",
        "report": _parsed(ran.stdout),
    }


def _first_test(ran: Timed) -> float | None:
    return next((round(second, 2) for second, line in ran.told if _TEST_SHOWN.search(line)), None)


def _parsed(text: str) -> Result | None:
    try:
        return dict(json.loads(text))
    except ValueError:
        return None


def warm(place: Place, _done: Done) -> Result:
    """The generation once more where the VM is there and has the project open; public functions with it."""
    place.arrange({})
    argv = [sys.executable, str(_WARM), str(place.bench.project / place.module.source)]
    ran = place.bench.run(argv, limit_s=_LIMIT_S)
    failure = ran.stderr[-_EXCERPT:] if ran.exit_code else ""
    return {"exit": ran.exit_code, "stderr": failure, **(_parsed(ran.stdout) or {})}


def valid(place: Place, done: Done) -> Result | None:
    """Whether the written suite is green, formatted and compiles without a warning."""
    if not (text := written(done)):
        return None
    path = place.generated_path()
    place.arrange({path: text})
    runs = [
        place.bench.run(["mix", "test", path, "--seed", str(seed)], limit_s=_TEST_LIMIT_S) for seed in SEEDS
    ]
    formatted = place.bench.run(
        ["mix", "format", "--check-formatted", *place.formatter_options(), path], limit_s=_TEST_LIMIT_S
    )
    return {
        "failed": [
            {"seed": seed, "output": _end(ran)}
            for seed, ran in zip(SEEDS, runs, strict=True)
            if ran.exit_code
        ],
        "formatted": formatted.exit_code == 0,
        "not_formatted": _end(formatted) if formatted.exit_code else "",
        "warnings": warnings(runs[0].stderr + runs[0].stdout, path),
        "mix_test_s": round(min(ran.seconds for ran in runs), 2),
    }


def _end(ran: Timed) -> str:
    return (ran.stdout + ran.stderr)[-_EXCERPT:]


def warnings(output: str, path: str) -> list[str]:
    """Warnings of the compiler that name a line of the file."""
    lines = output.splitlines()
    named = [number for number, line in enumerate(lines) if line.strip().startswith(f"{path}:")]
    before = (lines[max(number - _WARNED_WITHIN_LINES, 0) : number] for number in named)
    found = (next((line for line in reversed(part) if "warning:" in line), None) for part in before)
    return [warning.strip() for warning in found if warning]


def score(place: Place, done: Done) -> Result | None:
    """The written suite on all mutants."""
    if not (text := written(done)):
        return None
    place.arrange({place.generated_path(): text})
    return _score(place, place.generated_path(), "--all-tests")


def own(place: Place, done: Done) -> Result:
    """The repository's own suite on all mutants."""
    suite = place.module.suite
    place.arrange({suite: place.own})
    result = _score(place, suite)
    report = result["report"]
    if report and _timed_out(report["mutants"]) > _SUSPICIOUS:
        result["report"] = resample.judged_all(place, suite, report)
    elif not report and _NOTHING_RUNS not in result["stderr"] and (scored := _scored(done)):
        result["report"] = resample.judged_all(place, suite, scored)
    return result


def _timed_out(mutants: Sequence[Result]) -> float:
    return sum(bool(mutant["status"] == "Timeout") for mutant in mutants) / max(len(mutants), 1)


def _score(place: Place, suite: str, *options: str) -> Result:
    report = place.bench.cache / "score.json"
    report.unlink(missing_ok=True)
    argv: list[str | Path] = [
        testgen_command(),
        "score",
        place.module.source,
        suite,
        "--no-cache",
        "--json",
        report,
        *options,
    ]
    ran = place.bench.run(argv, limit_s=_LIMIT_S)
    found = _parsed(report.read_text(encoding="utf-8")) if report.exists() else None
    return {
        "exit": ran.exit_code,
        "seconds": round(ran.seconds, 2),
        "stderr": _end(ran) if found is None else "",
        "report": _without_sources(found),
    }


def _without_sources(report: Result | None) -> Result | None:
    """The report without the texts of source and tests, and without who covers what."""
    if report is None:
        return None
    mutants = [mutant for file in report["files"].values() for mutant in file["mutants"]]
    tests = [test for file in report["testFiles"].values() for test in file["tests"]]
    left_out = ("coveredBy", "duration")
    return {
        "config": report["config"],
        "tests": {test["id"]: test["name"] for test in tests},
        "mutants": [{k: v for k, v in mutant.items() if k not in left_out} for mutant in mutants],
    }


def fresh(place: Place, done: Done) -> Result | None:
    """A sample of the mutants of the written suite, judged by the second scorer."""
    if not (text := written(done)) or not (scored := _scored(done)):
        return None
    place.arrange({place.generated_path(): text})
    return resample.judged(place, scored)


def _scored(done: Done) -> Result | None:
    part = done.get("score")
    return part["report"] if part else None


def written(done: Done) -> str:
    """The suite that the cold generation wrote; empty where there is none."""
    report = done["cold"]["report"]
    return str(report["text"]) if report and report["tests"] else ""


STEPS: Mapping[str, Callable[[Place, Done], Result | None]] = {
    "cold": cold,
    "score": score,
    "own": own,
    "warm": warm,
    "short": short,
    "valid": valid,
    "fresh": fresh,
}
"""In the order in which they are done; what is known early is what is looked at first."""
