"""What a grown tree comes to: a vote among its finished paths, and how the rest is finished."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from engine.domain.answer import Answer
from engine.domain.standing import Standing, VoteClass
from engine.domain.trial import Sampling, Work
from engine.search.scoring import UNJUDGED
from engine.search.tree import Branch
from engine.search.trees.growth import GrowthState, Sprout
from engine.search.trees.node import ROOT, NodeStatus, Purpose, TreeNode
from engine.search.vote import is_settled
from engine.search.vote_standing import explain_majority


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
        majority: What most of all finished paths answered.
        is_best: Whether a class weighs as much as its best leaf, not as all of them.
        n_left: Leaves of weight 1 that could still join the vote; ``None`` where that is not
            known, or where one can also replace another.
    """

    leaves: Sequence[Leaf]
    n_abstained: int
    n_planned: int
    n_pending: int
    rule: str
    majority: Answer | None = None
    is_best: bool = False
    n_left: int | None = None

    @property
    def votes(self) -> tuple[VoteClass, ...]:
        """The classes that the leaves answered, the winner first."""
        return hold_vote(self.leaves, is_best=self.is_best)

    def is_decided(self, votes: Sequence[VoteClass]) -> bool:
        """Whether nothing is pending, or nothing that is could change the winner."""
        if self.n_pending == 0:
            return True
        # A path in flight may have been submitted before the leader's first: it would win a tie,
        # so the lead has to be one vote more.
        return self.n_left is not None and bool(votes) and is_settled(votes, self.n_left + 1)

    def to_standing(self) -> Standing:
        """Return where the search stands by the vote."""
        votes = self.votes
        is_decided = self.is_decided(votes)
        n_ended = len(self.leaves) + self.n_abstained
        majority = self._find_other(votes)
        return Standing(
            answer=votes[0].answer if votes else None,
            votes=votes,
            rule=self.rule,
            n_ended=n_ended,
            n_abstained=self.n_abstained,
            # A log that began under wider settings may hold more than these would draw.
            n_planned=max(self.n_planned, n_ended),
            vote_share=votes[0].n_votes / n_ended if votes else None,
            is_decided=is_decided,
            n_needed=0 if is_decided else self.n_pending,
            why=_explain(votes, self) + explain_majority(majority),
            majority=majority,
        )

    def _find_other(self, votes: Sequence[VoteClass]) -> Answer | None:
        """Return the majority's answer where the vote names another one."""
        if not votes or self.majority is None:
            return None
        is_same = votes[0].answer.class_id == self.majority.class_id
        return None if is_same else self.majority


def hold_vote(leaves: Iterable[Leaf], *, is_best: bool = False) -> tuple[VoteClass, ...]:
    """Return the classes that leaves answered, the winner first.

    Ties go to the class with more leaves, then to the one whose first leaf was submitted first.
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
    return tuple(sorted(classes.values(), key=_order_votes))


def find_common(leaves: Iterable[Leaf]) -> Answer | None:
    """Return what most of some finished paths answered, whatever they are worth."""
    votes = hold_vote(replace(leaf, weight=1.0) for leaf in leaves)
    return votes[0].answer if votes else None


def find_majority(state: GrowthState) -> Answer | None:
    """Return what most finished paths answered; of equals what was answered first."""
    most = max(state.tally.values(), default=0)
    answers = (state.nodes[name].answer for name in state.finished)
    return next(
        (
            answer
            for answer in answers
            if answer is not None and state.tally[answer.class_id] == most
        ),
        None,
    )


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


def _order_votes(vote: VoteClass) -> tuple[float, int, int]:
    return (-vote.weight, -vote.n_votes, vote.first_rank)


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
