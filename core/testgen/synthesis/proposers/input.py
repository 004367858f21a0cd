"""Functions that read from standard input: called with lines to read, and asked for result and output."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from testgen.synthesis.arguments import by_spec, guesses
from testgen.synthesis.candidate import Candidate, called
from testgen.synthesis.reader import read
from testgen.synthesis.rows import combine
from testgen.synthesis.subject import Knowledge, Subject
from testgen.synthesis.terms import Str, quote

_TEXTS = ("Alice\n", "y\n", "\n", "no\n", "3\n", "  Bob  \n", "")
_PER_FUNCTION = 4


class Input:
    """Proposes `with_io("Alice\\n", fn -> ask_name() end)` with several answers."""

    name = "input"

    def propose(self, subject: Subject, _knowledge: Knowledge) -> Iterator[Candidate]:
        """Answers: usual ones, and the module's own literals as lines."""
        terms = (read(literal.source) for literal in subject.module.literals)
        written = [f"{term.value}\n" for term in terms if isinstance(term, Str) and 0 < len(term.value) <= 12]
        for function in subject.functions:
            if function.signature not in subject.reads_input:
                continue
            spec = function.specs[0] if function.specs else None
            choices = by_spec(function, spec, subject, (), 4) if spec else guesses(function, subject, ())
            for arguments in combine(choices, _PER_FUNCTION):
                plain = called(
                    subject.module.name,
                    function.name,
                    arguments,
                    shown_as=subject.shown_as,
                    arity=function.arity,
                    origin=self.name,
                )
                for text in dict.fromkeys((*_TEXTS, *written)):
                    call = f"with_io({quote(text)}, fn -> {plain.call} end)"
                    yield replace(plain, call=call, args=(Str(text), *arguments), reusable=False, penalty=1.0)
