"""What a stopping rule looks at, what it says, and the seam between the two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from engine.domain.outcome import Outcome
from engine.domain.standing import VoteClass
from engine.search.vote import CISC_TEMPERATURE, REACH, Ballot, VoteRule, tally_votes

NO_CERTIFICATE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """The longest ended run of submissions, as its vote sees it.

    Attributes:
        names: The answer class of each submission, in submission order; ``None`` abstained.
        votes: The same run's classes with their weights, the winner first.
        n_left: Samples that could still be drawn.
        reach: The most that one vote weighs, for its class or against it.
    """

    names: tuple[str | None, ...]
    votes: tuple[VoteClass, ...]
    n_left: int
    reach: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What a rule says of a poll.

    Attributes:
        n_counted: How many of the first submissions decide. Fewer than the run only where the
            rule had stopped before the run's end.
        n_needed: Fewest further samples after which the rule could stop; 0 where it stops.
        reason: Why it stops, as a clause for people; empty where it does not, or has to.
        certificate: What is guaranteed of the winner, or ``none``.
    """

    n_counted: int
    n_needed: int
    reason: str = ""
    certificate: str = NO_CERTIFICATE

    @property
    def is_settled(self) -> bool:
        """Whether the rule stops."""
        return self.n_needed == 0


class StoppingRule(Protocol):
    """Decides how long to go on drawing samples for a vote.

    A rule is a pure function of the poll: the same submissions stop at the same place in
    whatever order they end and however many were in flight.
    """

    def rule_on(self, poll: Poll) -> Ruling:
        """Return whether the vote may stop, and how many samples that could take."""
        ...


def hold_poll(
    run: Sequence[Ballot],
    rule: VoteRule,
    *,
    n_planned: int,
    cisc_temperature: float = CISC_TEMPERATURE,
) -> Poll:
    """Return the poll of an ended run, of ``n_planned`` samples at most.

    A run that was taken over from a wider search may be longer: then none is left to draw.
    """
    return Poll(
        names=list_names(run),
        votes=tally_votes(run, rule, cisc_temperature=cisc_temperature),
        n_left=max(0, n_planned - len(run)),
        reach=REACH[rule],
    )


def list_names(run: Sequence[Ballot]) -> tuple[str | None, ...]:
    """Return the answer class of each submission; ``None`` abstained."""
    return tuple(_find_name(ballot.outcome) for ballot in run)


def _find_name(outcome: Outcome) -> str | None:
    answer = outcome.answer
    return answer.class_id if outcome.is_vote and answer is not None else None
