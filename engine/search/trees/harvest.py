"""What a grown tree comes to: a vote among its finished paths, and how the rest is finished."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from engine.domain.answer import Answer
from engine.domain.standing import Standing, VoteClass
from engine.domain.trial import Sampling, Work
from engine.search.scoring import UNJUDGED
from engine.search.tree import Branch
from engine.search.trees.growth import GrowthState, Sprout
from engine.search.trees.node import ROOT, NodeStatus, Purpose, TreeNode


class Choice(StrEnum):
    """Who gives the answer: the best finished path, or all of them by vote."""

    BEST = "best"
    WEIGHTED = "weighted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A finished path with an answer, at the weight of its vote.

    Attributes:
        answer: What it concluded.
        weight: Of its vote.
        rank: Submission rank of the trial that finished it.
    """

    answer: Answer
    weight: float
    rank: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Harvest:
    """The finished paths that vote, and how the search stands otherwise.

    Attributes:
        leaves: Who votes.
        n_abstained: Texts that should have ended in an answer and have none.
        n_planned: The most trials that the search could take.
        n_pending: Trials that are due or have not ended.
        rule: Name of the vote's rule.
    """

    leaves: Sequence[Leaf]
    n_abstained: int
    n_planned: int
    n_pending: int
    rule: str

    def to_standing(self, *, is_best: bool = False) -> Standing:
        """Return the vote; ``is_best`` weighs a class by its best leaf, not by all of them."""
        votes = hold_vote(self.leaves, is_best=is_best)
        n_ended = len(self.leaves) + self.n_abstained
        return Standing(
            answer=votes[0].answer if votes else None,
            votes=votes,
            rule=self.rule,
            n_ended=n_ended,
            n_abstained=self.n_abstained,
            n_planned=self.n_planned,
            vote_share=votes[0].n_votes / n_ended if votes else None,
            is_decided=self.n_pending == 0,
            n_needed=self.n_pending,
            why=_explain(votes, self),
        )


def hold_vote(leaves: Iterable[Leaf], *, is_best: bool = False) -> tuple[VoteClass, ...]:
    """Return the classes that leaves answered, the winner first.

    Ties go to the class whose first leaf was submitted first.
    """
    classes: dict[str, VoteClass] = {}
    for leaf in sorted(leaves, key=lambda leaf: leaf.rank):
        name = leaf.answer.class_id
        known = classes.get(name) or VoteClass(
            answer=leaf.answer, n_votes=0, weight=0.0, first_rank=leaf.rank
        )
        weight = max(known.weight, leaf.weight) if is_best else known.weight + leaf.weight
        classes[name] = VoteClass(
            answer=known.answer,
            n_votes=known.n_votes + 1,
            weight=weight,
            first_rank=known.first_rank,
        )
    return tuple(sorted(classes.values(), key=lambda vote: (-vote.weight, vote.first_rank)))


def list_best(state: GrowthState, n_most: int | None) -> tuple[TreeNode, ...]:
    """Return the finished paths of the highest values, the best first; ``None`` for all."""
    finished = (state.nodes[name] for name in state.finished)
    n_wanted = len(state.finished) if n_most is None else n_most
    return tuple(heapq.nsmallest(n_wanted, finished, key=_order))


def to_leaves(nodes: Iterable[TreeNode], *, is_weighted: bool) -> tuple[Leaf, ...]:
    """Return finished paths as votes: by value, or each alike."""
    return tuple(
        Leaf(answer=node.answer, weight=rate(node) if is_weighted else 1.0, rank=node.rank)
        for node in nodes
        if node.answer is not None
    )


def rate(node: TreeNode) -> float:
    """Return a path's own value; where it has none, nothing is known of it."""
    return UNJUDGED if node.value is None else node.value


def list_finishers(state: GrowthState, n_answers: int, sampling: Sampling) -> tuple[Sprout, ...]:
    """Return samples that finish the best paths which growth left unfinished.

    They go out until ``n_answers`` finished paths have an answer, twice as many samples were
    spent, or no path is left: what was cut off or concluded nothing is made up for by the next
    best. A path is finished once.
    """
    n_wanted = min(n_answers - len(state.finished), 2 * n_answers - state.n_last)
    if n_wanted <= 0:
        return ()
    tried = {node.parent_id for node in state.nodes.values() if node.purpose is Purpose.FINISH}
    unfinished = (
        node
        for node in state.nodes.values()
        if node.status is NodeStatus.OPEN
        and node.node_id not in tried
        and (not node.children or not state.finished)
    )
    best = heapq.nsmallest(n_wanted, unfinished, key=_order)
    return tuple(make_finisher(node, sampling) for node in best)


def make_finisher(node: TreeNode, sampling: Sampling) -> Sprout:
    """Return the sample that finishes a path."""
    return Sprout(branch=rest_of(node, sampling, "finish"), purpose=Purpose.FINISH)


def rest_of(node: TreeNode, sampling: Sampling, occasion: str | int = 0) -> Branch:
    """Return the branch that writes all that is left after a path: the whole, at the root."""
    return Branch(
        work=Work.SAMPLE,
        at=node.path_end,
        depth=node.depth + 1,
        prompt="solve" if node.node_id == ROOT else "step",
        sampling=sampling,
        round=occasion,
    )


def _order(node: TreeNode) -> tuple[float, int]:
    # The root has no value, and what starts all over comes last.
    return (1.0 if node.node_id == ROOT else -rate(node), node.rank)


def _explain(votes: Sequence[VoteClass], harvest: Harvest) -> str:
    if harvest.n_pending:
        rest = f"; {harvest.n_pending} trials are pending"
    else:
        rest = "; the tree is searched"
    if not votes:
        return f"no path has come to an answer{rest}"
    n_leaves = len(harvest.leaves)
    return f"{votes[0].n_votes} of {n_leaves} finished paths that count agree{rest}"
