"""Exact curtailment: stop when no further vote can change the winner.

The winner is that of the full vote, ties included, for about half the samples when they agree.
It is the only rule here for votes of unequal weight.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.search.stopping.poll import Poll, Ruling
from engine.search.stopping.race import explain_over
from engine.search.vote import count_needed


@dataclass(frozen=True, slots=True, kw_only=True)
class Exact:
    """Stops when the vote cannot change. It takes no risk."""

    def rule_on(self, poll: Poll) -> Ruling:
        """Return how many samples could settle the vote.

        The whole run is counted: a settled vote stays settled, so its winner is the same
        wherever the run is looked at.
        """
        n_needed = count_needed(poll.votes, poll.n_left, poll.reach)
        reason = "" if n_needed else explain_over(poll.n_left)
        return Ruling(n_counted=len(poll.names), n_needed=n_needed, reason=reason)
