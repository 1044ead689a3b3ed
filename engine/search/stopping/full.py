"""The full vote: stop when every sample has ended.

For those who want the votes themselves and not only their winner: a pilot whose agreement is read
as difficulty, a baseline that other rules are measured against.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.search.stopping.poll import Poll, Ruling
from engine.search.stopping.race import explain_over


@dataclass(frozen=True, slots=True, kw_only=True)
class Full:
    """Never stops early."""

    def rule_on(self, poll: Poll) -> Ruling:
        """Return that every sample left is needed."""
        reason = "" if poll.n_left else explain_over(poll.n_left)
        return Ruling(n_counted=len(poll.names), n_needed=poll.n_left, reason=reason)
