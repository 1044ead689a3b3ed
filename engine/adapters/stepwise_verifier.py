"""A verifier of whole paths, asked about each beginning of a path."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.domain.aggregation import Aggregation, aggregate_scores
from engine.domain.outcome import TokenUse
from engine.domain.verdict import Verdict
from engine.ports import CancelToken, Claim, Judgement, Verifier


class StepwiseVerifier:
    """The port ``Verifier``: scores each step with all that came before it, and aggregates.

    It costs one judgement a step. Behind it a cache pays off: the paths of a tree share their
    beginnings. A path of which a step could not be judged is unscored.
    """

    def __init__(self, verifier: Verifier, aggregation: Aggregation) -> None:
        """Ask ``verifier`` about the beginnings."""
        self._verifier = verifier
        self._aggregation = aggregation

    @property
    def version(self) -> str:
        """The verifier that is asked, and how its scores are aggregated."""
        return f"{self._verifier.version}:steps-{self._aggregation}"

    async def judge(self, claims: Sequence[Claim], cancel: CancelToken) -> Sequence[Judgement]:
        """Return one judgement a claim; see the port."""
        spans = [_list_beginnings(claim) for claim in claims]
        asked = tuple(beginning for span in spans for beginning in span)
        judged = iter(await self._verifier.judge(asked, cancel) if asked else ())
        return [self._join([next(judged) for _ in span]) for span in spans]

    def _join(self, steps: Sequence[Judgement]) -> Judgement:
        scores = [step.score for step in steps if step.score is not None]
        is_whole = len(scores) == len(steps)
        verdicts = {step.verdict for step in steps}
        return Judgement(
            score=aggregate_scores(scores, self._aggregation) if is_whole else None,
            verdict=_join_verdicts(verdicts),
            tokens=TokenUse(
                tokens_in=sum(step.tokens.tokens_in for step in steps),
                tokens_out=sum(step.tokens.tokens_out for step in steps),
                tokens_cached=sum(step.tokens.tokens_cached for step in steps),
            ),
            model_calls=sum(step.model_calls for step in steps),
            error=next((step.error for step in steps if step.error is not None), None),
        )


def _list_beginnings(claim: Claim) -> tuple[Claim, ...]:
    """Return the claim cut off behind each of its steps; only the whole one has its answer."""
    if len(claim.steps) <= 1:
        return (claim,)
    cut = [replace(claim, steps=claim.steps[:n], answer=None) for n in range(1, len(claim.steps))]
    return (*cut, claim)


def _join_verdicts(verdicts: set[Verdict]) -> Verdict:
    """One wrong step makes a path wrong; it is right only when every step is."""
    if Verdict.WRONG in verdicts:
        return Verdict.WRONG
    return Verdict.RIGHT if verdicts == {Verdict.RIGHT} else Verdict.UNCHECKED
