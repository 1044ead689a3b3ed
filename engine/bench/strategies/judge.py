"""Has a verifier judge recorded samples, so that votes weighted by it can be replayed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from engine.bench.strategies.recording import RecordedJudgement, RecordedProblem, RecordedSample
from engine.bench.trial_run import NeverCancelled
from engine.domain.errors import ModelError
from engine.domain.verdict import Verdict
from engine.ports import Claim, Judgement, Verifier


async def judge_problem(problem: RecordedProblem, verifier: Verifier) -> RecordedProblem:
    """Return a problem with a judgement of every sample that has an answer.

    Each is asked about as a search would ask: the whole text is one step.

    Raises:
        ModelError: When the verifier could judge none of them; it says why.
    """
    voting = [number for number, sample in enumerate(problem.samples) if sample.answer]
    claims = [_to_claim(problem, problem.samples[number]) for number in voting]
    judgements = await verifier.judge(claims, NeverCancelled()) if claims else ()
    _check(judgements)
    judged = dict(zip(voting, judgements, strict=True))
    return replace(
        problem,
        samples=tuple(
            _judged(sample, judged[number]) if number in judged else sample
            for number, sample in enumerate(problem.samples)
        ),
    )


def _to_claim(problem: RecordedProblem, sample: RecordedSample) -> Claim:
    answer = None if sample.answer is None else sample.answer.text
    return Claim(problem=problem.text, steps=(sample.text,), answer=answer)


def _judged(sample: RecordedSample, judgement: Judgement) -> RecordedSample:
    verdict = None if judgement.verdict is Verdict.UNCHECKED else judgement.verdict
    said = RecordedJudgement(score=judgement.score, verdict=verdict, tokens=judgement.tokens)
    return replace(sample, judgement=said)


def _check(judgements: Sequence[Judgement]) -> None:
    """A server that is down would otherwise fill a recording with nothing."""
    if judgements and all(one.score is None and one.error for one in judgements):
        raise ModelError(f"the verifier judged nothing: {judgements[0].error}")
