"""The private build: seeded from the user's, which is never touched."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from testgen.build import MAX_SLOTS, PrivateBuild
from testgen.errors import Busy, WriteFailed
from testgen.exit_code import ExitCode
from testgen.project import Project
from testgen.toolchain import Toolchain
from tests.project_copies import snapshot

TOOLCHAIN = Toolchain(
    elixir=Path("/opt/elixir/bin/elixir"),
    elixir_version="1.16.2",
    elixir_root=Path("/opt/elixir"),
    erl=Path("/opt/erlang/bin/erl"),
    otp="26",
    erlang_root=Path("/opt/erlang"),
)
MADE_BY = b"\x83h\x03a\x01h\x02m\x00\x00\x00\x061.16.2m\x00\x00\x00\x0226d\x00\x0cElixir.Mix"


def compiled(lib: Path, name: str, made_by: bytes = MADE_BY) -> Path:
    """A folder as Mix leaves it after a compile."""
    folder = lib / name
    for path, content in {
        f"ebin/{name}.app": b"app",
        f"ebin/Elixir.{name.title()}.beam": b"FOR1",
        ".mix/compile.elixir": b"manifest",
        ".mix/compile.elixir_scm": made_by,
        ".mix/compile.fetch": b"",
    }.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def fetched(top: Path, name: str) -> Path:
    folder = top / "deps" / name
    folder.mkdir(parents=True)
    (folder / "mix.exs").write_text("mix")
    (folder / ".fetch").write_text("")
    os.utime(folder / ".fetch", (1, 1))
    return folder


@pytest.fixture
def shop(tmp_path: Path, empty_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A compiled project with one dependency."""
    for name in ("MIX_DEPS_PATH", "MIX_BUILD_PATH"):
        monkeypatch.delenv(name, raising=False)
    top = tmp_path / "shop"
    (top / "lib").mkdir(parents=True)
    (top / "mix.exs").write_text("defmodule M do\n def project, do: [app: :shop]\nend")
    (top / "lib/shop.ex").write_text("defmodule Shop do\nend")
    fetched(top, "jason")
    compiled(top / "_build/test/lib", "jason")
    compiled(top / "_build/test/lib", "shop")
    return Project.find(top / "lib/shop.ex")


def user_lib(project: Project) -> Path:
    assert project.build_path is not None
    return project.build_path / "lib"


def test_dependencies_are_linked_and_the_projects_own_application_is_copied(shop: Project) -> None:
    with PrivateBuild.open(shop, TOOLCHAIN) as build:
        assert (build.path / "lib/jason").readlink() == user_lib(shop) / "jason"
        own = build.path / "lib/shop"
        assert not own.is_symlink()
        assert (own / "ebin/Elixir.Shop.beam").read_bytes() == b"FOR1"
        assert build.deps_path is None
        assert build.writable == (build.path,)


def test_the_users_build_is_never_written_and_shares_no_inode(shop: Project) -> None:
    before = snapshot(shop.root)
    inodes = {path.stat().st_ino for path in user_lib(shop).rglob("*") if path.is_file()}
    with PrivateBuild.open(shop, TOOLCHAIN) as build:
        copied = [path for path in (build.path / "lib/shop").rglob("*") if path.is_file()]
        assert copied
        assert not inodes & {path.stat().st_ino for path in copied}
        for path in copied:
            path.write_bytes(b"compiled anew")
    assert snapshot(shop.root) == before


def test_times_are_kept_so_that_mix_finds_nothing_stale(shop: Project) -> None:
    manifest = user_lib(shop) / "shop/.mix/compile.elixir"
    os.utime(manifest, ns=(5, 1_600_000_000_000_000_007))
    with PrivateBuild.open(shop, TOOLCHAIN) as build:
        copied = build.path / "lib/shop/.mix/compile.elixir"
        assert copied.stat().st_mtime_ns == 1_600_000_000_000_000_007


def test_what_was_compiled_privately_is_kept_while_the_users_build_stays_the_same(shop: Project) -> None:
    with PrivateBuild.open(shop, TOOLCHAIN) as build:
        (build.path / "lib/shop/ebin/Elixir.New.beam").write_bytes(b"new")
    with PrivateBuild.open(shop, TOOLCHAIN) as again:
        assert (again.path / "lib/shop/ebin/Elixir.New.beam").exists()


def test_a_newer_build_of_the_users_is_copied_again(shop: Project) -> None:
    with PrivateBuild.open(shop, TOOLCHAIN):
        pass
    compiled(user_lib(shop), "shop")
    (user_lib(shop) / "shop/ebin/Elixir.Added.beam").write_bytes(b"added")
    os.utime(user_lib(shop) / "shop/.mix/compile.elixir", ns=(9, 9))
    with PrivateBuild.open(shop, TOOLCHAIN) as again:
        assert (again.path / "lib/shop/ebin/Elixir.Added.beam").exists()


def test_a_dependency_that_another_elixir_compiled_is_left_to_be_compiled_privately(shop: Project) -> None:
    shutil.rmtree(user_lib(shop) / "jason")
    compiled(user_lib(shop), "jason", made_by=MADE_BY.replace(b"1.16.2", b"1.15.7"))
    with PrivateBuild.open(shop, TOOLCHAIN) as build:
        assert not (build.path / "lib/jason").exists()
        assert build.deps_path is not None
        assert not (build.deps_path / "jason").is_symlink(), "its compile may write beside its sources"
        assert (build.deps_path / "jason/mix.exs").read_text() == "mix"


