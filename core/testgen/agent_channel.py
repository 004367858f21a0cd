"""The channel to a running agent: whole frames in, checked frames out, and the reason when it ends.

A thread reads, so that an interrupt in the caller loses no part of a frame. Every frame must carry the
session's token; one that does not was forged by code under test, and ends the VM: nothing that came through
this channel can then be believed.
"""

from __future__ import annotations

import os
import queue
import secrets
import select
import struct
import threading
import time
from typing import Any, BinaryIO

from testgen import terms
from testgen.errors import AgentDied, AgentFailure, AgentProtocol
from testgen.sandbox import Ending, Limits, SandboxedProcess
from testgen.sandbox.limits import MIB

_WRITE_S = 60.0
_CLOSING_S = 5.0
_LARGEST_FRAME_BYTES = 256 * MIB
_FORGED_STEP = "The code under test tampers with the test run; its verdict was thrown away"


class Channel:
    """Both directions of one agent's frames, over two descriptors that it owns."""

    def __init__(self, process: SandboxedProcess, write: int, read: int, limits: Limits) -> None:
        self.token = secrets.token_hex(16)
        """What the agent must put into every frame."""
        self._process = process
        self._limits = limits
        self._write = write
        self._write_lock = threading.Lock()
        self._frames: queue.SimpleQueue[dict[str, Any] | AgentFailure] = queue.SimpleQueue()
        self._failure: AgentFailure | None = None
        os.set_blocking(write, False)
        self._reader = threading.Thread(target=self._read_frames, args=(read,), name="agent", daemon=True)
        self._reader.start()

    @property
    def failure(self) -> AgentFailure | None:
        """Why no more frames come, `None` while they may."""
        return self._failure

    @property
    def tampered(self) -> bool:
        """Whether it ended because code under test forged a frame or filled the disk."""
        failure = self._failure
        filled = isinstance(failure, AgentDied) and failure.reason == Ending.DISK.value
        return filled or isinstance(failure, AgentProtocol)

    def receive(self, request: int, op: str, timeout_s: float) -> dict[str, Any]:
        """The next frame of `request`; those of others (a cancel's reply, an abandoned stream) are dropped.

        Raises what ended the channel. When nothing comes for `timeout_s` the VM is ended.
        """
        while True:
            if self._failure is not None and self._frames.empty():
                raise self._failure
            try:
                frame = self._frames.get(timeout=timeout_s)
            except queue.Empty:
                self._fail(self._died(f"The agent said nothing for {timeout_s:.0f} s in `{op}`", "silent"))
                self._process.kill()
                continue
            if isinstance(frame, AgentFailure):
                raise frame
            if frame["id"] == request:
                return frame

    def send(self, frame: dict[str, Any]) -> None:
        """Sends one frame, from any thread. Raises what ended the channel."""
        body = terms.encode(frame)
        pending = memoryview(struct.pack(">I", len(body)) + body)
        deadline = time.monotonic() + _WRITE_S
        with self._write_lock:
            while pending:
                if self._failure is not None:
                    raise self._failure
                if self._write < 0:
                    raise AgentDied("The agent was closed.", "Start another", reason=Ending.KILLED.value)
                pending = pending[self._write_some(pending) :]
                if time.monotonic() > deadline:
                    self._process.kill()
                    raise self._died("The agent takes no more requests", "silent")

    def close(self) -> None:
        """Gives both descriptors back; the process must have ended. May be called twice."""
        self._reader.join(_CLOSING_S)
        with self._write_lock:
            if self._write >= 0:
                os.close(self._write)
                self._write = -1

    def _write_some(self, pending: memoryview) -> int:
        _, ready, _ = select.select([], [self._write], [], 0.2)
        try:
            return os.write(self._write, pending) if ready else 0
        except BrokenPipeError:
            self._process.wait(_CLOSING_S)
            raise self._failure or self._ended() from None

    def _read_frames(self, descriptor: int) -> None:
        """Runs in a thread of its own until the channel ends."""
        failure: AgentFailure
        try:
            with open(descriptor, "rb") as channel:
                while (body := _read_body(channel)) is not None:
                    self._frames.put(self._checked(body))
            if self._process.wait(_CLOSING_S) is None:
                self._process.kill()
                failure = self._died("The agent's channel was closed from inside", "exited")
            else:
                failure = self._ended()
        except AgentProtocol as error:
            self._process.kill()
            failure = error
        self._fail(failure)

    def _checked(self, body: bytes) -> dict[str, Any]:
        frame = terms.decode(body)
        if not isinstance(frame, dict) or not isinstance(frame.get("id"), (int, type(None))):
            raise AgentProtocol(f"The agent sent {str(frame)[:200]!r}, which is no message.", _FORGED_STEP)
        token = frame.get("token")
        if not isinstance(token, str) or not secrets.compare_digest(token.encode(), self.token.encode()):
            raise AgentProtocol(
                "A message without the session's token came from inside the VM.", _FORGED_STEP
            )
        if not ("event" in frame or "ok" in frame or isinstance(frame.get("error"), dict)):
            raise AgentProtocol(f"The agent sent a message of no known kind: {sorted(frame)}.", _FORGED_STEP)
        return frame

    def _fail(self, failure: AgentFailure) -> None:
        if self._failure is None:
            self._failure = failure
        self._frames.put(failure)

    def _ended(self) -> AgentDied:
        ending = self._process.ending or Ending.EXITED
        message, step = _ENDINGS[ending]
        said = message.format(limits=self._limits, mib=self._limits.memory_bytes // MIB)
        return self._died(said, ending.value, step)

    def _died(self, message: str, reason: str, step: str = "testgen doctor") -> AgentDied:
        tail = self._process.output_tail
        last = "\n".join(tail.strip().splitlines()[-20:])
        said = f" Its last words:\n{last}" if last else ""
        return AgentDied(f"{message}.{said}", step, reason=reason, stderr_tail=tail)


def _read_body(channel: BinaryIO) -> bytes | None:
    """The next frame's term; `None` at the end, a frame cut off by it included."""
    head = channel.read(4)
    if len(head) < 4:
        return None
    length: int = struct.unpack(">I", head)[0]
    if length > _LARGEST_FRAME_BYTES:
        message = f"A message of {length} bytes was announced on the agent's channel."
        raise AgentProtocol(message, _FORGED_STEP)
    body = channel.read(length)
    return body if len(body) == length else None


_ENDINGS = {
    Ending.EXITED: (
        "The agent's VM ended by itself",
        "Does the code under test halt the VM? See also testgen doctor",
    ),
    Ending.KILLED: ("The agent was closed", "Start another"),
    Ending.MEMORY: (
        "The agent used more than {mib} MiB and was ended",
        "Raise memory_mb under [sandbox] in .testgen.toml",
    ),
    Ending.PROCESSES: (
        "The agent had more than {limits.processes} processes and was ended",
        "Raise processes under [sandbox] in .testgen.toml",
    ),
    Ending.DISK: ("The agent filled its build folder and was ended", "Look for tests that write without end"),
    Ending.WALL_CLOCK: (
        "The agent ran longer than {limits.wall_clock_s} s and was ended",
        "Give it more time",
    ),
}
