"""The counts that a rule reasons about, and the walk that finds where it stopped."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from engine.search.stopping.poll import Poll, Ruling

Names = tuple[str | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Race:
    """How far the classes have come.

    Attributes:
        counts: Votes per class, in the order in which the classes first appeared.
        n_abstained: Samples that ended without a vote.
        n_left: Samples that could still be drawn.
    """

    counts: tuple[int, ...]
    n_abstained: int
    n_left: int

    @property
    def lead(self) -> int:
        """The leader's votes; 0 while nobody has voted."""
        return max(self.counts, default=0)

    @property
    def leader(self) -> int:
        """The leader's place in ``counts``: ties go to the class that appeared first."""
        return self.counts.index(self.lead)

    @property
    def rivals(self) -> tuple[int, ...]:
        """The votes of every other class, most first."""
        others = sorted(self.counts, reverse=True)
        return tuple(others[1:])

    @property
    def is_over(self) -> bool:
        """Whether no further vote can change the winner: exact curtailment, unit weights."""
        if not self.n_left:
            return True
        if not self.counts or self.lead < self.n_left:
            return False
        early, late = self.counts[: self.leader], self.counts[self.leader + 1 :]
        # A class that appeared before the leader would win a tie with it.
        return (
            max(early, default=-1) + self.n_left < self.lead
            and max(late, default=0) + self.n_left <= self.lead
        )

    def grown(self, n_more: int) -> Race:
        """Return the best case: ``n_more`` further samples that all vote for the leader."""
        counts = list(self.counts or (0,))
        counts[self.leader if self.counts else 0] += n_more
        return Race(
            counts=tuple(counts), n_abstained=self.n_abstained, n_left=self.n_left - n_more
        )


def count_race(names: Sequence[str | None], n_left: int) -> Race:
    """Return the race after the submissions ``names`` with ``n_left`` to come."""
    counts = Counter(name for name in names if name is not None)
    n_votes = counts.total()
    return Race(counts=tuple(counts.values()), n_abstained=len(names) - n_votes, n_left=n_left)


def count_fewest(can_stop: Callable[[int], bool], n_left: int) -> int:
    """Return the smallest number of further samples with which a rule could stop.

    Args:
        can_stop: Whether the best case of that many would do; once true, true for more.
        n_left: The most there are. The search ends after them, whatever the rule says.
    """
    return bisect_left(range(n_left), x=True, key=can_stop)


def find_stop(
    poll: Poll, count_needed: Callable[[Names, int], int], explain: Callable[[Race], str]
) -> Ruling:
    """Return where a rule stopped, or how many more samples it needs.

    A run can grow by several submissions at once, when the straggler before them ends. The rule
    is therefore put to the run's prefixes, from the first on, and the shortest on which it stops
    decides; else the answer would depend on the order of completion. Prefixes that are too short
    by the rule's own count are passed over.

    Args:
        poll: The ended run.
        count_needed: From the first submissions, and the number still to come, to the fewest
            further samples with which the rule could stop: 0 where it stops.
        explain: Why it stopped on a race that is not over.
    """
    n_all = len(poll.names) + poll.n_left
    n_counted, n_needed = 0, count_needed((), n_all)
    while n_needed and n_counted < len(poll.names):
        n_counted = min(n_counted + n_needed, len(poll.names))
        n_needed = count_needed(poll.names[:n_counted], n_all - n_counted)
    if n_needed:
        return Ruling(n_counted=n_counted, n_needed=n_needed)
    race = count_race(poll.names[:n_counted], n_all - n_counted)
    reason = explain_over(race.n_left) if race.is_over else explain(race)
    return Ruling(n_counted=n_counted, n_needed=0, reason=reason)


def explain_over(n_left: int) -> str:
    """Return why a race that is over is over: nothing to say where no sample is left."""
    return f"{n_left} left, too few to change it" if n_left else ""
