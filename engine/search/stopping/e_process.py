"""A certificate that the answer is the model's most frequent one, with a stated chance of error.

For a target class a and a rival b, after n_a and n_b votes, the evidence that a is the more
frequent is a bet against every share t <= 1/2, mixed uniformly over t in (1/2, 1):

    E_ab = int_{1/2}^1 2 (2t)^{n_a} (2(1-t))^{n_b} dt
         = sum_{k=0}^{n_a} C(n + 1, k) / ((n + 1) C(n, n_a)),   n = n_a + n_b.

While p_a <= p_b it is a nonnegative supermartingale that starts at 1, so by Ville's inequality it
ever reaches 1/eps with probability at most eps: at any moment of stopping, however often one
looked. This is an e-process (Ramdas et al. 2023, arXiv 2210.01948, survey them). If a is not the
mode, some rival has p_b >= p_a, so it is enough that the least E_ab reaches 1/eps, with an unseen
rival of no votes among them: no price is paid for the number of rivals.

A target named in advance may use eps whole: 7 votes that agree certify it at 0.05. Here the votes
themselves propose the targets: the k-th class to appear starts its own count after its first vote
with eps_k = 6 eps / (pi^2 k^2), which sum to eps: 9 votes that agree. So the probability of ever
certifying a class that is not the mode is at most eps. Votes that abstain are left out: the mode
is meant among the answers given. **The mode is not correctness**: a model can be wrong most of
the time.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from engine.search.stopping.beta import count_tail
from engine.search.stopping.poll import Poll, Ruling
from engine.search.stopping.race import Names, Race, count_fewest, count_race, find_stop

N_CACHED = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class EProcess:
    """Stops when the leader is certified, or when no vote can change it and none can certify it.

    Attributes:
        risk: eps, in (0, 0.5): bounds the chance that a search ever certifies another class than
            the mode.
    """

    risk: float

    def rule_on(self, poll: Poll) -> Ruling:
        """Return where the rule stopped, or how many samples it needs, with the certificate."""
        ruling = find_stop(poll, self._count_needed, lambda _race: "")
        if not ruling.is_settled:
            return ruling
        if not self._is_certified(poll.names[: ruling.n_counted]):
            return replace(ruling, reason=f"{ruling.reason or 'none left'}; uncertified")
        certificate = f"mode with error at most {self.risk:g}"
        return replace(ruling, reason=f"certified as {certificate}", certificate=certificate)

    def _is_certified(self, names: Names) -> bool:
        return any(claim.is_certified(self.risk) for claim in _list_claims(names))

    def _count_needed(self, names: Names, n_left: int) -> int:
        race = count_race(names, n_left)
        n_settling = count_fewest(lambda n_more: race.grown(n_more).is_over, n_left)
        claims = tuple(_list_claims(names))
        n_certifying = min(claim.count_needed(self.risk, n_left) for claim in claims)
        if n_certifying > n_left:
            return n_settling
        if n_settling >= n_certifying:
            return n_certifying
        # The vote could be settled before it is certified, but the rule waits for a certificate
        # until there is no claim left that could still win one.
        n_refuting = max(claim.count_refuting(self.risk, n_left) for claim in claims)
        return min(n_certifying, max(n_settling, n_refuting))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claim:
    """A class's claim to be the mode.

    Attributes:
        place: k: it was the k-th class to appear, from 1 on.
        n_votes: All its votes.
        n_for: Its votes after the first; -1 before it.
        n_against: The most votes that one rival got after the claim's first.
        n_leading: With how many votes it leads the vote.
    """

    place: int
    n_votes: int
    n_for: int
    n_against: int
    n_leading: int

    def is_certified(self, risk: float, n_more: int = 0) -> bool:
        """Whether it leads and is certified, given ``n_more`` further votes."""
        n_for = self.n_for + n_more
        if n_for < 0 or self.n_votes + n_more < self.n_leading:
            return False
        return log_e_value(n_for, self.n_against) >= -math.log(share_risk(risk, self.place))

    def count_needed(self, risk: float, n_left: int) -> int:
        """Return the fewest further votes that certify it, or more than ``n_left``."""
        return count_fewest(lambda n_more: self.is_certified(risk, n_more), n_left + 1)

    def count_refuting(self, risk: float, n_left: int) -> int:
        """Return the fewest votes for rivals after which it cannot be certified any more."""
        return count_fewest(
            lambda n_more: (
                self._against(n_more).count_needed(risk, n_left - n_more) > n_left - n_more
            ),
            n_left,
        )

    def _against(self, n_more: int) -> _Claim:
        # Votes before a claim's own first are no evidence against it, but must be caught up with.
        n_against = self.n_against + n_more if self.n_for >= 0 else self.n_against
        return replace(self, n_against=n_against, n_leading=self.n_leading + n_more)


@lru_cache(maxsize=N_CACHED)
def log_e_value(n_for: int, n_against: int) -> float:
    """Return log E: the evidence that the target is more frequent than the rival.

    Args:
        n_for: Votes for the target since it was named.
        n_against: Votes for the rival since then.
    """
    n_votes = n_for + n_against
    wins = math.log(count_tail(n_votes + 1, n_for))
    return wins - math.log((n_votes + 1) * math.comb(n_votes, n_for))


def share_risk(risk: float, place: int) -> float:
    """Return eps_k, the part of the risk that the ``place``-th class to appear may use."""
    return 6 * risk / (math.pi * place) ** 2


def _list_claims(names: Names) -> Iterator[_Claim]:
    """Yield the claim of each class, in order of appearance, then that of one yet unseen."""
    race = count_race(names, 0)
    classes = tuple(dict.fromkeys(name for name in names if name is not None))
    for index, name in enumerate(classes):
        since = count_race([other for other in names[names.index(name) :] if other != name], 0)
        yield _Claim(
            place=index + 1,
            n_votes=race.counts[index],
            n_for=race.counts[index] - 1,
            n_against=since.lead,
            n_leading=_count_leading(race, index),
        )
    yield _Claim(
        place=len(classes) + 1,
        n_votes=0,
        n_for=-1,
        n_against=0,
        n_leading=_count_leading(race, len(classes)),
    )


def _count_leading(race: Race, place: int) -> int:
    """Return with how many votes a class leads: it must pass those that appeared before it."""
    early, late = race.counts[:place], race.counts[place + 1 :]
    return max(max(early, default=0) + 1, max(late, default=0))
