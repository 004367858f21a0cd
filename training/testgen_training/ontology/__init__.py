"""The ontology: what is known of behaviours and libraries, and its form for prompts."""

from __future__ import annotations

from testgen_training.ontology.linearise import notions_of

__all__ = ["notions_of"]
