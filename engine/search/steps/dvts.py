"""Diverse verifier tree search: N/M small trees, each of which keeps its best path only.

Beeching, Tunstall and Rush 2024, "Scaling test-time compute with open models" (Hugging Face). Each
of N/M trees draws M continuations of its one path and goes on with the best; trees do not compete,
which keeps them diverse where a beam would collapse onto one. A tree ends when its best step is a
last step, or when nothing is left to go on with. Its finished leaves vote, weighted by their
scores: the best M of them, whether they ended on the last level or before. Unlike in the release,
a leaf that was cut off never votes. Defaults: N = 8, M = 4, at most 12 steps. Cost: at most N
steps a level, and as many judgements with a verifier.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.domain.canonical import JsonValue
from engine.search.steps.beam import check_branching
from engine.search.steps.growth import (
    Extension,
    Round,
    Selection,
    rank_paths,
    weigh_by_score,
)
from engine.search.steps.path import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Dvts:
    """Keeps the best path of each tree.

    Attributes:
        branching: M, how many continuations a tree draws; the trees are N/M, the last one maybe
            smaller.
        name: Registered name.
        version: Raised whenever the same log could lead to another answer.
    """

    branching: int = 4
    name: str = "dvts"
    version: int = 1

    def __post_init__(self) -> None:
        """Refuse settings that no tree could grow under."""
        check_branching(self.branching)

    @property
    def lookahead(self) -> int:
        """Steps are scored as they are."""
        return 0

    @property
    def drops_duplicates(self) -> bool:
        """Only one path goes on: to judge it twice would be wasted."""
        return True

    @property
    def casts_at_end(self) -> bool:
        """A better leaf of the same tree may still take a vote away."""
        return True

    def settings(self) -> Mapping[str, JsonValue]:
        """Return the rule's own settings."""
        return {"branching": self.branching}

    def plant(self, width: int) -> tuple[int, ...]:
        """Return trees of ``branching`` paths, and one of what remains."""
        n_whole, n_rest = divmod(width, self.branching)
        return (self.branching,) * n_whole + ((n_rest,) if n_rest else ())

    def select(self, closed: Round) -> Selection:
        """Return the best path, unless a finished one is better."""
        best_leaf = max((leaf.score for leaf in closed.leaves), default=None)
        ranked = rank_paths(closed.paths)
        if not ranked or (best_leaf is not None and best_leaf >= ranked[0].score):
            return Selection(leaves=closed.leaves)
        best = Extension(path=ranked[0], n_children=closed.quota)
        return Selection(extensions=(best,), leaves=closed.leaves)

    def weigh(self, leaves: Sequence[Path]) -> Sequence[float]:
        """Weigh each finished path by its score."""
        return weigh_by_score(leaves)
