"""Mutants and reports made by hand for the tests of this folder."""

from __future__ import annotations

from testgen.mutation import Mutant, MutantResult, MutationReport, Outcome, Position, SuiteTest

SOURCE = """defmodule Shop do
  def total(a, b), do: a + b

  def free?(price) do
    price <= 0
  end
end
"""


def mutant(number: int, **changes: object) -> Mutant:
    """A mutant of line 2 of `SOURCE`, numbered, with `changes`."""
    given: dict[str, object] = {
        "id": number,
        "key": f"arithmetic.add_sub@2:24#{number}",
        "operator": "arithmetic.add_sub",
        "group": "arithmetic",
        "module": "Shop",
        "function": "total/2",
        "start": Position(2, 24),
        "end": Position(2, 29),
        "original": "a + b",
        "replacement": "a - b",
    }
    return Mutant(**{**given, **changes})  # type: ignore[arg-type]


def comparison(number: int) -> Mutant:
    return mutant(
        number,
        key=f"comparison.lte_lt@5:5#{number}",
        operator="comparison.lte_lt",
        group="comparison",
        function="free?/1",
        start=Position(5, 5),
        end=Position(5, 15),
        original="price <= 0",
        replacement="price < 0",
    )


def report(*outcomes: Outcome) -> MutationReport:
    """A report on `SOURCE` with a mutant for each of `outcomes`."""
    results = tuple(
        MutantResult(mutant=mutant(number), outcome=outcome) for number, outcome in enumerate(outcomes, 1)
    )
    return MutationReport(file="lib/shop.ex", source=SOURCE, results=results)


def full_report() -> MutationReport:
    """A report with every outcome, a test, a survivor in each function and one without coverage."""
    test = SuiteTest(id="ShopTest.test adds", name="test adds", file="test/shop_test.exs", line=4)
    results = (
        MutantResult(
            mutant=mutant(1),
            outcome=Outcome.KILLED,
            killed_by=(test.id,),
            covered_by=(test.id,),
            message="Assertion with == failed",
            duration_us=1500,
        ),
        MutantResult(mutant=mutant(2, replacement="a * b"), outcome=Outcome.SURVIVED, covered_by=(test.id,)),
        MutantResult(mutant=comparison(3), outcome=Outcome.NO_COVERAGE),
        MutantResult(mutant=comparison(4), outcome=Outcome.TIMEOUT, message="100 ms"),
        MutantResult(mutant=comparison(5), outcome=Outcome.INVALID, message="undefined function"),
        MutantResult(mutant=comparison(6), outcome=Outcome.IGNORED, message="equivalent: x"),
        MutantResult(mutant=comparison(7), outcome=Outcome.PENDING, message="interrupted"),
    )
    return MutationReport(
        file="lib/shop.ex",
        source=SOURCE,
        results=results,
        tests=(test,),
        test_sources={"test/shop_test.exs": "defmodule ShopTest do\nend\n"},
        versions={"elixir": "1.14.0", "otp": "25"},
    )
