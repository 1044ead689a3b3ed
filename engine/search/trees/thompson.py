"""Thompson sampling whose draws repeat: each comes from a seed derived for it alone.

AB-MCTS, Inoue et al. 2025 (arXiv 2503.04412), section 3 and appendix. A belief about rewards in
[0, 1] is Beta(1/2 + sum r, 1/2 + sum (1 - r)), or normal-inverse-chi-squared with prior mean 0,
kappa = 1, nu = 1, tau^2 = 0.1 (Murphy 2023, Probabilistic Machine Learning: Advanced Topics,
section 3.4.3.3), from which the mean reward is drawn.

Gamma variables are drawn by Marsaglia and Tsang 2000, normal ones by Box and Muller 1958, from
uniform numbers that are hashes: no generator has a state, and no version of a library matters.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from engine.domain.ids import SEED_BITS, derive_seed
from engine.domain.problem import Problem


class Belief(StrEnum):
    """What is supposed of rewards: a Beta, or a normal distribution of unknown variance."""

    BETA = "beta"
    GAUSSIAN = "gaussian"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewards:
    """Rewards seen on one arm.

    Attributes:
        n: How many.
        total: Their sum.
        squares: The sum of their squares.
    """

    n: int = 0
    total: float = 0.0
    squares: float = 0.0

    @classmethod
    def of(cls, values: Iterable[float]) -> Rewards:
        """Sum up values."""
        seen = list(values)
        return cls(n=len(seen), total=sum(seen), squares=sum(value**2 for value in seen))

    def plus(self, other: Rewards) -> Rewards:
        """Return both together."""
        return Rewards(
            n=self.n + other.n,
            total=self.total + other.total,
            squares=self.squares + other.squares,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What a draw is for: the same occasion always draws the same.

    Attributes:
        problem: Whose root search and seed it derives from.
        place: The path at which is chosen.
        n_drawn: How often was chosen there before.
    """

    problem: Problem
    place: str
    n_drawn: int

    def uniforms(self, arm: str) -> Iterator[float]:
        """Yield numbers in (0, 1)."""
        count = 0
        while True:
            drawn = derive_seed(
                self.problem.root_search_id,
                self.problem.seed,
                "thompson",
                self.place,
                self.n_drawn,
                arm,
                count,
            )
            yield (drawn + 0.5) / (1 << SEED_BITS)
            count += 1


def draw_reward(belief: Belief, seen: Rewards, uniforms: Iterator[float]) -> float:
    """Return a draw of an arm's mean reward, given what was seen of it."""
    return _DRAWS[belief](seen, uniforms)


def draw_gamma(shape: float, uniforms: Iterator[float]) -> float:
    """Return a Gamma(shape, 1) variable; any shape above 0."""
    if shape < 1:
        # Gamma(a) is Gamma(a + 1) U^(1/a).
        lift = next(uniforms) ** (1 / shape)
        return lift * draw_gamma(shape + 1, uniforms)
    d = shape - 1 / 3
    c = 1 / math.sqrt(9 * d)
    while True:
        x = draw_normal(uniforms)
        v = (1 + c * x) ** 3
        if v > 0 and math.log(next(uniforms)) < x * x / 2 + d - d * v + d * math.log(v):
            return d * v


def draw_normal(uniforms: Iterator[float]) -> float:
    """Return a standard normal variable."""
    radius = math.sqrt(-2 * math.log(next(uniforms)))
    return radius * math.cos(2 * math.pi * next(uniforms))


def _draw_beta(seen: Rewards, uniforms: Iterator[float]) -> float:
    # a += r, b += 1 - r from Jeffreys' prior.
    won = draw_gamma(0.5 + seen.total, uniforms)
    lost = draw_gamma(0.5 + max(0.0, seen.n - seen.total), uniforms)
    return won / (won + lost) if won + lost > 0 else 0.5


def _draw_gaussian(seen: Rewards, uniforms: Iterator[float]) -> float:
    prior_kappa, prior_nu, prior_tau_squared = 1.0, 1.0, 0.1
    mean = seen.total / seen.n if seen.n else 0.0
    spread = max(0.0, seen.squares - seen.n * mean * mean)
    kappa, nu = prior_kappa + seen.n, prior_nu + seen.n
    # The prior mean is 0, so the pull towards it is n kappa mean^2 / (kappa + n).
    pull = seen.n * prior_kappa * mean * mean / kappa
    tau_squared = (prior_nu * prior_tau_squared + spread + pull) / nu
    variance = nu * tau_squared / (2 * draw_gamma(nu / 2, uniforms))
    return seen.total / kappa + draw_normal(uniforms) * math.sqrt(variance / kappa)


_DRAWS = {Belief.BETA: _draw_beta, Belief.GAUSSIAN: _draw_gaussian}
