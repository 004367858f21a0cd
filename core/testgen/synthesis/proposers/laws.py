"""Relations between functions that a reader expects by their names: decoding what was encoded gives it
back.
"""

from __future__ import annotations

from collections.abc import Iterator

from testgen.synthesis.analysis import Function
from testgen.synthesis.candidate import Candidate, Oracle
from testgen.synthesis.subject import Knowledge, Subject
from testgen.synthesis.terms import Built, to_source

_INVERSES = (
    ("encode", "decode"),
    ("encode!", "decode!"),
    ("serialize", "deserialize"),
    ("pack", "unpack"),
    ("escape", "unescape"),
    ("compress", "decompress"),
    ("encrypt", "decrypt"),
    ("dump", "load"),
    ("format", "parse"),
    ("to_string", "parse"),
    ("to_list", "from_list"),
    ("to_map", "from_map"),
    ("to_tuple", "from_tuple"),
    ("to_integer", "from_integer"),
    ("to_roman", "from_roman"),
    ("wrap", "unwrap"),
    ("zip", "unzip"),
)
_PER_LAW = 4


class Laws:
    """Proposes `decode(encode(value))` for values that encoding accepted; kept only if the value comes
    back.
    """

    name = "laws"

    def propose(self, subject: Subject, knowledge: Knowledge) -> Iterator[Candidate]:
        """Each pair of inverse names that the module has with one argument each."""
        by_name = {f.name: f for f in subject.functions if f.kind == "def" and 1 in f.arities}
        for there, back in _INVERSES:
            if there in by_name and back in by_name:
                yield from _round_trips(by_name[there], by_name[back], subject, knowledge)
                if there.startswith("to_"):
                    yield from _round_trips(by_name[back], by_name[there], subject, knowledge)


def _round_trips(
    there: Function, back: Function, subject: Subject, knowledge: Knowledge
) -> Iterator[Candidate]:
    simple = sorted(knowledge.fine(there.signature), key=lambda pair: pair[0].cost, reverse=True)
    for candidate, _ in simple[:_PER_LAW]:
        if len(candidate.args) != 1 or isinstance(candidate.args[0], Built):
            continue
        source = to_source(candidate.args[0])
        module = subject.shown_as
        yield Candidate(
            function=back.signature,
            module=subject.module.name,
            call=f"{source} |> {module}.{there.name}() |> {module}.{back.name}()",
            origin="laws",
            oracle=Oracle.LAW,
            expected=source,
            penalty=1.0,
        )
