"""A verifier that estimates, and others that check: their word together."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from engine.domain.outcome import TokenUse
from engine.domain.verdict import Verdict
from engine.ports import CancelToken, Claim, Judgement, Verifier

REFUTED = 0.0


class CheckedVerifier:
    """The port ``Verifier``: the score of one verifier, vetoed by the checks of others.

    A path that a check found wrong has the score 0, whatever was estimated. What could not be
    checked keeps its estimate.
    """

    def __init__(self, estimator: Verifier, checks: Sequence[Verifier]) -> None:
        """Ask all of them about every claim."""
        self._estimator = estimator
        self._checks = tuple(checks)

    @property
    def version(self) -> str:
        """All their versions."""
        return "+".join(one.version for one in (self._estimator, *self._checks))

    async def judge(self, claims: Sequence[Claim], cancel: CancelToken) -> Sequence[Judgement]:
        """Return one judgement a claim; see the port."""
        judged = await asyncio.gather(
            *(one.judge(claims, cancel) for one in (self._estimator, *self._checks))
        )
        return [_join(estimate, checks) for estimate, *checks in zip(*judged, strict=True)]


def _join(estimate: Judgement, checks: Sequence[Judgement]) -> Judgement:
    everything = (estimate, *checks)
    refuted = next((one for one in everything if one.verdict is Verdict.WRONG), None)
    is_confirmed = any(one.verdict is Verdict.RIGHT for one in everything)
    passed = Verdict.RIGHT if is_confirmed else Verdict.UNCHECKED
    return Judgement(
        score=estimate.score if refuted is None else REFUTED,
        verdict=passed if refuted is None else Verdict.WRONG,
        tokens=TokenUse(
            tokens_in=sum(one.tokens.tokens_in for one in everything),
            tokens_out=sum(one.tokens.tokens_out for one in everything),
            tokens_cached=sum(one.tokens.tokens_cached for one in everything),
        ),
        model_calls=sum(one.model_calls for one in everything),
        error=estimate.error if refuted is None else refuted.error,
    )
