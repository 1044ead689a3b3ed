"""How a tree grows: the state that Monte Carlo tree searches share, and the rules they differ in.

All decisions are made when an outcome is told, from the values told so far, and wait in ``due``
until they are asked for. So they depend on the log alone: not on how many slots were free, nor on
how a search was cut and resumed. Whatever was decided counts as in flight from that moment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Protocol

from engine.domain.ids import NodeId, TrialId
from engine.domain.problem import Problem
from engine.domain.trial import Sampling, Trial
from engine.search.tree import Branch, TreeState
from engine.search.trees.judge import Judge
from engine.search.trees.node import ROOT, Nodes, Purpose, TreeNode, make_root


@dataclass(frozen=True, slots=True, kw_only=True)
class Judging:
    """How paths are judged.

    Attributes:
        scorer: Who says what a path is worth. Agreement has nothing to say of an unfinished path:
            without rollouts such a path has no value of its own.
        sampling: How the model is sampled where it judges or rolls out.
        n_values: VALUE trials a path.
        is_rolled_out: Whether an unfinished path is worth what one sample of its rest is worth.
    """

    scorer: Judge
    sampling: Sampling
    n_values: int = 1
    is_rolled_out: bool = False

    @property
    def n_trials(self) -> int:
        """Judges of one path."""
        return {Judge.VERIFIER: 1, Judge.VALUE: self.n_values}.get(self.scorer, 0)

    @property
    def most_trials(self) -> int:
        """The most trials that judging one new path can take, rollout and all."""
        return self.n_trials + int(self.is_rolled_out)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sprout:
    """Trials of one group that go on from one path.

    Attributes:
        branch: Where they start, and what they do.
        indices: Which of the group.
        purpose: What for.
        subject: The path that a check is about.
    """

    branch: Branch
    indices: Sequence[int] = (0,)
    purpose: Purpose = Purpose.GROWTH
    subject: NodeId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowthState:
    """A tree with the statistics of its paths.

    Attributes:
        tree: What was opened, and how it ended.
        due: What was decided on and not opened yet, in the order of the decisions.
        nodes: The paths by their last nodes, in the order of the decisions; the root is first.
        finished: The finished paths with an answer, in the order in which they got their values.
        tally: How many of them gave each answer class.
        n_barren: Texts that should have ended in an answer and have none.
        n_expanded: How often growth was decided on.
        n_last: Trials that were decided on after growth was over.
    """

    tree: TreeState
    due: Mapping[TrialId, Trial] = field(default_factory=dict[TrialId, Trial])
    nodes: Nodes = field(default_factory=lambda: {ROOT: make_root()})
    finished: tuple[NodeId, ...] = ()
    tally: Mapping[str, int] = field(default_factory=dict[str, int])
    n_barren: int = 0
    n_expanded: int = 0
    n_last: int = 0

    @property
    def n_pending(self) -> int:
        """Trials that are due or have not ended; at 0 the search is over."""
        return len(self.due) + len(self.tree.trials) - len(self.tree.outcomes)


class GrowthRules(Protocol):
    """What tells one search from another: where to grow, what, and what comes last."""

    @property
    def iterations(self) -> int:
        """How often growth may be decided on."""
        ...

    @property
    def parallel(self) -> int:
        """Growth is decided on only while fewer new paths than this wait for their values."""
        ...

    @property
    def is_regrown(self) -> bool:
        """Whether a path may be chosen again after something was grown from it."""
        ...

    @property
    def judging(self) -> Judging:
        """How paths are judged."""
        ...

    def find_site(self, problem: Problem, nodes: Nodes) -> NodeId:
        """Return the path to go on from; asked only while the root counts one that is free."""
        ...

    def list_sprouts(self, site: TreeNode) -> Sequence[Sprout]:
        """Return what to grow from a path."""
        ...

    def list_last(self, state: GrowthState) -> Sequence[Sprout]:
        """Return what is left to do when growth is over and nothing is pending.

        Asked again when that has ended; with nothing left to do, the search is decided.
        """
        ...


def ask_due(tree: TreeState, due: Mapping[TrialId, Trial], free_slots: int) -> tuple[Trial, ...]:
    """Return the open trials, then the first of those that are due, ranked as they are submitted.

    What was decided on has the rank that it would have after all decided on before it. Where the
    log began under other settings, it holds trials that were never decided on here.
    """
    first = islice(due.values(), max(0, free_slots))
    ranked = (replace(trial, rank=rank) for rank, trial in enumerate(first, len(tree.trials)))
    return (*tree.list_open(), *ranked)


def is_site(nodes: Nodes, node: TreeNode) -> bool:
    """Whether growth may choose this very path, not only one that goes on from it."""
    return node.n_free > sum(nodes[child].n_free for child in node.children)
