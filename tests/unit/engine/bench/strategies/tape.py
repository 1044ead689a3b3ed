"""Recordings made up by hand."""

from __future__ import annotations

from collections.abc import Sequence

from engine.bench.strategies.recording import (
    RecordedProblem,
    RecordedSample,
    Recording,
    RecordingHeader,
)
from engine.domain.answer import Answer
from engine.domain.outcome import Certainty, Likelihood, OutcomeStatus, Timing, TokenUse


def sample(name: str | None, *, ms: int = 100, tokens: int = 10, sure: float = 5.0):
    answer = None
    if name is not None:
        answer = Answer(text=name, key=f"n:{name}", class_id=f"key:{name}", canonicaliser="t/1")
    return RecordedSample(
        text=f"so it is {name}",
        status=OutcomeStatus.COMPLETE,
        reason="stop" if name else "no-answer",
        answer=answer,
        tokens=TokenUse(tokens_out=tokens),
        timing=Timing(ttft_ms=1, total_ms=ms),
        likelihood=Likelihood(mean_logprob=-0.1, n_tokens=tokens),
        certainty=Certainty(mean=sure, tail=sure, lowest=sure, bottom_tenth=sure),
    )


def problem(names: Sequence[str | None], *, gold: str = "7", name: str = "p", **given):
    return RecordedProblem(
        problem_id=name,
        text=f"What is {name}?",
        gold=gold,
        prompt=f"Question: {name}",
        samples=tuple(sample(each, **given) for each in names),
        greedy=sample(names[0]),
    )


def recording(*problems: RecordedProblem) -> Recording:
    header = RecordingHeader(
        suite="tape",
        model="scripted",
        prompt_ids={"solve": "tape/solve@1"},
        sampling={"temperature": 0.8, "top_p": 1.0, "max_tokens": 64, "n_candidates": 20},
        samples=len(problems[0].samples),
        canonicaliser="t/1",
    )
    return Recording(header=header, problems=problems)
