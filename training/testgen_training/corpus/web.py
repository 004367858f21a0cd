"""Asking web services politely: a pause between requests, patience when told to wait, and an end to it.

A service that says when to come back (429 or 403 with `Retry-After` or `X-RateLimit-Reset`) is believed, up
to a limit; one that fails (5xx, no connection, an answer cut off) is asked again a few times, each pause
twice the last.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, field
from typing import Any

import httpx

from testgen_training.errors import ConfigInvalid, ServiceDown, SourceUnusable

_LOG = logging.getLogger(__name__)
_LIMITED = frozenset({403, 429})
_LONGEST_PAUSE_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How a service is asked."""

    pause_s: float = 0.6
    """Seconds between two requests: hex.pm allows 100 a minute."""
    attempts: int = 5
    """Requests for one thing before it counts as not to be had."""
    first_retry_s: float = 1.0
    """Seconds before the second attempt."""
    longest_wait_s: float = 3_600.0
    """Seconds that a rate limit may ask to wait."""
    timeout_s: float = 60.0

    def __post_init__(self) -> None:
        if self.attempts < 1:
            raise ConfigInvalid(f"attempts is {self.attempts}; it must be at least 1.")


@dataclass(slots=True)
class Web:
    """A client of one service."""

    manners: Manners
    headers: dict[str, str] = field(default_factory=dict)
    _asked_s: float = 0.0

    def json(self, url: str) -> Any:
        """The answer as JSON. Raises SourceUnusable where it is none."""
        answer = self.get(url)
        try:
            return answer.json()
        except ValueError as error:
            raise SourceUnusable(
                f"{url} answered no JSON: {error}.", "Run the command again later."
            ) from error

    def get(self, url: str) -> httpx.Response:
        """The answer to a GET. Raises SourceUnusable where there is none such, ServiceDown where it stays
        away.
        """
        reason = ""
        for attempt in range(self.manners.attempts):
            if attempt:
                time.sleep(min(self.manners.first_retry_s * 2 ** (attempt - 1), _LONGEST_PAUSE_S))
            try:
                answer = self._ask(url)
            except httpx.HTTPError as error:
                reason = f"{type(error).__name__}: {error}"
                continue
            if answer.status_code in _LIMITED and (wait_s := _wait_s(answer)) is not None:
                self._wait(url, wait_s)
                reason = "its rate limit"
            elif answer.status_code >= 500:
                reason = f"status {answer.status_code}"
            elif answer.status_code >= 400:
                raise SourceUnusable(f"{url} answered {answer.status_code}.", "See whether it still exists.")
            else:
                return answer
        raise ServiceDown(
            f"{url} could not be had in {self.manners.attempts} attempts: {reason}.",
            "Run the same command again later: what was downloaded is kept.",
        )

    def _ask(self, url: str) -> httpx.Response:
        pause_s = self._asked_s + self.manners.pause_s - time.monotonic()
        if pause_s > 0:
            time.sleep(pause_s)
        self._asked_s = time.monotonic()
        return httpx.get(url, headers=self.headers, timeout=self.manners.timeout_s, follow_redirects=True)

    def _wait(self, url: str, wait_s: float) -> None:
        if wait_s > self.manners.longest_wait_s:
            raise ServiceDown(
                f"{url}: the rate limit asks to wait {wait_s:.0f} s, longer than longest_wait_s.",
                "Run the same command again later, or give a token.",
            )
        _LOG.info("waiting %.0f s for the rate limit of %s", wait_s, url)
        time.sleep(wait_s)


def _wait_s(answer: httpx.Response) -> float | None:
    """What a limited answer says of when to come back; None where it says nothing: it is a refusal."""
    if (after := answer.headers.get("retry-after", "")).isdigit():
        return float(after)
    if answer.headers.get("x-ratelimit-remaining") == "0":
        reset = answer.headers.get("x-ratelimit-reset", "")
        return max(0.0, float(reset) - time.time()) if reset.isdigit() else None
    return 1.0 if answer.status_code == 429 else None
