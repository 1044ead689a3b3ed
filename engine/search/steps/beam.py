"""Step beam search: after each step keep the best N/M paths and continue each M times.

Snell et al. 2024 (arXiv 2408.03314), section 5.1. N paths write one step; the N/M with the best
scores go on, each in M continuations, so that N are under way again. A finished path leaves the
pool with its vote and takes one of the N places with it. Unfinished paths that read alike count
once. With a lookahead of k, a step is scored at the end of k greedy steps beyond it, which are
thrown away. The finished paths vote, weighted by their scores (best-of-N, section 5.1 there).
Defaults: N = 8, M = 4, k = 0, at most 12 steps. Cost: at most N steps a level, as many judgements
with a verifier, and k N steps for the lookahead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.domain.canonical import JsonValue
from engine.domain.errors import InvalidInputError
from engine.search.steps.growth import (
    Extension,
    Round,
    Selection,
    rank_paths,
    weigh_by_score,
)
from engine.search.steps.path import Path

MAX_LOOKAHEAD = 8
MAX_BRANCHING = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Beam:
    """Keeps the best of all paths.

    Attributes:
        branching: M, how many continuations each kept path gets.
        lookahead: k, how many greedy steps a step's score looks ahead.
        name: Registered name.
        version: Raised whenever the same log could lead to another answer.
    """

    branching: int = 4
    lookahead: int = 0
    name: str = "beam"
    version: int = 1

    def __post_init__(self) -> None:
        """Refuse settings that no beam could be kept under."""
        check_branching(self.branching)
        if not 0 <= self.lookahead <= MAX_LOOKAHEAD:
            raise InvalidInputError(f"lookahead must lie between 0 and {MAX_LOOKAHEAD}")

    @property
    def drops_duplicates(self) -> bool:
        """Two beams that read alike would search the same place twice."""
        return True

    @property
    def casts_at_end(self) -> bool:
        """A finished path keeps its vote."""
        return False

    def settings(self) -> Mapping[str, JsonValue]:
        """Return the rule's own settings."""
        return {"branching": self.branching, "lookahead": self.lookahead}

    def plant(self, width: int) -> tuple[int, ...]:
        """All paths compete with each other."""
        return (width,)

    def select(self, closed: Round) -> Selection:
        """Return the best paths, each continued ``branching`` times, within the free places."""
        extensions: list[Extension] = []
        n_free = closed.n_free
        for path in rank_paths(closed.paths):
            if n_free <= 0:
                break
            n_children = min(self.branching, n_free)
            extensions.append(Extension(path=path, n_children=n_children))
            n_free -= n_children
        return Selection(extensions=tuple(extensions), leaves=closed.leaves)

    def weigh(self, leaves: Sequence[Path]) -> Sequence[float]:
        """Weigh each finished path by its score."""
        return weigh_by_score(leaves)


def check_branching(branching: int) -> None:
    """Refuse a number of continuations that no path can have.

    Raises:
        InvalidInputError: Naming the range.
    """
    if not 1 <= branching <= MAX_BRANCHING:
        raise InvalidInputError(f"branching must lie between 1 and {MAX_BRANCHING}")
