"""Counters for Prometheus, by its own client library."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from testgen.wire import GenerateResult, JobStatus

CONTENT_TYPE = CONTENT_TYPE_LATEST
_SECONDS = (0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120, 300)


class Metrics:
    """A daemon's counters, in a registry of their own."""

    def __init__(self) -> None:
        registry = self._registry = CollectorRegistry()
        self._jobs = Counter("testgen_jobs", "Jobs that ended", ["kind", "state"], registry=registry)
        self._seconds = Histogram(
            "testgen_job_seconds", "Time that jobs ran", ["kind"], buckets=_SECONDS, registry=registry
        )
        self._waited = Histogram(
            "testgen_job_waited_seconds", "Time that jobs waited", buckets=_SECONDS, registry=registry
        )
        self._tests = Counter("testgen_tests_accepted", "Tests delivered", ["oracle"], registry=registry)
        self._dropped = Counter("testgen_tests_dropped", "Tests that verification dropped", registry=registry)
        self._candidates = Counter("testgen_candidates", "Candidates that ran", registry=registry)
        self._mutants = Counter(
            "testgen_mutants", "Mutants by outcome with the delivered tests", ["outcome"], registry=registry
        )
        self.refused = Counter("testgen_requests_refused", "Requests refused", ["code"], registry=registry)
        self.retried = Counter(
            "testgen_jobs_retried", "Jobs begun again: their VM was lost", registry=registry
        )
        self._gauges: dict[str, Gauge] = {}

    def watch(self, name: str, help_text: str, value: Callable[[], float]) -> None:
        """A number that is asked for whenever the counters are read."""
        gauge = Gauge(f"testgen_{name}", help_text, registry=self._registry)
        gauge.set_function(value)
        self._gauges[name] = gauge

    def ended(self, status: JobStatus, ran_s: float, result: object) -> None:
        """A job ended."""
        self._jobs.labels(status.kind.value, status.state.value).inc()
        if status.started_at is not None:
            self._seconds.labels(status.kind.value).observe(ran_s)
            self._waited.observe(max(0.0, status.started_at - status.submitted_at))
        if isinstance(result, GenerateResult):
            self._generated(result)

    def _generated(self, result: GenerateResult) -> None:
        for test in result.tests:
            self._tests.labels(test.oracle).inc()
        self._dropped.inc(result.report["dropped_in_verification"])
        self._candidates.inc(result.report["candidates"])
        for outcome in ("killed", "timeout", "survived", "no_coverage"):
            self._mutants.labels(outcome).inc(result.report["mutants"][outcome])

    def text(self) -> bytes:
        """All of it, as Prometheus reads it."""
        return generate_latest(self._registry)
