"""What is remembered of jobs beyond the daemon's life: which were under way, and how each ended.

A daemon that was killed cannot say which jobs it lost; the next one reads it here. The dashboard's history
comes from here too. A disk that cannot be written costs the history, never a job.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from testgen.errors import WireInvalid
from testgen.wire import JobState, JobStatus, Problem
from testgen.wire_codec import decode_text, encode

log = logging.getLogger("testgen.server")
_KEPT = 2000
_LOST = Problem(
    code="daemon_ended",
    message="The testgen daemon ended while this job was queued or running. No file was changed.",
    next_step="Ask for it again",
)
_TABLE = """
create table if not exists jobs (
  id text primary key, key text, submitted_at real, state text, status text, summary text
)
"""


class Journal:
    """A table of jobs in a file, or in memory where the file cannot be used."""

    def __init__(self, path: Path | None) -> None:
        self._lock = threading.Lock()
        self._connection = _opened(path)

    def write(self, status: JobStatus, key: str = "", summary: dict[str, Any] | None = None) -> None:
        """Notes how a job is."""
        row = (
            status.id,
            key,
            status.submitted_at,
            status.state.value,
            json.dumps(encode(status)),
            json.dumps(summary) if summary is not None else None,
        )
        with self._lock, _tolerated():
            self._connection.execute(
                "insert into jobs values (?, ?, ?, ?, ?, ?) on conflict (id) do update set "
                "state = excluded.state, status = excluded.status, summary = excluded.summary",
                row,
            )
            self._connection.commit()

    def recover(self) -> list[tuple[JobStatus, str]]:
        """Jobs that an earlier daemon left unfinished, now marked as lost, with their keys; older ones than
        the last 2,000 are forgotten.
        """
        lost: list[tuple[JobStatus, str]] = []
        with self._lock, _tolerated():
            rows = self._connection.execute(
                "select status, key from jobs where state in (?, ?)",
                (JobState.QUEUED.value, JobState.RUNNING.value),
            ).fetchall()
            for text, key in rows:
                lost.append((_lost(text), key))
            self._connection.execute(
                "delete from jobs where id not in (select id from jobs order by submitted_at desc limit ?)",
                (_KEPT,),
            )
            self._connection.commit()
        for status, key in lost:
            self.write(status, key)
        return lost

    def history(self, limit: int = 200) -> list[dict[str, Any]]:
        """Summaries of the latest jobs that have one, the oldest first."""
        rows: list[tuple[str]] = []
        with self._lock, _tolerated():
            rows = self._connection.execute(
                "select summary from jobs where summary is not null order by submitted_at desc limit ?",
                (limit,),
            ).fetchall()
        return [json.loads(text) for (text,) in reversed(rows)]

    def close(self) -> None:
        """Gives the file back."""
        with self._lock:
            self._connection.close()


def _lost(text: str) -> JobStatus:
    status = decode_text(text, JobStatus, lenient=True)
    return replace(status, state=JobState.LOST, problem=_LOST, ended_at=status.submitted_at, position=None)


def _opened(path: Path | None) -> sqlite3.Connection:
    try:
        connection = sqlite3.connect(path or ":memory:", check_same_thread=False, timeout=2.0)
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = normal")
        connection.execute(_TABLE)
    except sqlite3.Error as error:
        if path is None:
            raise
        log.warning("history is not kept", extra={"path": str(path), "why": str(error)})
        return _opened(None)
    return connection


@contextmanager
def _tolerated() -> Iterator[None]:
    """Lets the daemon go on where its history cannot be read or written."""
    try:
        yield
    except (sqlite3.Error, WireInvalid) as error:
        log.warning("history was not read or written", extra={"why": str(error)})
