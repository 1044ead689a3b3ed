"""Paths through a step search, and the groves that they grow in."""

from __future__ import annotations

from dataclasses import dataclass

from engine.domain.ids import GroupId, NodeId, TrialId
from engine.search.scoring import UNJUDGED


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """A solution as far as it was written.

    Attributes:
        node_id: Its last step; ``None`` before the first.
        trial_id: The trial that wrote that step.
        depth: How many steps it has.
        step_scores: One score a step; ``None`` for a step that could not be judged.
        score: What they come to, in [0, 1].
        has_answer: Whether it is finished and concludes something.
    """

    node_id: NodeId | None = None
    trial_id: TrialId | None = None
    depth: int = 0
    step_scores: tuple[float | None, ...] = ()
    score: float = UNJUDGED
    has_answer: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sprout:
    """A path that is being extended.

    Attributes:
        path: Where it goes on from.
        n_children: How many continuations are drawn.
        group_id: The group that they are drawn in.
        first_index: The first one's index in that group: trees share the group at the root.
    """

    path: Path
    n_children: int
    group_id: GroupId
    first_index: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Grove:
    """Paths that compete with each other, and with no others.

    Attributes:
        quota: The most finished paths that it may vote with.
        level: Which step is being written, from 1 on.
        sprouts: What is being extended; none once the grove is over.
        leaves: Its finished paths.
        n_broken: Steps that were cut off or failed, and their paths with them.
    """

    quota: int
    level: int = 1
    sprouts: tuple[Sprout, ...] = ()
    leaves: tuple[Path, ...] = ()
    n_broken: int = 0

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to extend."""
        return not self.sprouts

    @property
    def n_abstained(self) -> int:
        """Votes that it has not, because paths broke off and no other took their places.

        Whether another will is known only once it is over.
        """
        return min(self.n_broken, self.quota - len(self.leaves)) if self.is_over else 0


def keep_best(leaves: tuple[Path, ...], quota: int) -> tuple[Path, ...]:
    """Return the ``quota`` leaves with the best scores, in their own order."""
    if len(leaves) <= quota:
        return leaves
    ranked = sorted(range(len(leaves)), key=lambda place: (-leaves[place].score, place))
    return tuple(leaves[place] for place in sorted(ranked[:quota]))
