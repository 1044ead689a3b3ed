"""Where a search stands: the best answer so far, and whether anything can still change it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum

from engine.domain.answer import Answer
from engine.domain.canonical import JsonValue


class StopReason(StrEnum):
    """Why a search stopped."""

    SOLVED = "solved"
    BUDGET = "budget"
    DEADLINE = "deadline"
    HARVESTED = "harvested"
    CANCELLED = "cancelled"
    ERROR = "error"


class SolveOutcome(StrEnum):
    """What a finished search has to show.

    ``VERIFIED`` needs a verifier's word; agreement among samples alone is ``UNVERIFIED``.
    """

    VERIFIED = "verified"
    UNVERIFIED = "unverified"
    NO_ANSWER = "no_answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteClass:
    """The votes for answers that mean the same.

    Attributes:
        answer: The first answer of the class, in submission order.
        n_votes: How many samples gave it.
        weight: Sum of their weights under the rule (equal to ``n_votes`` for majority).
        first_rank: Submission rank of its first vote: the tie-breaker.
    """

    answer: Answer
    n_votes: int
    weight: float
    first_rank: int

    def to_data(self) -> dict[str, JsonValue]:
        """Return the class as JSON."""
        return {
            **self.answer.to_data(),
            "n_votes": self.n_votes,
            "weight": self.weight,
            "first_rank": self.first_rank,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The state of the decision after the committed outcomes.

    Attributes:
        answer: The leading answer, or ``None`` while nobody has voted.
        votes: All classes, best first.
        rule: Name of the vote's rule.
        n_ended: Length of the longest ended run of submissions, up to where the rule stopped: what
            the vote looked at.
        n_abstained: How many of those did not vote.
        n_planned: Samples the search would draw at most.
        vote_share: Votes of the leader over ``n_ended``, abstentions included; ``None`` at 0.
        confidence: Calibrated probability that the answer is right; ``None`` without a calibrator.
        calibration: Version of the calibrator, or ``none``.
        certificate: What is guaranteed of the answer ("mode with error at most 0.05"), or
            ``none``. The mode is what the model answers most often, which need not be right.
        is_decided: Whether the search's rule has stopped; with the exact rule, whether no further
            sample could change the answer.
        n_needed: Fewest further samples after which the rule could stop.
        why: One sentence for people.
    """

    answer: Answer | None
    votes: tuple[VoteClass, ...]
    rule: str
    n_ended: int
    n_abstained: int
    n_planned: int
    vote_share: float | None
    is_decided: bool
    n_needed: int
    why: str
    confidence: float | None = None
    calibration: str = "none"
    certificate: str = "none"

    def to_data(self) -> dict[str, JsonValue]:
        """Return the standing as JSON."""
        return {
            **asdict(self),
            "answer": None if self.answer is None else self.answer.to_data(),
            "votes": [vote.to_data() for vote in self.votes],
        }
