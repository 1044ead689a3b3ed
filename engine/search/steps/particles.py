"""Particle filtering: paths are resampled in proportion to the odds that they are right.

Puri et al. 2025, "Rollout Roulette" (arXiv 2502.01618), algorithm 1. N particles each write a
step; with scores s_i the weights are the softmax of the log-odds,

    w_i = (s_i / (1 - s_i))^(1/T) / sum_j (s_j / (1 - s_j))^(1/T), T = 1,

and N particles are drawn anew from them. A finished particle writes no more but stays in the pool:
it can be copied or die out like any other, until all are finished. Then they vote with their
weights. Resampling is systematic (one uniform number u, positions (u + i) / N): the noise of
independent draws is gone. u derives from the problem's seed and the level.

The entropic variant flattens the weights while they have collapsed early: with the effective
sample size ESS = 1 / sum w_i^2 and t of t_max levels written,

    T = max(1, (1 - t / t_max) / (ESS / N)) where ESS / N < 1/2 and t / t_max < 1/2.

Scores are clipped to [0.01, 0.99]. Defaults: N = 8, at most 12 steps, not entropic. Cost: at most
N steps a level, and as many judgements with a verifier.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.domain.canonical import JsonValue
from engine.search.scoring import to_log_odds
from engine.search.steps.growth import Extension, Round, Selection
from engine.search.steps.path import Path

# Below this ratio of effective to actual particles the entropic variant intervenes, and only in
# this first part of the levels.
COLLAPSED = 0.5
EARLY = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Particles:
    """Resamples all paths after each step.

    Attributes:
        is_entropic: Whether early collapse of the weights is countered.
        name: Registered name.
        version: Raised whenever the same log could lead to another answer.
    """

    is_entropic: bool = False
    name: str = "particle_filter"
    version: int = 1

    @property
    def lookahead(self) -> int:
        """Steps are scored as they are."""
        return 0

    @property
    def drops_duplicates(self) -> bool:
        """Each particle is a draw, however alike two of them are."""
        return False

    @property
    def casts_at_end(self) -> bool:
        """A finished particle may still die out."""
        return True

    def settings(self) -> Mapping[str, JsonValue]:
        """Return the rule's own settings."""
        return {"is_entropic": self.is_entropic}

    def plant(self, width: int) -> tuple[int, ...]:
        """All particles make one pool."""
        return (width,)

    def select(self, closed: Round) -> Selection:
        """Return the pool drawn anew; once all are finished it stays as it is."""
        # A text without an answer explains nothing, so its particle has no weight.
        leaves = tuple(leaf for leaf in closed.leaves if leaf.has_answer)
        if not closed.paths:
            return Selection(leaves=closed.leaves)
        pool = (*closed.paths, *leaves)
        temperature = self._find_temperature(pool, closed)
        counts = resample(weigh_odds(pool, temperature), closed.quota, closed.chance)
        paths = counts[: len(closed.paths)]
        return Selection(
            extensions=tuple(
                Extension(path=path, n_children=n_copies)
                for path, n_copies in zip(closed.paths, paths, strict=True)
                if n_copies
            ),
            leaves=tuple(
                leaf
                for leaf, n_copies in zip(leaves, counts[len(paths) :], strict=True)
                for _ in range(n_copies)
            ),
        )

    def weigh(self, leaves: Sequence[Path]) -> Sequence[float]:
        """Weigh each finished particle by its share of the odds."""
        return weigh_odds(leaves, 1.0)

    def _find_temperature(self, pool: Sequence[Path], closed: Round) -> float:
        progress = closed.level / closed.n_levels
        if not self.is_entropic or progress >= EARLY:
            return 1.0
        spread = 1 / math.fsum(w * w for w in weigh_odds(pool, 1.0)) / len(pool)
        return max(1.0, (1 - progress) / spread) if spread < COLLAPSED else 1.0


def weigh_odds(pool: Sequence[Path], temperature: float) -> list[float]:
    """Return the softmax of the paths' log-odds; they sum to 1 unless there are none."""
    odds = [math.exp(to_log_odds(path.score) / temperature) for path in pool]
    total = math.fsum(odds)
    return [one / total for one in odds]


def resample(weights: Sequence[float], n_draws: int, chance: float) -> list[int]:
    """Return how often each particle is drawn, systematically: its weight, rounded up or down.

    Args:
        weights: They sum to 1.
        n_draws: How many are drawn in all.
        chance: The one uniform number, in [0, 1).
    """
    drawn: Counter[int] = Counter()
    reached, place = weights[0], 0
    for draw in range(n_draws):
        position = (draw + chance) / n_draws
        while position >= reached and place < len(weights) - 1:
            place += 1
            reached += weights[place]
        drawn[place] += 1
    return [drawn[place] for place in range(len(weights))]
