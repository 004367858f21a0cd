"""Measures what a process tree uses, from `/proc` where there is one, else through psutil.

Resident memory is summed over processes, so pages that they share count more than once: the sum errs on the
side of ending a tree early. A process that leaves the tree by a double fork is seen on Linux only where the
tree has a PID namespace of its own.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import psutil

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_PROC_CHILDREN = Path(f"/proc/self/task/{os.getpid()}/children").exists()


@dataclass(frozen=True, kw_only=True, slots=True)
class FolderUse:
    """What the writable folders hold."""

    num_bytes: int
    num_files: int


def descendants(pid: int, at_most: int = 1_000_000) -> list[int]:
    """`pid` and every process below it that is still there; stops counting after `at_most`."""
    if not _PROC_CHILDREN:
        return _psutil_descendants(pid)
    found = [pid]
    for parent in found:  # grows while it is walked
        if len(found) > at_most:
            break
        found.extend(_children(parent))
    return found


def resident_bytes(pids: Iterable[int]) -> int:
    """Resident memory of the processes together; those that are gone count nothing."""
    return sum(_resident_bytes(pid) for pid in pids)


def folder_use(folders: Iterable[Path]) -> FolderUse:
    """Size on disk and number of files under `folders`; links are not followed, what vanishes counts
    nothing.
    """
    num_bytes = num_files = 0
    pending = [str(folder) for folder in folders]
    while pending:
        try:
            entries = list(os.scandir(pending.pop()))
        except OSError:
            continue
        for entry in entries:
            num_files += 1
            try:
                if entry.is_dir(follow_symlinks=False):
                    pending.append(entry.path)
                else:
                    num_bytes += entry.stat(follow_symlinks=False).st_blocks * 512
            except OSError:
                continue
    return FolderUse(num_bytes=num_bytes, num_files=num_files)


def free_bytes(folder: Path) -> int:
    """Free space of the file system that holds `folder`, 0 where it cannot be asked."""
    try:
        status = os.statvfs(folder)
    except OSError:
        return 0
    return status.f_bavail * status.f_frsize


def _children(pid: int) -> list[int]:
    found: list[int] = []
    try:
        for task in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208 - called 20 times a second
            with open(f"/proc/{pid}/task/{task}/children", "rb") as file:  # noqa: PTH123
                found.extend(map(int, file.read().split()))
    except OSError:
        pass
    return found


def _resident_bytes(pid: int) -> int:
    try:
        with open(f"/proc/{pid}/statm", "rb") as file:  # noqa: PTH123
            return int(file.read().split()[1]) * _PAGE_BYTES
    except OSError:
        pass
    if _PROC_CHILDREN:
        return 0
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0


def _psutil_descendants(pid: int) -> list[int]:
    try:
        process = psutil.Process(pid)
        return [pid, *(child.pid for child in process.children(recursive=True))]
    except psutil.Error:
        return []
