"""Reading Muzak's output, from text in its format: Muzak itself cannot come with this repository."""

from __future__ import annotations

import pytest

from testgen.scoring.muzak_output import Fate, parse

HEAD = "Beginning mutation testing - 2 mutations generated\n\nRunning mutation 1 of 2\n"


def block(told: str, line: int = 3, original: str = "n + 1", replacement: str = "n + 85") -> str:
    return (
        "\n12:00:00.001 [notice] Application shop exited: :stopped\n\n"
        f"Starting mutation at lib/shop.ex:{line}\n\n"
        f"<<<<<<< ORIGINAL\n{original}\n=======\n{replacement}\n>>>>>>> MUTATION\n\n\nMutating file\n{told}"
    )


def ran(summary: str) -> str:
    return (
        "Mutating completed\nTests starting\n..\nFinished in 0.02 seconds (0.02s async, 0.00s sync)\n"
        f"{summary}\n\n"
        "Randomized with seed 9\nTests finished\nOriginal file compiled\nFiles unrequired\n\x1b[32m.\x1b[0m"
    )


NOT_TESTED = (
    "Mutating completed\nCompiling dependencies of mutated file failed\nOriginal file compiled\n"
    "Files unrequired\n\x1b[32m.\x1b[0m"
)
NOT_COMPILED = "Mutation failed to compile\nOriginal file compiled\nFiles unrequired\n\x1b[32m.\x1b[0m"


@pytest.mark.parametrize(
    ("told", "fate"),
    [
        (ran("2 tests, 1 failure"), Fate.FOUND),
        (ran("1 doctest, 2 properties, 3 tests, 2 failures"), Fate.FOUND),
        (ran("2 tests, 0 failures, 1 invalid"), Fate.FOUND),
        (ran("2 tests, 0 failures, 1 excluded, 2 invalid"), Fate.FOUND),
        (ran("1 doctest, 1 test, 0 failures"), Fate.SURVIVED),
        (ran("2 tests, 0 failures, 1 skipped"), Fate.SURVIVED),
        (ran("0 failures"), Fate.NOT_TESTED),
        (NOT_TESTED, Fate.NOT_TESTED),
        (NOT_COMPILED, Fate.NOT_COMPILED),
        ("Mutating completed\nTests starting\nTests finished\nOriginal file compiled\n", Fate.NOT_COMPILED),
        ("Mutating completed\nTests starting\n..", Fate.UNFINISHED),
        ("Mutating completed\n", Fate.UNFINISHED),
    ],
)
def test_a_mutations_fate_is_read_from_its_block(told: str, fate: Fate) -> None:
    [mutation] = parse(HEAD + block(told)).mutations
    assert mutation.fate is fate


def test_mutations_are_told_apart_with_their_places() -> None:
    run = parse(
        HEAD + block(NOT_COMPILED) + "Running mutation 2 of 2\n" + block(ran("1 test, 0 failures"), line=8)
    )
    assert run.announced == 2
    assert [(one.path, one.line, one.fate) for one in run.mutations] == [
        ("lib/shop.ex", 3, Fate.NOT_COMPILED),
        ("lib/shop.ex", 8, Fate.SURVIVED),
    ]
    assert (run.mutations[0].original, run.mutations[0].replacement) == ("n + 1", "n + 85")


def test_a_mutation_over_several_lines_is_read_whole() -> None:
    run = parse(HEAD + block(NOT_COMPILED, original='"""\na\n"""', replacement='"""\nb\n"""'))
    assert run.mutations[0].replacement == '"""\nb\n"""'


def test_the_first_failing_test_is_kept() -> None:
    failing = ran("2 tests, 2 failures").replace(
        "..\n",
        "\n\n  1) test adds (ShopTest)\n     test/shop_test.exs:4\n     boom\n\n  2) test b (ShopTest)\n",
    )
    [mutation] = parse(HEAD + block(failing)).mutations
    assert (mutation.failure or "").startswith("1) test adds (ShopTest)")
    assert "2) test b" not in (mutation.failure or "")


def test_the_summary_of_a_test_that_prints_one_does_not_count() -> None:
    printing = ran("2 tests, 1 failure").replace("..\n", "9 tests, 0 failures\n")
    assert parse(HEAD + block(printing)).mutations[0].fate is Fate.FOUND


def test_output_without_a_start_has_no_mutations() -> None:
    run = parse('** (Mix) The task "muzak" could not be found\n')
    assert (run.announced, run.mutations, run.num_done) == (None, (), 0)


def test_colours_and_carriage_returns_do_not_matter() -> None:
    text = HEAD + block(ran("1 test, 1 failure"))
    assert parse(text.replace("\n", "\r\n")).mutations == parse(text).mutations
