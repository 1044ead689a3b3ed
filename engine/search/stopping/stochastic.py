"""Stochastic curtailment: stop when the full vote would probably name the same winner.

With N samples planned and n ended, r = N - n are to come. For a leader with v1 votes, a rival
with v2 and all else (abstentions included) w, the posterior is Dirichlet(v1 + 1, v2 + 1, w + 1).
Of the r, a Beta-binomial number m falls to these two, and of those m a Beta-binomial number j to
the rival, who wins when v2 + j > v1 + m - j, or at a tie if it appeared first:

    P(rival wins) = sum_m BB(m; r, v1 + v2 + 2, w + 1) P(j >= k_m), j ~ BB(m, v2 + 1, v1 + 1).

The rule stops when these chances, summed over the rivals and one class that nobody has named
yet, are at most delta. The sum bounds the chance that any of them wins. Curtailment of this kind
is that of clinical trials: Lan, Simon and Halperin 1982. Default: delta = 0.05.

Looking after each sample costs nothing here: whatever the moment of stopping, the posterior is
the posterior. The bound is one on average over questions as the prior supposes them, not for
every question.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from engine.search.stopping.poll import Poll, Ruling
from engine.search.stopping.race import Names, Race, count_fewest, count_race, find_stop

N_CACHED = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Stochastic:
    """Stops when the full vote differs with probability at most ``risk``.

    Attributes:
        risk: delta, in (0, 0.5).
    """

    risk: float

    def rule_on(self, poll: Poll) -> Ruling:
        """Return where the rule stopped, or how many samples it needs."""
        return find_stop(poll, self._count_needed, self._explain)

    def _count_needed(self, names: Names, n_left: int) -> int:
        race = count_race(names, n_left)
        return count_fewest(lambda n_more: self._can_stop(race.grown(n_more)), n_left)

    def _explain(self, race: Race) -> str:
        return f"{race.n_left} left would change it with probability {doubt_race(race):.3f}"

    def _can_stop(self, race: Race) -> bool:
        if race.is_over:
            return True
        # Before the first vote nobody leads, whatever the prior says of the lead.
        return race.lead > 0 and doubt_race(race) <= self.risk


@dataclass(frozen=True, slots=True, kw_only=True)
class _Duel:
    """The leader against one rival; ``n_others`` ended samples were for neither.

    Attributes:
        n_lead: The leader's votes.
        n_rival: The rival's.
        n_others: All other samples that ended.
        n_left: Samples to come.
        n_margin: By how many votes the rival must pass the leader: 0 where it wins ties.
    """

    n_lead: int
    n_rival: int
    n_others: int
    n_left: int
    n_margin: int

    @property
    def n_behind(self) -> int:
        """The fewest votes that let the rival win."""
        return self.n_lead - self.n_rival + self.n_margin


def doubt_race(race: Race) -> float:
    """Return a bound on the probability that the full vote has another winner than the leader."""
    return sum(n_alike * doubt_duel(duel) for duel, n_alike in _list_duels(race).items())


@lru_cache(maxsize=N_CACHED)
def doubt_duel(duel: _Duel) -> float:
    """Return the probability that the rival has won by the end."""
    n_pair = duel.n_lead + duel.n_rival + 2
    return sum(
        share * chance
        for share, chance in zip(
            _walk_shares(duel.n_behind, duel.n_left, a=n_pair, b=duel.n_others + 1),
            _walk_chances(duel),
            strict=True,
        )
    )


def _list_duels(race: Race) -> Counter[_Duel]:
    duels: Counter[_Duel] = Counter()
    for place, n_rival in enumerate((*race.counts, 0)):
        if place == race.leader:
            continue
        n_others = sum(race.counts) + race.n_abstained - race.lead - n_rival
        n_margin = 0 if place < race.leader else 1
        duel = _Duel(
            n_lead=race.lead,
            n_rival=n_rival,
            n_others=n_others,
            n_left=race.n_left,
            n_margin=n_margin,
        )
        duels[duel] += 1
    return duels


def _walk_shares(first: int, n_left: int, *, a: int, b: int) -> Iterator[float]:
    """Yield, for m from ``first`` on, the probability that m of the samples left are for the pair.

    Each follows from the one before by the ratio of two Beta-binomial terms.
    """
    share = _beta_binomial(first, n_left=n_left, a=a, b=b)
    for m in range(first, n_left + 1):
        yield share
        # After the last one the ratio is 0, and its divisor must not be.
        share *= (n_left - m) * (m + a) / ((m + 1) * max(1, n_left - m - 1 + b))


def _walk_chances(duel: _Duel) -> Iterator[float]:
    """Yield, for m from ``n_behind`` on, the chance that m more votes let the rival win.

    The chance P(j >= k) is carried from m to m + 1 by the urn's own step: the next vote may lift
    j from k - 1 to k, and every second time k itself moves up. ``edge`` is P(j = k - 1).
    """
    a, b = duel.n_rival + 1, duel.n_lead + 1
    k, chance = duel.n_behind, 0.0
    edge = _beta_binomial(k - 1, n_left=k - 1, a=a, b=b)
    for m in range(duel.n_behind, duel.n_left + 1):
        lifted = edge * (a + k - 1) / (a + b + m - 1)
        if (duel.n_behind + m + 1) // 2 > k:
            edge = lifted * m / k
            chance += lifted - edge
            k += 1
        else:
            edge *= m * (m - k + b) / ((m + 1 - k) * (a + b + m - 1))
            chance += lifted
        yield chance


def _beta_binomial(j: int, *, n_left: int, a: int, b: int) -> float:
    """Return the probability of ``j`` successes in ``n_left`` draws from a Beta(a, b) urn."""
    if j > n_left:
        return 0.0
    return math.exp(
        math.lgamma(n_left + 1)
        - math.lgamma(j + 1)
        - math.lgamma(n_left - j + 1)
        + math.lgamma(j + a)
        + math.lgamma(n_left - j + b)
        - math.lgamma(n_left + a + b)
        + math.lgamma(a + b)
        - math.lgamma(a)
        - math.lgamma(b)
    )
