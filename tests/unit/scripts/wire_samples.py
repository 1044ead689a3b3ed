"""What a server would send, built by the very code that writes logs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.domain.event import Event, EventDraft, EventType, Position, seal_events

JOB_ID = "job_1"
TS = "2027-01-01T00:00:00.000Z"


def answer_data(text: str, class_id: str = "") -> dict[str, Any]:
    return {
        "text": text,
        "answer_key": f"n:{text}",
        "class": class_id or f"n:{text}",
        "canonicaliser": "svend-answers/1",
    }


def submitted(samples: int = 4) -> EventDraft:
    data = {"problem": {"ref": "0" * 64, "n_chars": 9}, "pins": {"settings": {"samples": samples}}}
    return EventDraft(type=EventType.JOB_SUBMITTED, data=data)


def opened(rank: int = 0) -> EventDraft:
    return EventDraft(type=EventType.TRIAL_OPENED, trial_id=f"t{rank}", rank=rank)


def ended(text: str | None, rank: int = 0, **data: Any) -> EventDraft:
    answer = None if text is None else answer_data(text)
    base = {"status": "complete", "reason": "stop", "tokens": {"in": 9, "out": 7, "cached": 0}}
    merged = {**base, "answer": answer, **data}
    return EventDraft(type=EventType.TRIAL_ENDED, trial_id=f"t{rank}", rank=rank, data=merged)


def drafted(kind: EventType, **data: Any) -> EventDraft:
    return EventDraft(type=kind, data=data)


def whole_log(text: str = "72") -> list[EventDraft]:
    return [
        submitted(2),
        drafted(EventType.JOB_CLAIMED, owner="worker-1"),
        opened(0),
        opened(1),
        ended(text, 0),
        ended(text, 1),
        drafted(EventType.SEARCH_DECIDED, standing={"why": "2 of 2 agree"}, stop_reason="solved"),
        drafted(EventType.JOB_SUCCEEDED, outcome="unverified", answer=text),
    ]


def seal(drafts: Sequence[EventDraft], job_id: str = JOB_ID) -> tuple[Event, ...]:
    return seal_events(Position(job_id=job_id, attempt=1, epoch=1), drafts, TS)[1]


def frame(event: Event) -> bytes:
    head = f"id: {event.seq}\nevent: {event.type.value}\ndata: ".encode()
    return head + event.encoded[:-1] + f',"hash":"{event.hash}"}}\n\n'.encode()


def job_data(status: str = "succeeded", job_id: str = JOB_ID, **more: Any) -> dict[str, Any]:
    base = {
        "id": job_id,
        "status": status,
        "outcome": "unverified" if status == "succeeded" else None,
        "stop_reason": "solved" if status == "succeeded" else None,
        "strategy": "self_consistency",
        "problem": "How many?",
        "answer": "72" if status == "succeeded" else None,
        "created_at": "2027-01-01T00:00:00Z",
        "finished_at": None,
        "error": None,
    }
    return {**base, **more}


def result_data(text: str | None = "72", job_id: str = JOB_ID, **more: Any) -> dict[str, Any]:
    votes: Sequence[Mapping[str, Any]] = ()
    if text is not None:
        votes = ({**answer_data(text), "n_votes": 5}, {**answer_data("60"), "n_votes": 2})
    standing = {"votes": votes, "n_ended": 8, "n_abstained": 1, "n_planned": 8}
    base = {
        "job_id": job_id,
        "outcome": "unverified" if text is not None else "no_answer",
        "stop_reason": "solved",
        "answer": None if text is None else answer_data(text),
        "confidence": None,
        "calibration": "none",
        "standing": {**standing, "vote_share": 0.625, "why": "5 of 7 votes agree"},
        "spent": {"tokens_in": 90, "tokens_out": 1234, "model_calls": 2, "running_ms": 1500},
        "evidence": {"programs": [{"output": "72"}] * 5},
    }
    return {**base, **more}
