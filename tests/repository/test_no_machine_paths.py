"""Nothing committed names a folder of the machine that it was written on."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Home folders and work folders of a particular machine. Made-up users are `me` and `user`.
MACHINE = re.compile(
    r"/home/(?!me\b|user\b)\w+|/root/\w|/Users/(?!me\b)\w+|/work/\w|/tmp/(?:plan|bash_jobs)\b"
)


def committed_text() -> dict[Path, str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    texts = {}
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path == Path(__file__) or not path.is_file():
            continue
        try:
            texts[path] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
    return texts


def test_no_committed_file_names_a_folder_of_one_machine() -> None:
    found = {
        str(path.relative_to(ROOT)): match.group()
        for path, text in committed_text().items()
        if (match := MACHINE.search(text))
    }
    assert found == {}
