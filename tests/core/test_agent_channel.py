"""The channel, with shell scripts at its other end: what a VM that dies or lies could send."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from testgen import terms
from testgen.agent_channel import Channel
from testgen.errors import AgentDied, AgentFailure, AgentProtocol
from testgen.sandbox import Command, Limits, ProcessGroup

Open = Callable[[str], Channel]


@pytest.fixture
def open_channel() -> Iterator[Open]:
    """Starts a script whose descriptors 3 and 4 are the channel."""
    started = []

    def start(script: str) -> Channel:
        theirs, ours = os.pipe()
        answers, answer = os.pipe()
        environment = {"PATH": "/usr/bin:/bin"}
        argv = ("/bin/sh", "-c", script)
        given = {3: theirs, 4: answer}
        command = Command(argv=argv, cwd=Path("/"), environment=environment, descriptors=given)
        process = ProcessGroup().spawn(command, Limits(wall_clock_s=30))
        os.close(theirs)
        os.close(answer)
        channel = Channel(process, ours, answers, Limits())
        started.append((process, channel))
        return channel

    yield start
    for process, channel in started:
        process.kill()
        channel.close()


def failure(channel: Channel) -> AgentFailure:
    with pytest.raises(AgentFailure) as caught:
        channel.receive(1, "ping", 10)
    return caught.value


def test_a_frame_cut_off_by_the_end_of_the_vm_is_a_death_and_no_forgery(open_channel: Open) -> None:
    died = failure(open_channel("printf '\\000\\000\\001\\000half' >&4; echo out of memory >&2; exit 1"))
    assert isinstance(died, AgentDied)
    assert died.reason == "exited"
    assert "out of memory" in died.message


def test_a_closed_channel_of_a_vm_that_lives_on_ends_the_vm(open_channel: Open) -> None:
    died = failure(open_channel("exec 3<&- 4>&-; sleep 283.5"))
    assert isinstance(died, AgentDied)
    assert "closed from inside" in died.message


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ("\\377\\377\\377\\377", "4294967295 bytes was announced"),
        ("\\000\\000\\000\\001\\203", "no message"),
        ("\\000\\000\\000\\003\\203a\\001", "no message"),
    ],
)
def test_what_is_no_frame_ends_the_session(open_channel: Open, sent: str, said: str) -> None:
    error = failure(open_channel(f"printf '{sent}' >&4; sleep 284.5"))
    assert isinstance(error, AgentProtocol)
    assert said in error.message


@pytest.mark.parametrize("token", [None, "", "0" * 32, 7])
def test_a_frame_without_the_token_ends_the_session_and_taints_it(
    open_channel: Open, tmp_path: Path, token: object
) -> None:
    frame = terms.encode({"id": 1, "ok": {}, "token": token})
    (tmp_path / "frame").write_bytes(len(frame).to_bytes(4, "big") + frame)
    channel = open_channel(f"cat {tmp_path}/frame >&4; sleep 285.5")
    assert isinstance(failure(channel), AgentProtocol)
    assert channel.tampered
    assert isinstance(failure(channel), AgentProtocol), "it stays ended"


def test_a_vm_that_reads_nothing_does_not_hang_the_caller_when_it_ends(open_channel: Open) -> None:
    channel = open_channel("sleep 1")
    with pytest.raises(AgentDied):
        channel.send({"id": 1, "op": "ping", "args": {"padding": "x" * 1_000_000}})


def test_silence_is_a_death(open_channel: Open) -> None:
    channel = open_channel("sleep 286.5")
    with pytest.raises(AgentDied) as caught:
        channel.receive(1, "baseline", 0.3)
    assert caught.value.reason == "silent"
    assert "`baseline`" in caught.value.message
