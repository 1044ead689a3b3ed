"""Where a fork stands: what it takes over of a search, and from where its own search begins.

A fork that keeps its strategy reads on in the log. One with another strategy cannot, unless both
name their samples alike: it begins with the path up to the node alone, as a given beginning of the
solution, or at the root with the problem and nothing else. Nor can a search that another verifier
has led: where scores said what to grow, the log tells of no search that the new one would have
made. Whole samples are drawn whatever judges them, so they stay, and are judged anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from engine.domain.fold import NodeView
from engine.domain.ids import NodeId
from engine.domain.lineage import Replaced
from engine.domain.outcome import OutcomeStatus
from engine.domain.trial import PathEnd, Work

# No node has this name: nodes have 16 hex digits.
ROOT_NAME = "root"


class Kept(StrEnum):
    """What a fork takes over.

    ``LOG``: the log up to the node's outcome. ``PATH``: of it what tells of the nodes from the
    root to this one, and nothing beside them. ``NOTHING``: it begins with the problem.
    """

    LOG = "log"
    PATH = "path"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Footing:
    """Where a fork stands.

    Attributes:
        kept: What it takes over.
        start: The path that its search goes on from; ``None`` for the problem itself.
    """

    kept: Kept
    start: PathEnd | None = None


def find_obstacle(
    node: NodeView, part: int | None = None, replaced: Replaced | None = None
) -> str | None:
    """Return why nothing can be written after a node, as a sentence's end; ``None`` if it can.

    Args:
        node: In a search that has ended.
        part: Which of its proposals is gone on from; ``None`` for its whole text.
        replaced: Which of its texts is to be another, so that how it ended does not matter.
    """
    work = Work(node.work)
    if not (work.asks_model or work is Work.TOOL) or work in (Work.VALUE, Work.VOTE):
        return "it judges others and is no part of a solution"
    if work is Work.SAMPLE:
        return "it is a whole answer, with nothing left to write"
    if work is Work.PROPOSE:
        return _find_fault_of_part(node, part, replaced)
    if part is not None:
        return "it holds one text, and no proposals to choose from"
    return None if replaced else _find_fault_of_end(node)


def is_above(nodes: Mapping[str, NodeView], node_id: str, end: PathEnd | None) -> bool:
    """Whether a node lies on the path to an end, before its last node."""
    if end is None or end.node_id not in nodes:
        return False
    path = list_path(nodes, end.node_id)
    return node_id in path[:-1]


def is_judged(nodes: Mapping[str, NodeView], node_id: str) -> bool:
    """Whether a verifier has judged anything in a search up to the outcome of a node."""
    end = nodes[node_id].ended_seq if node_id in nodes else None
    if end is None:
        return False
    judged = (node.ended_seq for node in nodes.values() if node.work == Work.SCORE.value)
    return any(seq is not None and seq <= end for seq in judged)


def list_path(nodes: Mapping[str, NodeView], node_id: str) -> tuple[str, ...]:
    """Return the names of the nodes from the root to one, that one included."""
    path: list[str] = []
    at: str | None = node_id
    while at is not None:
        path.append(at)
        at = nodes[at].parent_id
    return tuple(reversed(path))


def to_start(node: NodeView, part: int | None) -> PathEnd:
    """Return the path up to a node as what a search goes on from."""
    return PathEnd(node_id=NodeId(node.node_id), part=part)


def _find_fault_of_part(node: NodeView, part: int | None, replaced: Replaced | None) -> str | None:
    if replaced is not None:
        return "it lists proposals: replace one that was taken up, or go on from one"
    n_parts = len(node.findings.get("parts", ()))
    if part is None or part >= n_parts:
        return f"it lists {n_parts} proposals, and part must say which, from 0 on"
    if part in node.findings.get("final_parts", ()):
        return "that proposal is an answer, with nothing left to write"
    return None


def _find_fault_of_end(node: NodeView) -> str | None:
    if node.status != OutcomeStatus.COMPLETE.value:
        return f"its text is not whole but {node.status}"
    # What the log does not say of an outcome is as it mostly is: a text is the last one.
    if node.findings.get("is_final", True):
        return "it ends its path, with nothing left to write"
    if node.findings.get("call") is not None:
        return "it ends with the call of a tool; go on from the result"
    return None
