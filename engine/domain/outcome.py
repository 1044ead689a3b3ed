"""How a trial ended."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import TypeAlias

from engine.domain.answer import Answer
from engine.domain.ids import TrialId
from engine.domain.trial import Trial
from engine.domain.verdict import Verdict


class OutcomeStatus(StrEnum):
    """How a trial ended. Only a complete one may vote."""

    COMPLETE = "complete"
    TRUNCATED = "truncated"
    FAILED = "failed"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenUse:
    """Tokens of one sample.

    Attributes:
        tokens_in: Prompt tokens; a group's are counted on its first trial only.
        tokens_out: Generated tokens.
        tokens_cached: Prompt tokens found in the server's prefix cache.
    """

    tokens_in: int = 0
    tokens_out: int = 0
    tokens_cached: int = 0

    def to_data(self) -> dict[str, int]:
        """Return the counts under the log's names."""
        return {"in": self.tokens_in, "out": self.tokens_out, "cached": self.tokens_cached}


@dataclass(frozen=True, slots=True, kw_only=True)
class Likelihood:
    """How probable the model held its own text.

    Attributes:
        mean_logprob: Mean log-probability per counted token, at most 0.
        n_tokens: Tokens counted: those with more than one allowed continuation.
    """

    mean_logprob: float
    n_tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Certainty:
    """How sure the model was along its own text, over groups of neighbouring tokens.

    DeepConf (Fu et al. 2025, arXiv 2508.15260), section 3: a token's confidence is the negative
    mean log-probability of its most probable candidates, a group's the mean over a window of
    tokens. Higher is surer; all are at least 0.

    Attributes:
        mean: Over all tokens.
        tail: Over the last group.
        lowest: Of the least sure group.
        bottom_tenth: Mean over the least sure tenth of the groups.
    """

    mean: float
    tail: float
    lowest: float
    bottom_tenth: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Milliseconds, all from one machine's monotonic clock.

    Attributes:
        ttft_ms: From sending the request to its first token; ``None`` if none came.
        total_ms: From sending the request to this sample's end.
    """

    ttft_ms: int | None = None
    total_ms: int = 0

    def to_data(self) -> dict[str, int | None]:
        """Return the times as JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one trial ended, as the algorithms see it.

    Attributes:
        trial_id: Which trial.
        status: How it ended.
        reason: Short code for why (``stop``, ``length``, ``no-answer``, ``tool-error`` ...).
        answer: What it concluded; ``None`` abstains. Of the run of a program along a path, the
            value that it gave.
        likelihood: ``None`` where the server gives no usable log-probabilities.
        tokens: What it cost.
        timing: How long it took.
        error: Human-readable fault of a failed trial.
        body_ref: Digest of what the trial wrote.
        parts: Digests of the proposals that it wrote, in order.
        final_parts: Which of them, counted from 0, already hold an answer to the problem.
        is_final: Whether the path ends here: nothing is left to write after it.
        score: How probably the path is right, in [0, 1], as a verifier or the model judged it.
        verdict: What a check of the path found; ``None`` where none was made.
        pick: Which of a vote's subjects was chosen.
        certainty: ``None`` where the server gives no candidates' log-probabilities.
        call: Name of the tool whose call the text ends with.
        program_ref: Digest of the program whose run gave the answer; of a straight-line program,
            of what it computes, so that another spelling has the same.
    """

    trial_id: TrialId
    status: OutcomeStatus
    reason: str
    answer: Answer | None = None
    likelihood: Likelihood | None = None
    tokens: TokenUse = field(default_factory=TokenUse)
    timing: Timing = field(default_factory=Timing)
    error: str | None = None
    body_ref: str | None = None
    parts: tuple[str, ...] = ()
    final_parts: tuple[int, ...] = ()
    is_final: bool = True
    score: float | None = None
    verdict: Verdict | None = None
    pick: int | None = None
    certainty: Certainty | None = None
    call: str | None = None
    program_ref: str | None = None

    @property
    def is_vote(self) -> bool:
        """Whether this outcome may vote: what is unfinished or unanswered abstains."""
        is_ended = self.status is OutcomeStatus.COMPLETE and self.is_final
        return is_ended and self.answer is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A trial was submitted: told to the algorithm before its request is sent."""

    trial: Trial


Told: TypeAlias = Opened | Outcome
