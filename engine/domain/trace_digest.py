"""One digest for a whole search: equal when two runs drew, read and concluded the same."""

from __future__ import annotations

from engine.domain.canonical import JsonValue, canonical_bytes, digest
from engine.domain.fold import NodeView, SearchView


def trace_digest(view: SearchView) -> str:
    """Return 64 hex digits over trial ids, parents, bodies' digests and answers.

    Numbers, times, epochs and attempts are left out, so a search that was killed and resumed has
    the digest of one that was not, given the same outcomes.
    """
    nodes = sorted(view.nodes.values(), key=lambda node: node.trial_id)
    return digest(canonical_bytes([_describe(node) for node in nodes]))


def _describe(node: NodeView) -> JsonValue:
    return [
        node.trial_id,
        node.parent_id,
        node.prompt_ref,
        node.body_ref,
        None if node.answer is None else dict(node.answer),
    ]
