"""REBASE: continuations in proportion to the softmax of the scores.

Wu et al. 2024 (arXiv 2408.00724), section 3.2. With B_d = B - (finished paths) and step scores R_j
at depth d, path j gets

    W_j = round(B_d exp(R_j / T_b) / sum_k exp(R_k / T_b)), T_b = 0.2

continuations. Rounding as in the release: paths by falling score, each takes the ceiling of its
share of what is left, so that exactly B_d are given out. Finished paths leave with their votes,
weighted by their scores. Defaults: B = 8, at most 12 steps. Cost: at most B steps a level, and as
many judgements with a verifier; there are no rollouts.
"""

from __future__ import annotations

import math
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

MIN_BALANCE, MAX_BALANCE = 0.01, 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebase:
    """Gives good paths more continuations, without a cut.

    Attributes:
        balance: T_b: small values give nearly all to the best, great ones the same to each.
        name: Registered name.
        version: Raised whenever the same log could lead to another answer.
    """

    balance: float = 0.2
    name: str = "rebase"
    version: int = 1

    def __post_init__(self) -> None:
        """Refuse a temperature at which shares overflow or say nothing."""
        if not MIN_BALANCE <= self.balance <= MAX_BALANCE:
            raise InvalidInputError(f"balance must lie between {MIN_BALANCE} and {MAX_BALANCE}")

    @property
    def lookahead(self) -> int:
        """Steps are scored as they are."""
        return 0

    @property
    def drops_duplicates(self) -> bool:
        """How often the model writes a step is part of what it is worth."""
        return False

    @property
    def casts_at_end(self) -> bool:
        """A finished path keeps its vote."""
        return False

    def settings(self) -> Mapping[str, JsonValue]:
        """Return the rule's own settings."""
        return {"balance": self.balance}

    def plant(self, width: int) -> tuple[int, ...]:
        """All paths share the width."""
        return (width,)

    def select(self, closed: Round) -> Selection:
        """Return every path with its share of the free places."""
        ranked = rank_paths(closed.paths)
        shares = share_out([path.score for path in ranked], closed.n_free, self.balance)
        return Selection(
            extensions=tuple(
                Extension(path=path, n_children=n_children)
                for path, n_children in zip(ranked, shares, strict=True)
                if n_children
            ),
            leaves=closed.leaves,
        )

    def weigh(self, leaves: Sequence[Path]) -> Sequence[float]:
        """Weigh each finished path by its score."""
        return weigh_by_score(leaves)


def share_out(scores: Sequence[float], n_places: int, balance: float) -> list[int]:
    """Return how many of ``n_places`` each score gets; they sum to it unless there are no scores.

    Args:
        scores: In [0, 1], falling.
        n_places: What is given out.
        balance: The softmax's temperature.
    """
    top = max(scores, default=0.0)
    masses = [math.exp((score - top) / balance) for score in scores]
    shares: list[int] = []
    for place, mass in enumerate(masses):
        # A quotient a hair above a whole number, from rounding, must not cost a place more.
        exact = n_places * mass / math.fsum(masses[place:])
        share = min(n_places, math.ceil(exact - 1e-9))
        shares.append(share)
        n_places -= share
    return shares
