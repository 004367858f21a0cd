"""Copies a folder with its times, sharing blocks where the file system can, never by hard links.

Mix compares times to know what is stale, so they are kept to the nanosecond. A relative link that leads out
of the folder would dangle in the copy and is made absolute.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path

_FICLONE = 0x40049409  # Linux: let one file share another's blocks until either is written


def copy_tree(source: Path, target: Path) -> None:
    """Copies the folder `source` to `target`, which must not exist. Sockets, pipes and devices are left
    out.
    """
    target.mkdir()
    for entry in os.scandir(source):
        made = target / entry.name
        if entry.is_symlink():
            made.symlink_to(_link_target(Path(entry.path), source))
        elif entry.is_dir():
            copy_tree(Path(entry.path), made)
        elif entry.is_file():
            _copy_file(Path(entry.path), made)
    shutil.copystat(source, target)
    target.chmod(target.stat().st_mode | 0o700)  # a read-only store's folders must take a compile


def _link_target(link: Path, inside: Path) -> Path:
    written = link.readlink()
    aimed = Path(os.path.normpath(link.parent / written))
    return written if written.is_absolute() or aimed.is_relative_to(inside) else aimed


def _copy_file(source: Path, target: Path) -> None:
    with source.open("rb") as read, target.open("wb") as write:
        if not _share_blocks(read.fileno(), write.fileno()):
            shutil.copyfileobj(read, write, 1024 * 1024)
    shutil.copystat(source, target)
    target.chmod(target.stat().st_mode | 0o600)


def _share_blocks(read: int, write: int) -> bool:
    try:
        fcntl.ioctl(write, _FICLONE, read)
    except OSError:
        return False
    return True
