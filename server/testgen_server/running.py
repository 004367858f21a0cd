"""Runs one job on a warm VM: what the daemon does for each kind of job, and what it makes of the answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from testgen.engines import Engine
from testgen.errors import BaselineFailed, KindUnsupported, WireInvalid
from testgen.mutation import Mutant
from testgen.project import Project, ProjectKind
from testgen.scoring.suite import find_suite, named_suite
from testgen.synthesis.additions import ModuleOutline, first_line
from testgen.synthesis.candidate import Candidate
from testgen.synthesis.config import GenerateConfig
from testgen.synthesis.generation import SUPPORTED_KINDS
from testgen.synthesis.generation import generate as run_pipeline
from testgen.synthesis.report import DeliveredTest, Generated, to_json, to_text
from testgen.synthesis.workbench import Workbench
from testgen.wire import (
    CompleteRequest,
    CompleteResult,
    FunctionScore,
    GenerateRequest,
    GenerateResult,
    JobResult,
    ScoreRequest,
    ScoreResult,
    Survivor,
    TestFound,
)
from testgen_server.job import Job
from testgen_server.telling import JobProgress, JobWatch
from testgen_server.warm_agents import Warm

_DETECTED = ("killed", "timeout")


def run(job: Job, warm: Warm, engine: Engine | None) -> JobResult:
    """The job's result. Raises what the parts raise, and what `Cancellation` does."""
    warm.bench.begin()
    request = job.request
    if isinstance(request, GenerateRequest):
        return _generate(job, request, warm.bench, engine)
    if isinstance(request, ScoreRequest):
        return _score(job, request, warm)
    return _complete(request, warm.bench)


def check(request: GenerateRequest) -> None:
    """Refuses early what no job could do. Raises KindUnsupported, WireInvalid."""
    if request.test_kind not in SUPPORTED_KINDS:
        raise KindUnsupported(
            f"Tests of the kind {request.test_kind.value} cannot be written yet.",
            "Ask for exunit or liveview",
        )
    try:
        _config(request, None)
    except ValueError as error:
        raise WireInvalid(str(error)) from error


def _config(request: GenerateRequest, engine: Engine | None) -> GenerateConfig:
    return GenerateConfig(
        path=Path(request.path),
        kind=request.test_kind,
        functions=request.functions,
        mutants=request.mutants,
        before=request.before,
        output=Path(request.output) if request.output else None,
        budget_s=request.budget_s,
        seed=request.seed,
        engine=engine,
    )


def _generate(job: Job, request: GenerateRequest, bench: Workbench, engine: Engine | None) -> GenerateResult:
    found = run_pipeline(
        _config(request, engine),
        JobProgress(job),
        warm=bench,
        cancellation=job.cancellation,
        watch=JobWatch(job),
    )
    outline = bench.outline(found.text)[0] if found.tests else ()
    target = Path(job.project.root, found.test_path)
    report = to_json(found, "interrupted" if found.interrupted else "ok")
    return GenerateResult(
        source_path=str(job.project.source),
        test_path=str(target),
        helper_path=_missing_helper(job.project, target),
        before=found.before,
        text=found.text,
        interrupted=found.interrupted,
        tests=_placed(found.tests, outline, {mutant.id: mutant.key for mutant in found.mutants}, found.text),
        survivors=tuple(survivor(mutant, found.source) for mutant in found.survivors),
        functions=_by_function(found, outline),
        report=report,
        lines=tuple(to_text(found, "")[1:]),
    )


def _placed(
    tests: Iterable[DeliveredTest], outline: Sequence[ModuleOutline], keys: Mapping[int, str], text: str
) -> tuple[TestFound, ...]:
    shown = text.split("\n")
    lines = {
        (describe.span.name, test.name): (first_line(shown, test.line), test.end_line)
        for module in outline
        for describe in module.describes
        for test in describe.tests
    }
    return tuple(
        TestFound(
            module=test.module,
            describe=test.describe,
            name=test.name,
            oracle=test.oracle.value,
            kills=len(test.kills),
            kills_alone=tuple(keys[each] for each in sorted(test.alone) if each in keys),
            line=lines.get((test.describe, test.name), (0, 0))[0],
            end_line=lines.get((test.describe, test.name), (0, 0))[1],
        )
        for test in tests
    )


def _by_function(found: Generated, outline: Sequence[ModuleOutline]) -> tuple[FunctionScore, ...]:
    num_tests = Counter[str]()
    for module in outline:
        for describe in module.describes:
            num_tests[describe.span.name] += len(describe.tests)
    return function_scores(found.mutants, found.outcomes, num_tests)


