"""The vote that tool searches share: how many samples it wants, and what programs say to it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.domain.errors import InvalidInputError
from engine.domain.standing import Standing
from engine.search.self_consistency import MAX_RISK
from engine.search.stopping.catalogue import Stop, create_rule
from engine.search.stopping.poll import hold_poll
from engine.search.tool_use.evidence import explain_programs
from engine.search.vote import Ballot, VoteRule
from engine.search.vote_standing import stand


@dataclass(frozen=True, slots=True, kw_only=True)
class BallotBox:
    """A majority vote of at most so many samples, under a stopping rule.

    Attributes:
        n_samples: The most samples there are.
        stop: When the vote stops.
        risk: How unsure the stop may be; see ``create_rule``.
        haste: 0 asks only for the fewest samples after which the vote could be settled; 1 asks
            for all that are left at once.
    """

    n_samples: int
    stop: Stop
    risk: float
    haste: float

    def __post_init__(self) -> None:
        """Refuse settings that no vote could be held under."""
        if not 0 <= self.haste <= 1:
            raise InvalidInputError("haste must lie between 0 and 1")
        if not 0 < self.risk < MAX_RISK:
            raise InvalidInputError(f"risk must lie between 0 and {MAX_RISK}, both excluded")

    def count(self, run: Sequence[Ballot]) -> Standing:
        """Return the vote over an ended run, up to where the rule stopped."""
        poll = hold_poll(run, VoteRule.MAJORITY, n_planned=self.n_samples)
        ruling = create_rule(self.stop, self.risk).rule_on(poll)
        if ruling.n_counted < len(run):
            run = run[: ruling.n_counted]
            poll = hold_poll(run, VoteRule.MAJORITY, n_planned=self.n_samples)
        standing = stand(run, poll, ruling, rule=VoteRule.MAJORITY.value)
        return replace(standing, why=standing.why + explain_programs(run, standing.answer))

    def count_wanted(self, standing: Standing) -> int:
        """Return how many samples are worth having begun in all."""
        return count_wanted(standing, self.haste)


def count_wanted(standing: Standing, haste: float) -> int:
    """Return how many samples are worth having begun in all.

    Args:
        standing: Where the vote stands.
        haste: Share of those beyond the fewest with which it could be settled.
    """
    n_left = standing.n_planned - standing.n_ended
    n_hasty = math.ceil(haste * (n_left - standing.n_needed))
    return standing.n_ended + standing.n_needed + n_hasty
