"""Locks between processes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from testgen.errors import Busy
from testgen.file_lock import FileLock

HOLD = """
import sys, time
from pathlib import Path
from testgen.file_lock import FileLock
assert FileLock(Path(sys.argv[1])).try_acquire()
lock = FileLock(Path(sys.argv[1] + "2")); assert lock.try_acquire()
print("held", flush=True)
time.sleep(60)
"""


def test_a_lock_is_held_by_one_at_a_time_and_given_back(tmp_path: Path) -> None:
    first, second = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")
    assert first.try_acquire()
    assert first.try_acquire()
    assert not second.try_acquire()
    first.release()
    first.release()
    assert second.try_acquire()
    second.release()


def test_waiting_in_vain_is_busy_and_names_the_file(tmp_path: Path) -> None:
    holder = FileLock(tmp_path / "lock")
    assert holder.try_acquire()
    with pytest.raises(Busy, match="lock"), FileLock(tmp_path / "lock").held(wait_s=0.1):
        pytest.fail("entered")
    holder.release()


def test_a_killed_holder_leaves_the_lock_free(tmp_path: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path / "lock")], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    with holder:
        assert holder.stdout.readline() == b"held\n"
        lock = FileLock(tmp_path / "lock2")
        assert not lock.try_acquire()
        holder.kill()
        holder.wait()
        with lock.held(wait_s=5):
            pass
