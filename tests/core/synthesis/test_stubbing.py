"""Functions that are given a module get one that the test defines: one that succeeds, one that fails."""

from __future__ import annotations

from typing import Any

import pytest

from testgen.synthesis.analysis import Module
from testgen.synthesis.render import Suite, render
from testgen.synthesis.stub import prelude
from testgen.synthesis.stubbing import with_stubs
from testgen.synthesis.subject import Subject
from tests.core.synthesis.test_warned import case


def subject(*callbacks: str, called: tuple[str, ...] = ("deliver/2",), **more: Any) -> Subject:
    given = {"t": "module", "callbacks": list(called), **more}
    function = {"name": "notify", "arity": 1, "kind": "def", "arg_names": ["adapter"], "inferred": [given]}
    module = Module.from_wire({"name": "Shop.Mail", "functions": [function], "callbacks": list(callbacks)})
    return Subject(module=module, shown_as="Mail", functions=module.functions)


DELIVER = "deliver(to :: String.t(), text :: String.t()) :: :ok | {:error, term}"


def test_each_alternative_of_what_a_callback_returns_is_a_module() -> None:
    found = with_stubs(subject(DELIVER)).stubs
    assert [stub.name for stub in found] == ["Succeeding", "Failing"]
    assert found[1].body == (
        "@behaviour Mail",
        "",
        "@impl true",
        "def deliver(to, text) do",
        "  send(self(), {:deliver, to, text})",
        "  {:error, :failed}",
        "end",
    )


def test_the_function_is_given_them() -> None:
    (function,) = with_stubs(subject(DELIVER)).functions
    assert function.inferred[0].implementers == ("Succeeding", "Failing")


def test_without_a_callback_answers_are_guessed() -> None:
    found = with_stubs(subject(called=("fetch/1",))).stubs
    assert [stub.body[2].strip() for stub in found] == [":ok", "{:error, :failed}", "{:ok, 3}"]
    assert found[0].body[0] == "def fetch(arg1) do"


@pytest.mark.parametrize(
    ("returns", "answers"),
    [
        ("String.t()", ['"hello"']),
        ("{:ok, integer} | :error", ["{:ok, 3}", ":error"]),
        ("boolean()", ["true"]),
        ("Mail.Receipt.t()", [":ok"]),
    ],
)
def test_answers_fit_the_type_that_is_declared(returns: str, answers: list[str]) -> None:
    found = with_stubs(subject(f"deliver(to :: term, text :: term) :: {returns}")).stubs
    assert [stub.body[-2].strip() for stub in found] == answers


def test_a_file_that_has_such_modules_gets_no_others() -> None:
    assert with_stubs(subject(DELIVER, implementers=["Mail.Smtp"])).stubs == ()


def test_a_test_file_defines_those_that_it_uses() -> None:
    found = with_stubs(subject(DELIVER))
    suite = Suite(
        module="Shop.Mail",
        shown_as="Mail",
        cases=(case("assert Mail.notify(Failing) == :error"),),
        stubs=found.stubs,
    )
    text = render(suite)
    assert "defmodule Failing do" in text
    assert "Succeeding" not in text


def test_while_candidates_run_they_have_names_that_no_test_file_defines() -> None:
    found = with_stubs(subject(DELIVER))
    assert ("Failing", "Shop.MailStubs.Failing") in found.observed_aliases
    assert "defmodule Shop.MailStubs.Failing do" in prelude(found.stubs)
    assert found.aliases == ()
