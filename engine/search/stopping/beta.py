"""Adaptive-Consistency, Beta form: stop when the leader probably beats the runner-up.

Aggarwal et al. 2023 (arXiv 2305.11860), section 3.2: with a uniform prior on the leader's share
of the two leading classes' votes v1 >= v2, that share is Beta(v1 + 1, v2 + 1), and

    P(p1 > p2 | v1, v2) = 1 - I_1/2(v1 + 1, v2 + 1)
                        = 1 - 2^-(v1 + v2 + 1) sum_{k=0}^{v2} C(v1 + v2 + 1, k).

Default: stop at C = 1 - risk = 0.95, after 4 votes that agree. C is the rule's own belief at one
look, not a bound on how often it is wrong: it looks after each sample, and when two answers are
nearly as frequent it stops on the wrong one in more than 5 % of searches (docs/stopping.md).
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.search.stopping.poll import Poll, Ruling
from engine.search.stopping.race import Names, Race, count_fewest, count_race, find_stop


@dataclass(frozen=True, slots=True, kw_only=True)
class Beta:
    """Stops when the leader beats the runner-up with probability at least ``1 - risk``.

    Attributes:
        risk: 1 - C, in (0, 0.5).
    """

    risk: float

    def rule_on(self, poll: Poll) -> Ruling:
        """Return where the rule stopped, or how many samples it needs."""
        return find_stop(poll, self._count_needed, self._explain)

    def _count_needed(self, names: Names, n_left: int) -> int:
        race = count_race(names, n_left)
        # Votes for the leader raise its odds most; the runner-up would have to overtake first.
        return count_fewest(lambda n_more: self._can_stop(race.grown(n_more)), n_left)

    def _explain(self, race: Race) -> str:
        second = race.rivals[0] if race.rivals else 0
        return f"it leads with probability {1 - doubt_lead(race.lead, second):.3f}"

    def _can_stop(self, race: Race) -> bool:
        if race.is_over:
            return True
        second = race.rivals[0] if race.rivals else 0
        return doubt_lead(race.lead, second) <= self.risk


def doubt_lead(n_lead: int, n_second: int) -> float:
    """Return the probability that the runner-up is at least as frequent as the leader.

    Args:
        n_lead: The leader's votes.
        n_second: The runner-up's votes; 0 stands for an answer that nobody has given yet.
    """
    return count_tail(n_lead + n_second + 1, n_second) / 2 ** (n_lead + n_second + 1)


def count_tail(n_tosses: int, n_heads: int) -> int:
    """Return how many sequences of ``n_tosses`` tosses have at most ``n_heads`` heads."""
    total, term = 0, 1
    for k in range(min(n_heads, n_tosses) + 1):
        total += term
        term = term * (n_tosses - k) // (k + 1)
    return total
