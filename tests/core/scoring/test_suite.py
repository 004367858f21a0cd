from __future__ import annotations

from pathlib import Path

import pytest

from testgen.errors import BaselineFailed, PathUnusable
from testgen.project import Project
from testgen.scoring.suite import find_suite, mentions, modules_of, named_suite


def write(root: Path, name: str, text: str = "") -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.fixture
def project(tmp_path: Path) -> Project:
    write(tmp_path, "mix.exs", "defmodule Shop.MixProject do\n  def project, do: [app: :shop]\nend\n")
    source = write(tmp_path, "lib/shop/cart.ex", "defmodule Shop.Cart do\nend\n")
    return Project.find(source)


def test_the_file_named_by_convention_is_taken_and_others_that_mention_the_module_are_told(
    project: Project,
) -> None:
    conventional = write(project.root, "test/shop/cart_test.exs", "defmodule Shop.CartTest do\nend\n")
    other = write(project.root, "test/flow_test.exs", "Shop.Cart.new()")
    write(project.root, "test/order_test.exs", "Shop.Order.new()")
    suite = find_suite(project)
    assert (suite.files, suite.others) == ((conventional,), (other,))


def test_without_it_all_files_that_mention_the_module_are_taken(project: Project) -> None:
    one = write(project.root, "test/a_test.exs", "alias Shop.Cart")
    two = write(project.root, "test/deep/b_test.exs", "alias Shop.{Order, Cart}")
    write(project.root, "test/support/case.ex", "Shop.Cart")
    assert find_suite(project).files == (one, two)


def test_a_module_without_tests_is_told_what_was_looked_for(project: Project) -> None:
    with pytest.raises(BaselineFailed, match=r"cart_test.exs does not exist.*mentions Shop.Cart") as caught:
        find_suite(project)
    assert "testgen generate lib/shop/cart.ex" in caught.value.next_step


@pytest.mark.parametrize(
    ("text", "mentioned"),
    [
        ("Shop.Cart.new()", True),
        ("alias Shop.Cart, as: C", True),
        ("alias Shop.{Order, Cart}", True),
        ("alias Shop.{\n  Cart,\n  Order\n}", True),
        ("%Shop.Cart{}", True),
        ("Shop.Cart.Item.new()", True),
        ("Shop.Carts.new()", False),
        ("Web.Shop.Cart.new()", False),
        ("Shop.CartTest", False),
        ("alias Shop.{Carts, Order}", False),
    ],
)
def test_a_mention_is_the_whole_name(text: str, mentioned: bool) -> None:
    assert mentions(text, "Shop.Cart") is mentioned


def test_nested_modules_have_their_parents_names() -> None:
    source = (
        "defmodule A do\n  defmodule B.C do\n    defmodule D do\n  end\n  end\n  defmodule E do\n  end\nend\n"
    )
    assert modules_of(source) == ["A", "A.B.C", "A.B.C.D", "A.E"]


def test_named_files_and_folders_are_taken_once_each(project: Project) -> None:
    one = write(project.root, "test/a_test.exs")
    two = write(project.root, "test/deep/b_test.exs")
    assert named_suite(project, [two, project.root / "test"]).files == (two, one)


@pytest.mark.parametrize("name", ["test/missing_test.exs", "lib/shop/cart.ex", "lib"])
def test_a_test_that_is_none_is_refused(project: Project, name: str) -> None:
    with pytest.raises(PathUnusable):
        named_suite(project, [project.root / name])


def test_a_test_outside_the_project_is_refused(
    project: Project, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = write(tmp_path_factory.mktemp("elsewhere"), "a_test.exs")
    with pytest.raises(PathUnusable, match="outside the project"):
        named_suite(project, [elsewhere])