def function_scores(
    mutants: Iterable[Mutant], outcomes: Mapping[int, str], num_tests: Mapping[str, int]
) -> tuple[FunctionScore, ...]:
    """What is killed of each function's mutants; a describe named for the function holds its tests."""
    of: dict[str, list[Mutant]] = {}
    for mutant in mutants:
        if mutant.function is not None:
            of.setdefault(mutant.function, []).append(mutant)
    return tuple(
        FunctionScore(
            function=name,
            mutants=len(members),
            killed=sum(outcomes.get(mutant.id) in _DETECTED for mutant in members),
            tests=num_tests.get(name, 0),
        )
        for name, members in of.items()
    )


def survivor(mutant: Mutant, source: str) -> Survivor:
    """A mutant as editors show it."""
    return Survivor(
        key=mutant.key,
        operator=mutant.operator,
        function=mutant.function,
        line=mutant.start.line,
        column=mutant.start.column,
        end_line=mutant.end.line,
        end_column=mutant.end.column,
        original=mutant.original,
        replacement=mutant.replacement,
        diff=tuple(mutant.diff(source)),
    )


def _missing_helper(project: Project, target: Path) -> str | None:
    """The helper that `mix test` insists on, where it is missing; see `delivery.write_helper`."""
    tests = project.root / "test"
    needed = project.kind is ProjectKind.MIX and target.is_relative_to(tests)
    return str(project.test_helper) if needed and not project.test_helper.exists() else None


def _score(job: Job, request: ScoreRequest, warm: Warm) -> ScoreResult:
    bench, project = warm.bench, job.project
    files = (
        named_suite(project, [Path(t) for t in request.tests]) if request.tests else find_suite(project)
    ).files
    progress = JobProgress(job)
    progress.phase("compiling the project")
    bench.open()
    job.cancellation.checkpoint()
    progress.phase("making mutants")
    built = bench.build_mutants(str(project.source_relative), warm.settings.mutation.operators)
    job.cancellation.checkpoint()
    progress.phase("running the tests without a mutant")
    tests, errors, _ = bench.load_tests(files=[str(path) for path in files])
    if errors:
        raise BaselineFailed(f"The tests do not load:\n\n{errors[0]}", "Mend what Elixir says above")
    failing = [run for run in bench.baseline().values() if run.status not in ("passed", "skipped")]
    if failing:
        raise BaselineFailed(
            f"{len(failing)} of {len(tests)} tests fail without any mutant; the first is {failing[0].id}:\n"
            f"{failing[0].message}",
            "Make the suite pass first: mix test",
        )
    progress.phase("running mutants", len(built.mutants))
    outcomes: dict[int, str] = {}
    for mutant, status, _ in bench.run_mutants([each.id for each in built.mutants]):
        job.cancellation.checkpoint()
        outcomes[mutant] = status
        progress.advance(len(outcomes), Counter(outcomes.values()))
    source = project.source.read_text(encoding="utf-8", errors="replace")
    counts = Counter(outcomes.get(mutant.id, "no_coverage") for mutant in built.mutants)
    return ScoreResult(
        source_path=str(project.source),
        tests=tuple(str(path) for path in files),
        num_tests=len(tests),
        counts=dict(counts),
        score=_percent(counts["killed"] + counts["timeout"], counts),
        strict_score=_percent(counts["killed"], counts),
        survivors=tuple(
            survivor(mutant, source)
            for mutant in built.mutants
            if outcomes.get(mutant.id, "no_coverage") in ("survived", "no_coverage")
        ),
        functions=function_scores(built.mutants, outcomes, Counter(test.describe for test in tests)),
    )


def _percent(number: int, counts: Mapping[str, int]) -> float | None:
    """Of all that count, as `testgen.mutation` says which do."""
    total = sum(counts[name] for name in ("killed", "timeout", "survived", "no_coverage"))
    return round(100 * number / total, 1) if total else None


def _complete(request: CompleteRequest, bench: Workbench) -> CompleteResult:
    bench.open()
    candidate = Candidate(
        function="", module=request.module, setup=request.setup, call=request.call, origin="editor"
    )
    refused = bench.check("\n".join((*request.setup, request.call)))
    if refused:
        return CompleteResult(lines=(), note=f"not run: {refused[0]}")
    aliases = [(alias.shown, alias.module) for alias in request.aliases]
    seen = next(iter(bench.observe(request.module, {1: candidate}, aliases=aliases)), None)
    if seen is None or not seen.status.is_assertable:
        return CompleteResult(lines=(), note=(seen.message or seen.status.value) if seen else "no answer")
    return CompleteResult(lines=seen.assertion)