def test_a_dependency_fetched_anew_since_its_compile_is_not_linked(shop: Project) -> None:
    assert shop.deps_path is not None
    os.utime(shop.deps_path / "jason/.fetch", (2_000_000_000, 2_000_000_000))
    with PrivateBuild.open(shop, TOOLCHAIN) as build:
        assert not (build.path / "lib/jason").exists()


def test_only_what_must_be_compiled_is_copied_from_the_dependencies(shop: Project) -> None:
    fetched(shop.root, "plug")
    with PrivateBuild.open(shop, TOOLCHAIN) as build:
        assert build.deps_path is not None
        assert (build.deps_path / "jason").is_symlink()
        assert not (build.deps_path / "plug").is_symlink()
        assert set(build.writable) == {build.path, build.deps_path}


def test_a_link_is_dropped_when_the_user_removes_the_build(shop: Project) -> None:
    with PrivateBuild.open(shop, TOOLCHAIN):
        pass
    shutil.rmtree(user_lib(shop))
    with PrivateBuild.open(shop, TOOLCHAIN) as again:
        assert not (again.path / "lib/jason").is_symlink()


def test_a_privately_compiled_dependency_survives_until_the_user_has_it(shop: Project) -> None:
    shutil.rmtree(user_lib(shop) / "jason")
    with PrivateBuild.open(shop, TOOLCHAIN) as build:
        compiled(build.path / "lib", "jason")
    with PrivateBuild.open(shop, TOOLCHAIN) as again:
        assert (again.path / "lib/jason/ebin/jason.app").is_file()
    compiled(user_lib(shop), "jason")
    with PrivateBuild.open(shop, TOOLCHAIN) as third:
        assert (third.path / "lib/jason").is_symlink()


def test_a_project_that_was_never_compiled_gets_an_empty_build(shop: Project) -> None:
    shutil.rmtree(user_lib(shop).parent)
    with PrivateBuild.open(shop, TOOLCHAIN) as build:
        assert list((build.path / "lib").iterdir()) == []


def test_two_runs_at_once_have_a_build_each(shop: Project) -> None:
    with PrivateBuild.open(shop, TOOLCHAIN) as one, PrivateBuild.open(shop, TOOLCHAIN) as two:
        assert one.path != two.path
        assert (two.path / "lib/shop/ebin/shop.app").exists()
    with PrivateBuild.open(shop, TOOLCHAIN) as third:
        assert third.path == one.path


def test_more_runs_than_there_are_slots_are_busy(shop: Project) -> None:
    held = [PrivateBuild.open(shop, TOOLCHAIN) for _ in range(MAX_SLOTS)]
    with pytest.raises(Busy) as caught:
        PrivateBuild.open(shop, TOOLCHAIN)
    assert caught.value.exit_code is ExitCode.BUSY
    for build in held:
        build.close()


SEED = """
import sys, time
from pathlib import Path
from testgen import build
from tests.core.test_build import TOOLCHAIN
from testgen.project import Project
def copy_slowly(source, target):
    target.mkdir()
    (target / "half").touch()
    print("half", flush=True)
    time.sleep(60)
build.copy_tree = copy_slowly
build.PrivateBuild.open(Project.find(sys.argv[1]), TOOLCHAIN)
"""


def test_a_run_killed_while_seeding_leaves_a_slot_that_is_seeded_again(shop: Project) -> None:
    argv = [sys.executable, "-c", SEED, str(shop.source)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as python:
        assert python.stdout is not None
        assert python.stdout.readline() == b"half\n"
        python.send_signal(signal.SIGKILL)
        python.wait()
    with PrivateBuild.open(shop, TOOLCHAIN) as build:
        assert not (build.path / "lib/shop/half").exists()
        assert (build.path / "lib/shop/ebin/shop.app").exists()


def test_slots_unused_for_weeks_are_emptied_but_not_one_in_use(shop: Project, empty_cache: Path) -> None:
    long_ago = time.time() - 30 * 24 * 3600
    with PrivateBuild.open(shop, TOOLCHAIN) as held:
        with PrivateBuild.open(shop, TOOLCHAIN) as left:
            pass
        for build in (held, left):
            os.utime(build.path.parent / "seed.json", (long_ago, long_ago))
        with PrivateBuild.open(shop, TOOLCHAIN) as third:
            assert third.path == left.path
        assert held.path.exists()
    for seed in empty_cache.glob("builds/*/*/seed.json"):
        os.utime(seed, (long_ago, long_ago))
    (shop.root / "other.ex").write_text("")
    shutil.copytree(shop.root, shop.root.parent / "other", symlinks=True)
    with PrivateBuild.open(Project.find(shop.root.parent / "other/lib/shop.ex"), TOOLCHAIN):
        assert not held.path.exists()


def test_a_cache_that_cannot_be_written_is_said(shop: Project, empty_cache: Path) -> None:
    empty_cache.write_text("a file in the way")
    with pytest.raises(WriteFailed) as caught:
        PrivateBuild.open(shop, TOOLCHAIN)
    assert "TESTGEN_CACHE_DIR" in caught.value.next_step


def test_discarding_empties_the_slot(shop: Project) -> None:
    with PrivateBuild.open(shop, TOOLCHAIN) as build:
        (build.path / "lib/shop/ebin/Elixir.Forged.beam").write_bytes(b"forged")
        build.discard()
    with PrivateBuild.open(shop, TOOLCHAIN) as again:
        assert not (again.path / "lib/shop/ebin/Elixir.Forged.beam").exists()
        assert (again.path / "lib/shop/ebin/shop.app").exists()
