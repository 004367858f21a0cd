"""From `elixir-core.ttl` to the lines that a prompt begins with.

The lines are written once into the core package (`testgen-train ontology`), where serving finds them without
rdflib; training reads the same lines from there, so that the two cannot drift. A test keeps the file in step
with the ontology.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from testgen import atomic_write, notions
from testgen_training.corpus.records import ModuleRecord

ONTOLOGY = Path(__file__).with_name("elixir-core.ttl")
_CORE = "urn:testgen:elixir#"


def notions_of(module: ModuleRecord) -> str:
    """The lines that fit a module of the corpus."""
    return notions.lines_for((*module.uses, *module.behaviours))


def write() -> Path:
    """Writes the linearised ontology into the core package."""
    content = json.dumps(linearised(), indent=1, ensure_ascii=False, sort_keys=True)
    atomic_write.write_text(notions.NOTIONS, content + "\n")
    return notions.NOTIONS


@cache
def linearised() -> dict[str, str]:
    """The line of each notion by every name that modules write for it."""
    from rdflib import Graph, Literal, URIRef

    graph = Graph().parse(ONTOLOGY, format="turtle")
    written, extends = URIRef(_CORE + "writtenAs"), URIRef(_CORE + "extends")
    found: dict[str, str] = {}
    for notion, _, name in graph.triples((None, written, None)):
        parts = [_callbacks(graph, each) for each in (notion, *graph.objects(notion, extends))]
        reached = graph.value(notion, URIRef(_CORE + "reachedBy"), default=Literal(""))
        title = str(notion).removeprefix(_CORE)
        body = "; ".join(part for part in (*parts, f"by {reached}" if reached else "") if part)
        found[str(name)] = f"# {title}: {body}"
    return found


def _callbacks(graph: object, notion: object) -> str:
    from rdflib import Graph, URIRef
    from rdflib.term import Node

    assert isinstance(graph, Graph)
    assert isinstance(notion, Node)
    found = []
    for callback in graph.objects(notion, URIRef(_CORE + "callback")):
        order, head, returns = (
            graph.value(callback, URIRef(_CORE + name)) for name in ("order", "head", "returns")
        )
        found.append((int(str(order)), f"{head} -> {returns}"))
    return "; ".join(text for _, text in sorted(found))
