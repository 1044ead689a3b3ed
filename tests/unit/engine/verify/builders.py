"""Standings, trials and outcomes for the tests of verification, each with what it does not say."""

from __future__ import annotations

import math
from dataclasses import replace

from engine.domain.answer import Answer
from engine.domain.ids import GroupId, NodeId, TrialId
from engine.domain.outcome import Outcome, OutcomeStatus
from engine.domain.standing import Evidence, Standing, VoteClass
from engine.domain.trial import NodeKind, Sampling, Trial, Work
from engine.verify.calibrator import Calibrator
from engine.verify.feature import Feature
from engine.verify.fitting import FitPlan, Row, fit_calibrator


def answer(text: str) -> Answer:
    return Answer(text=text, key=text, class_id=f"key:{text}", canonicaliser="test/1")


def standing(votes: dict[str, int], *, n_ended: int | None = None, **changes) -> Standing:
    classes = tuple(
        VoteClass(answer=answer(text), n_votes=n, weight=float(n), first_rank=rank)
        for rank, (text, n) in enumerate(votes.items())
    )
    n_votes = sum(votes.values())
    n_ended = n_votes if n_ended is None else n_ended
    fields = {
        "answer": classes[0].answer if classes else None,
        "votes": classes,
        "rule": "majority",
        "n_ended": n_ended,
        "n_abstained": n_ended - n_votes,
        "n_planned": n_ended,
        "vote_share": classes[0].n_votes / n_ended if classes else None,
        "is_decided": True,
        "n_needed": 0,
        "why": "",
    }
    return Standing(**{**fields, **changes})


def supported(votes: dict[str, int], **evidence) -> Standing:
    """A standing whose leader has this evidence, and whose rivals have none."""
    leader, *rivals = votes
    return standing(
        votes,
        evidence=(
            Evidence(class_id=f"key:{leader}", **evidence),
            *(Evidence(class_id=f"key:{text}") for text in rivals),
        ),
    )


def trial(name: str, *, work: Work = Work.SAMPLE, parent: str | None = None) -> Trial:
    return Trial(
        trial_id=TrialId(f"t-{name}"),
        node_id=NodeId(name),
        parent_id=None if parent is None else NodeId(parent),
        depth=1,
        rank=0,
        kind=NodeKind.ANSWER,
        group_id=GroupId("g"),
        index=0,
        group_seed=1,
        prompt="solve",
        sampling=Sampling(),
        work=work,
    )


def outcome(name: str, text: str | None = None, **changes) -> Outcome:
    fields = {
        "trial_id": TrialId(f"t-{name}"),
        "status": OutcomeStatus.COMPLETE,
        "reason": "stop",
        "answer": None if text is None else answer(text),
    }
    return Outcome(**{**fields, **changes})


def rows(n: int, *, rate_of=lambda share: share, per_problem: int = 1) -> list[Row]:
    """Rows whose shares go up and down, and which are right as often as `rate_of` says.

    Within each share right and wrong ones are spread evenly, so that a fit is not left to luck.
    """
    made: list[Row] = []
    owed = dict.fromkeys(range(1, 9), 0.0)
    for i in range(n):
        k = i % 8 + 1
        owed[k] += rate_of(k / 8)
        is_right = owed[k] >= 1
        owed[k] -= is_right
        features = {
            Feature.VOTE_SHARE: k / 8,
            Feature.MARGIN: max(0, 2 * k - 8) / 8,
            Feature.LOG_N: math.log1p(2 + i % 7),
        }
        made.append(Row(problem=f"p{i // per_problem}", features=features, is_right=is_right))
    return made


def share_calibrator(*, model_fingerprint: str) -> Calibrator:
    """One that reads the vote's share and stands by every answer."""
    plan = FitPlan(
        name="share",
        model_fingerprint=model_fingerprint,
        features=(Feature.VOTE_SHARE,),
        n_resamples=5,
    )
    return replace(fit_calibrator(rows(400), plan), min_confidence=None)
