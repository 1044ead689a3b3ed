"""How trials and outcomes are written into events, and read back.

The log is the only store of a search, so what an algorithm was told must be readable from it
exactly: each pair of functions here is an identity, proved by a property test.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from engine.domain.answer import Answer
from engine.domain.event import Event, EventDraft, EventType
from engine.domain.ids import GroupId, NodeId, TrialId
from engine.domain.outcome import (
    Certainty,
    Likelihood,
    Opened,
    Outcome,
    OutcomeStatus,
    Timing,
    TokenUse,
    Told,
)
from engine.domain.trial import NodeKind, PathEnd, Sampling, Trial, Work
from engine.domain.verdict import Verdict


def draft_opened(
    trial: Trial, *, at_ms: int, prompt_id: str | None = None, prompt_ref: str | None = None
) -> EventDraft:
    """Return the event that a trial was submitted.

    Args:
        trial: Which.
        at_ms: When, in milliseconds since the attempt began.
        prompt_id: Which prompt it was given; ``None`` for what no model writes for.
        prompt_ref: Digest of that prompt's body.
    """
    return EventDraft(
        type=EventType.TRIAL_OPENED,
        at_ms=at_ms,
        trial_id=trial.trial_id,
        node_id=trial.node_id,
        parent_id=trial.parent_id,
        depth=trial.depth,
        rank=trial.rank,
        kind=trial.kind.value,
        body_ref=prompt_ref,
        data={
            "group_id": trial.group_id,
            "index": trial.index,
            "group_seed": trial.group_seed,
            "prompt": trial.prompt,
            "prompt_id": prompt_id,
            "sampling": trial.sampling_data(),
            **_place_data(trial),
        },
    )


def draft_ended(
    trial: Trial,
    outcome: Outcome,
    *,
    at_ms: int,
    model_calls: int = 0,
    label: str | None = None,
) -> EventDraft:
    """Return the event that a trial has ended."""
    return EventDraft(
        type=EventType.TRIAL_ENDED,
        at_ms=at_ms,
        trial_id=outcome.trial_id,
        node_id=trial.node_id,
        parent_id=trial.parent_id,
        depth=trial.depth,
        rank=trial.rank,
        kind=trial.kind.value,
        label=label,
        body_ref=outcome.body_ref,
        data={
            "memo_key": trial.memo_key,
            "model_calls": model_calls,
            **_outcome_data(outcome),
        },
    )


def read_trial(event: Event) -> Trial:
    """Return the trial that a ``trial.opened`` event wrote."""
    draft, data = event.draft, event.data
    return Trial(
        trial_id=TrialId(draft.trial_id or ""),
        node_id=NodeId(draft.node_id or ""),
        parent_id=None if draft.parent_id is None else NodeId(draft.parent_id),
        depth=draft.depth or 0,
        rank=draft.rank or 0,
        kind=NodeKind(draft.kind),
        group_id=GroupId(data["group_id"]),
        index=data["index"],
        group_seed=data["group_seed"],
        prompt=data["prompt"],
        sampling=Sampling(**data["sampling"]),
        work=Work(data.get("work", Work.SAMPLE)),
        parent_part=data.get("parent_part"),
        branch=data.get("branch", ""),
        subjects=tuple(
            PathEnd(node_id=NodeId(node_id), part=part)
            for node_id, part in data.get("subjects", ())
        ),
    )


def read_outcome(event: Event) -> Outcome:
    """Return the outcome that a ``trial.ended`` event wrote."""
    data = event.data
    answer, likelihood, tokens = data.get("answer"), data.get("likelihood"), data["tokens"]
    return Outcome(
        trial_id=TrialId(event.draft.trial_id or ""),
        status=OutcomeStatus(data["status"]),
        reason=data["reason"],
        answer=None if answer is None else Answer.from_data(answer),
        likelihood=None if likelihood is None else Likelihood(**likelihood),
        tokens=TokenUse(
            tokens_in=tokens["in"], tokens_out=tokens["out"], tokens_cached=tokens["cached"]
        ),
        timing=Timing(**data["timing"]),
        error=data.get("error"),
        body_ref=event.draft.body_ref,
        **_read_findings(data.get("findings", {})),
    )


def read_told(event: Event) -> Told | None:
    """Return what an event tells an algorithm; ``None`` if it tells nothing."""
    if event.type is EventType.TRIAL_OPENED:
        return Opened(trial=read_trial(event))
    if event.type is EventType.TRIAL_ENDED:
        return read_outcome(event)
    return None


def _outcome_data(outcome: Outcome) -> Mapping[str, Any]:
    return {
        "status": outcome.status.value,
        "reason": outcome.reason,
        "answer": None if outcome.answer is None else outcome.answer.to_data(),
        "likelihood": None if outcome.likelihood is None else asdict(outcome.likelihood),
        "tokens": outcome.tokens.to_data(),
        "timing": outcome.timing.to_data(),
        "error": outcome.error,
        **_findings_data(outcome),
    }


def _place_data(trial: Trial) -> dict[str, Any]:
    """Return what tells a step of a tree from a plain sample; nothing for the latter."""
    place: dict[str, Any] = {}
    if trial.work is not Work.SAMPLE:
        place["work"] = trial.work.value
    if trial.parent_part is not None:
        place["parent_part"] = trial.parent_part
    if trial.branch:
        place["branch"] = trial.branch
    if trial.subjects:
        place["subjects"] = [[end.node_id, end.part] for end in trial.subjects]
    return place


def _findings_data(outcome: Outcome) -> dict[str, Any]:
    """Return what was found beyond an answer; nothing when that is all."""
    findings: dict[str, Any] = {
        name: value
        for name in ("score", "pick", "call", "program_ref")
        if (value := getattr(outcome, name)) is not None
    }
    if outcome.parts:
        findings["parts"] = list(outcome.parts)
    if outcome.final_parts:
        findings["final_parts"] = list(outcome.final_parts)
    if not outcome.is_final:
        findings["is_final"] = False
    if outcome.verdict is not None:
        findings["verdict"] = outcome.verdict.value
    if outcome.certainty is not None:
        findings["certainty"] = asdict(outcome.certainty)
    return {"findings": findings} if findings else {}


def _read_findings(findings: Mapping[str, Any]) -> dict[str, Any]:
    read: dict[str, Any] = dict(findings)
    for name in ("parts", "final_parts"):
        if name in read:
            read[name] = tuple(read[name])
    if "verdict" in read:
        read["verdict"] = Verdict(read["verdict"])
    if "certainty" in read:
        read["certainty"] = Certainty(**read["certainty"])
    return read
