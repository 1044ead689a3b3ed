"""What judges a path of a search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from engine.domain.outcome import TokenUse
from engine.domain.verdict import Verdict
from engine.ports.cancel import CancelToken


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One path of a search, to be judged.

    Attributes:
        problem: The question.
        steps: The texts of the path, from the first step on; a whole answer is one step.
        answer: What the path concludes; ``None`` for one that is not finished.
    """

    problem: str
    steps: tuple[str, ...]
    answer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a verifier says of one claim.

    Attributes:
        score: Probability in [0, 1] that the path is right so far; ``None`` when it could not be
            judged.
        verdict: What a check found, where the verifier checks rather than estimates.
        tokens: What it cost.
        model_calls: Requests sent.
        error: Why it could not be judged.
    """

    score: float | None = None
    verdict: Verdict = Verdict.UNCHECKED
    tokens: TokenUse = field(default_factory=TokenUse)
    model_calls: int = 0
    error: str | None = None


class Verifier(Protocol):
    """Judges paths: how probably is this right so far?"""

    @property
    def version(self) -> str:
        """Name and version, as event 1 pins it."""
        ...

    async def judge(self, claims: Sequence[Claim], cancel: CancelToken) -> Sequence[Judgement]:
        """Return one judgement a claim, in their order.

        What cannot be judged, for whatever reason, comes back unscored: nothing is raised for a
        server or a tool that fails, and a failure is never a low score.
        """
        ...
