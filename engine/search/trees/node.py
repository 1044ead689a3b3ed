"""A path in a growing tree with its statistics, and how they pass up to the root."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias

from engine.domain.answer import Answer
from engine.domain.ids import NodeId
from engine.domain.trial import PathEnd, Work

# No digest is empty, so this names the root among the nodes.
ROOT = NodeId("")


class NodeStatus(StrEnum):
    """How far a path has come.

    ``ALOFT``: decided on, its text has not ended. ``JUDGED``: its text has ended and its judgement
    is awaited. ``OPEN``: it may be gone on from. ``FINISHED``: nothing is left to write after it.
    ``DEAD``: it was cut off, failed, or repeats a sibling; it says nothing about the answer.
    """

    ALOFT = "aloft"
    JUDGED = "judged"
    OPEN = "open"
    FINISHED = "finished"
    DEAD = "dead"


class Purpose(StrEnum):
    """Why a path was written.

    ``GROWTH``: to be chosen among. ``ROLLOUT``: to learn what its parent is worth. ``FINISH``: to
    bring a path that the search leaves unfinished to an answer. ``CHECK``: to see whether another
    attempt from the same beginning agrees.
    """

    GROWTH = "growth"
    ROLLOUT = "rollout"
    FINISH = "finish"
    CHECK = "check"


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeNode:
    """A path from the root, named after its last node.

    Attributes:
        node_id: Its last node; ``ROOT`` for the empty path.
        parent_id: The path it goes on from; ``None`` for the root.
        depth: 0 for the root.
        rank: Submission rank; -1 for the root.
        prompt: The role that wrote its last text.
        work: How it was written.
        purpose: Why it was written.
        subject: The path that a check is about.
        status: How far it has come.
        visits: N, how many values were told of it and of what grew from it.
        total: W, their sum.
        squares: The sum of their squares.
        value: Its own value, in [0, 1]; ``None`` while it is unknown.
        n_aloft: Paths below it that were decided on and have no value yet.
        n_free: Paths from here down, itself included, that growth may choose.
        n_drawn: How often growth below it was decided on.
        sprouts: Children decided on, in that order.
        children: Children that growth may descend to, in the order in which they were settled.
        mean_logprob: Of its last text; ``None`` where the server tells none.
        body_ref: Digest of its last text.
        n_repeats: How often a sibling said the same again.
        scores: What judges said of it so far.
        n_unjudged: Judges that have not answered.
        is_final: Whether nothing is left to write after it.
        answer: What it concluded; ``None`` abstains.
    """

    node_id: NodeId
    parent_id: NodeId | None
    depth: int
    rank: int
    prompt: str = ""
    work: Work = Work.STEP
    purpose: Purpose = Purpose.GROWTH
    subject: NodeId | None = None
    status: NodeStatus = NodeStatus.ALOFT
    visits: int = 0
    total: float = 0.0
    squares: float = 0.0
    value: float | None = None
    n_aloft: int = 0
    n_free: int = 0
    n_drawn: int = 0
    sprouts: tuple[NodeId, ...] = ()
    children: tuple[NodeId, ...] = ()
    mean_logprob: float | None = None
    body_ref: str | None = None
    n_repeats: int = 0
    scores: tuple[float, ...] = ()
    n_unjudged: int = 0
    is_final: bool = False
    answer: Answer | None = None

    @property
    def mean(self) -> float | None:
        """Q = W / N; ``None`` before the first value."""
        return self.total / self.visits if self.visits else None

    @property
    def path_end(self) -> PathEnd | None:
        """Where a trial that goes on from here starts; ``None`` at the root."""
        return None if self.parent_id is None else PathEnd(node_id=self.node_id)


Nodes: TypeAlias = Mapping[NodeId, TreeNode]
GrowingNodes: TypeAlias = MutableMapping[NodeId, TreeNode]


def make_root(begun_as: str = "") -> TreeNode:
    """Return the empty path, which growth may choose.

    Args:
        begun_as: The role that wrote the last text of a given beginning; empty for none.
    """
    return TreeNode(
        node_id=ROOT,
        parent_id=None,
        depth=0,
        rank=-1,
        prompt=begun_as,
        status=NodeStatus.OPEN,
        n_free=1,
    )


def walk_up(nodes: Nodes, node_id: NodeId) -> Iterator[TreeNode]:
    """Yield a path, then each path it grew from, the root last."""
    at: NodeId | None = node_id
    while at is not None:
        node = nodes[at]
        yield node
        at = node.parent_id


def list_path(nodes: Nodes, node_id: NodeId) -> tuple[TreeNode, ...]:
    """Return the nodes of a path from its first text to its last; the root is left out."""
    return tuple(walk_up(nodes, node_id))[-2::-1]


def back_up(nodes: GrowingNodes, node_id: NodeId, value: float) -> None:
    """Tell a path and all it grew from a value in [0, 1]."""
    for node in walk_up(nodes, node_id):
        nodes[node.node_id] = replace(
            node,
            visits=node.visits + 1,
            total=node.total + value,
            squares=node.squares + value * value,
        )


def count_aloft(nodes: GrowingNodes, node_id: NodeId, change: int) -> None:
    """Count paths that were decided on below a path, or have got their values.

    A decision counts as drawn for good; a settled path only stops being aloft.
    """
    n_drawn = max(0, change)
    for node in walk_up(nodes, node_id):
        nodes[node.node_id] = replace(
            node, n_aloft=node.n_aloft + change, n_drawn=node.n_drawn + n_drawn
        )


def count_free(nodes: GrowingNodes, node_id: NodeId, change: int) -> None:
    """Count a path as one that growth may choose, or no longer may."""
    for node in walk_up(nodes, node_id):
        nodes[node.node_id] = replace(node, n_free=node.n_free + change)
