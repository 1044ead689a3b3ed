"""Where a search stands: the best answer so far, and whether anything can still change it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self

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

    ``VERIFIED`` needs a verifier's word or execution; agreement among samples alone is
    ``UNVERIFIED``, and so is an answer whose confidence is too low to stand by.
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

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Read what :meth:`to_data` wrote."""
        return cls(
            answer=Answer.from_data(dict(data)),
            n_votes=data["n_votes"],
            weight=data["weight"],
            first_rank=data["first_rank"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What speaks for one class of answers, beside its votes.

    A check that could not be made counts neither for nor against.

    Attributes:
        class_id: Which class.
        n_programs: Different programs whose run gave the answer.
        n_written: Samples that gave it without running a program.
        n_scored: Samples that a verifier has scored.
        mean_score: Mean of those scores, in [0, 1]; ``None`` without any.
        n_confirmed: Samples that a check found right.
        n_refuted: Samples that a check found wrong.
        mean_tail: Mean certainty of the model at the end of those samples (DeepConf); ``None``
            where the server gives no candidates.
    """

    class_id: str
    n_programs: int = 0
    n_written: int = 0
    n_scored: int = 0
    mean_score: float | None = None
    n_confirmed: int = 0
    n_refuted: int = 0
    mean_tail: float | None = None


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
        evidence: What speaks for each class, the leader's first; empty until it was gathered.
        is_verified: Whether the policy stands by the answer; see ``engine.verify.verdict``.
        majority: What most samples answered, where the vote weighs them otherwise and names
            another answer; ``None`` where both agree.
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
    evidence: tuple[Evidence, ...] = ()
    is_verified: bool = False
    majority: Answer | None = None

    @property
    def outcome(self) -> SolveOutcome:
        """What a search that ends here has to show."""
        if self.answer is None:
            return SolveOutcome.NO_ANSWER
        return SolveOutcome.VERIFIED if self.is_verified else SolveOutcome.UNVERIFIED

    @property
    def support(self) -> Evidence | None:
        """What speaks for the leading answer; ``None`` until it was gathered."""
        if self.answer is None:
            return None
        class_id = self.answer.class_id
        return next((one for one in self.evidence if one.class_id == class_id), None)

    def to_data(self) -> dict[str, JsonValue]:
        """Return the standing as JSON."""
        return {
            **asdict(self),
            "answer": None if self.answer is None else self.answer.to_data(),
            "votes": [vote.to_data() for vote in self.votes],
            "evidence": [asdict(one) for one in self.evidence],
            "majority": None if self.majority is None else self.majority.to_data(),
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Read what :meth:`to_data` wrote, of this version or an earlier one."""
        values: dict[str, Any] = {
            name: data[name] for name in cls.__dataclass_fields__ if name in data
        }
        for name in ("answer", "majority"):
            if values.get(name) is not None:
                values[name] = Answer.from_data(values[name])
        values["votes"] = tuple(VoteClass.from_data(vote) for vote in data["votes"])
        values["evidence"] = tuple(Evidence(**one) for one in data.get("evidence", ()))
        return cls(**values)
