"""Adaptive-Consistency, Dirichlet form: stop when the leader probably beats every rival.

Aggarwal et al. 2023 (arXiv 2305.11860), section 3.2: with a uniform prior over the classes'
frequencies the posterior is Dirichlet(v1 + 1, v2 + 1, ...), and the rule stops when
P(p1 > max_{j>1} p_j | v) >= C = 1 - risk. The paper draws from the posterior; this module
integrates. Independent Gamma(v_j + 1) variables, divided by their sum, are the Dirichlet, hence

    P(p1 > max_j p_j) = int_0^inf f_{v1+1}(x) prod_{j>1} F_{v_j+1}(x) dx

with f the density and F the distribution of a Gamma variable. Its shapes are whole numbers, so
F_a(x) is the probability that a Poisson(x) count reaches a. In t = log x the integrand is smooth
and falls off on both sides, where the trapezoidal rule gains digits with each node.

One class that nobody has named yet is always among the rivals, with the prior of any other. The
rule then never stops earlier than the Beta form, and equals it while all votes agree; an unseen
bucket of small weight (0.3 has been proposed) would stop after two votes.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from engine.search.stopping.beta import doubt_lead
from engine.search.stopping.poll import Poll, Ruling
from engine.search.stopping.race import Names, Race, count_fewest, count_race, find_stop

# Between nodes, in standard deviations of log x: for a leader the error stays below 1e-11.
STEP = 0.35
# Nodes whose log-density lies this far below the peak are left out.
DEPTH = 40.0
N_CACHED = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Dirichlet:
    """Stops when the leader is the most frequent answer with probability at least ``1 - risk``.

    Attributes:
        risk: 1 - C, in (0, 0.5).
    """

    risk: float

    def rule_on(self, poll: Poll) -> Ruling:
        """Return where the rule stopped, or how many samples it needs."""
        return find_stop(poll, self._count_needed, self._explain)

    def _count_needed(self, names: Names, n_left: int) -> int:
        race = count_race(names, n_left)
        return count_fewest(lambda n_more: self._can_stop(race.grown(n_more)), n_left)

    def _explain(self, race: Race) -> str:
        doubt = doubt_mode(race.lead, race.rivals)
        return f"it is the most frequent with probability {1 - doubt:.3f}"

    def _can_stop(self, race: Race) -> bool:
        if race.is_over:
            return True
        second = race.rivals[0] if race.rivals else 0
        # The Beta form is cheap and never doubts more.
        if doubt_lead(race.lead, second) > self.risk:
            return False
        return doubt_mode(race.lead, race.rivals) <= self.risk


@lru_cache(maxsize=N_CACHED)
def doubt_mode(n_lead: int, rivals: tuple[int, ...]) -> float:
    """Return the probability that the leader is not the most frequent answer.

    Args:
        n_lead: The leader's votes.
        rivals: The votes of each other class that was voted for; one unseen class joins them.
    """
    shapes = Counter(n_votes + 1 for n_votes in (*rivals, 0))
    step = STEP / math.sqrt(n_lead + 1)
    total = sum(
        density * (1 - _reach_all(math.exp(t), shapes)) for t, density in _walk(n_lead + 1, step)
    )
    return min(1.0, total * step)


def _walk(shape: int, step: float) -> Iterator[tuple[float, float]]:
    """Yield the nodes t = log x, and the density of t, of a Gamma variable of that shape."""
    peak = math.log(shape)
    highest = shape * peak - shape
    for direction in (-1, 1):
        n_steps = 0 if direction == 1 else 1
        while True:
            t = peak + direction * n_steps * step
            height = shape * t - math.exp(t)
            if height < highest - DEPTH:
                break
            yield t, math.exp(height - math.lgamma(shape))
            n_steps += 1


def _reach_all(x: float, shapes: Mapping[int, int]) -> float:
    """Return the probability that Gamma variables of these shapes all stay below ``x``."""
    product, below, term = 1.0, 0.0, math.exp(-x)
    for k in range(max(shapes)):
        below += term
        term *= x / (k + 1)
        if k + 1 in shapes:
            product *= max(0.0, 1 - below) ** shapes[k + 1]
    return product
