"""The report of a generation, for people and for programs."""

from __future__ import annotations

from dataclasses import replace

from testgen.mutation import Mutant, Position
from testgen.synthesis.candidate import Oracle
from testgen.synthesis.findings import Finding, FindingKind
from testgen.synthesis.reasons import Reason, ReasonKind
from testgen.synthesis.report import DeliveredTest, Generated, LeftAlone, to_json, to_text

SOURCE = "defmodule Door do\n  def open?(age), do: age >= 18\nend\n"


def _mutant(number: int, replacement: str, operator: str = "comparison.boundary") -> Mutant:
    return Mutant(
        id=number,
        key=f"{operator}@2:23#{number}",
        operator=operator,
        group=operator.partition(".")[0],
        module="Door",
        function="open?/1",
        start=Position(2, 23),
        end=Position(2, 32),
        original="age >= 18",
        replacement=replacement,
    )


def _test(name: str, oracle: Oracle, kills: set[int], alone: set[int]) -> DeliveredTest:
    return DeliveredTest(
        module="Door",
        describe="" if oracle is Oracle.DOCTEST else "open?/1",
        name=name,
        oracle=oracle,
        kills=frozenset(kills),
        alone=frozenset(alone),
    )


GENERATED = Generated(
    source_path="lib/door.ex",
    test_path="test/door_test.exs",
    text="defmodule DoorTest do\nend\n",
    before=None,
    source=SOURCE,
    tests=(
        _test("doctest Door (1 example)", Oracle.DOCTEST, {1}, set()),
        _test("is true for 18", Oracle.OBSERVED, {1, 2}, {2}),
    ),
    mutants=(
        _mutant(1, "age < 18", "comparison.negated"),
        _mutant(2, "age > 18"),
        _mutant(3, "age >= 19", "literal.integer"),
        _mutant(4, "true", "condition.forced"),
        _mutant(5, "age == 18"),
    ),
    outcomes={1: "killed", 2: "killed", 3: "survived", 4: "timeout", 5: "unsettled"},
    killed_before=frozenset(),
    num_pruned=2,
    num_invalid=1,
    left_alone=(LeftAlone(function="Door.new/0", reason="nothing in it can be mutated"),),
    notes=("1 mutant has no verdict",),
    findings=(
        Finding(
            kind=FindingKind.SPEC,
            function="age/1",
            call="Door.age(%Door{})",
            text="returns nil, which its spec does not allow",
            num_calls=4,
        ),
    ),
    reasons={3: Reason(kind=ReasonKind.EQUIVALENT, text="20 calls reach it and none tells it")},
    candidates_run=40,
    dropped=0,
    interrupted=False,
    elapsed_s=1.25,
    timings_s={"open": 0.5},
)


def test_the_terminal_report_shows_survivors_with_their_line_and_their_change() -> None:
    lines = to_text(GENERATED, "2 tests written.")
    place = lines.index("  lib/door.ex:2  literal.integer")
    assert lines[place + 1 : place + 4] == [
        "    -  def open?(age), do: age >= 18",
        "    +  def open?(age), do: age >= 19",
        "    20 calls reach it and none tells it",
    ]
    assert "1 survives:" in lines
    assert "Mutants: 2 of 5 killed, 1 timed out, 1 without a verdict." in lines


def test_the_terminal_report_says_what_a_test_alone_kills_and_what_it_can_be_trusted_for() -> None:
    lines = to_text(GENERATED, "2 tests written.")
    assert "    observed is true for 18  [line 2 comparison.boundary]" in lines
    assert "    doctest  doctest Door (1 example)" in lines
    for oracle in (Oracle.DOCTEST, Oracle.OBSERVED):
        assert any(line.split() == [oracle.value, "1", *oracle.meaning.split()] for line in lines)
    assert not any(Oracle.LAW.meaning in line for line in lines)


def test_the_terminal_report_names_functions_left_alone_and_notes() -> None:
    lines = to_text(GENERATED, "2 tests written.")
    assert lines[0] == "2 tests written."
    assert "  Door.new/0: nothing in it can be mutated" in lines
    assert "note: 1 mutant has no verdict" in lines
    assert lines[-1] == "40 candidates in 1.2 s."


def test_many_survivors_are_cut_short_on_a_terminal_only() -> None:
    many = tuple(_mutant(number, f"age >= {number + 100}") for number in range(20))
    result = replace(GENERATED, mutants=many, outcomes={}, tests=())
    lines = to_text(result, "No test.")
    assert sum("lib/door.ex:2" in line for line in lines) == 12
    assert "  and 8 more; --json lists them all" in lines
    assert len(to_json(result, "ok")["survivors"]) == 20


def test_kills_by_tests_that_were_there_are_told_apart() -> None:
    lines = to_text(replace(GENERATED, killed_before=frozenset({1})), "1 test added.")
    assert any("2 of 5 killed (1 by the tests that were there)" in line for line in lines)
    assert to_json(replace(GENERATED, killed_before=frozenset({1})), "ok")["mutants"]["killed_before"] == 1


def test_the_report_for_programs_counts_every_mutant_once() -> None:
    report = to_json(GENERATED, "ok")
    assert report["mutants"] == {
        "total": 5,
        "killed": 2,
        "timeout": 1,
        "survived": 1,
        "no_coverage": 0,
        "unsettled": 1,
        "invalid": 1,
        "pruned": 2,
        "killed_before": 0,
    }
    assert [(each["line"], each["operator"], each["function"]) for each in report["survivors"]] == [
        (2, "literal.integer", "open?/1")
    ]
    assert report["survivors"][0]["diff"] == GENERATED.mutants[2].diff(SOURCE)


def test_the_report_for_programs_tells_the_oracle_and_the_kills_alone_of_each_test() -> None:
    report = to_json(GENERATED, "ok")
    doctest, observed = report["tests"]
    assert (doctest["oracle"], doctest["kills"], doctest["kills_alone"]) == ("doctest", 1, [])
    assert (observed["oracle"], observed["kills"]) == ("observed", 2)
    assert observed["kills_alone"] == ["comparison.boundary@2:23#2"]
    assert report["oracles"]["law"] == Oracle.LAW.meaning
    assert (report["status"], report["text"]) == ("ok", GENERATED.text)


def test_findings_are_told_with_the_call_that_shows_them() -> None:
    lines = to_text(GENERATED, "2 tests written.")
    place = lines.index("Findings, which no test pins:")
    assert lines[place + 1 : place + 3] == [
        "  age/1: returns nil, which its spec does not allow (and 3 more such calls)",
        "    Door.age(%Door{})",
    ]
    (finding,) = to_json(GENERATED, "ok")["findings"]
    assert (finding["kind"], finding["function"], finding["calls"]) == ("spec", "age/1", 4)


def test_the_report_for_programs_says_why_a_mutant_survives() -> None:
    (survivor,) = to_json(GENERATED, "ok")["survivors"]
    assert survivor["reason_kind"] == "equivalent_as_far_as_known"
    assert survivor["reason"] == "20 calls reach it and none tells it"
