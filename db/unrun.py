"""The end of a job that is told to finish before any worker has begun it: it has no answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from db.ending import end_search, read_first
from db.locked_job import LockedJob
from db.records import Ending, JobRecord
from engine.domain.budget import Spent
from engine.domain.event import EventDraft, EventType
from engine.domain.fold import SearchView
from engine.domain.job_status import JobStatus
from engine.domain.pins import Pins
from engine.domain.standing import SolveOutcome, Standing, StopReason
from engine.domain.trace_digest import trace_digest

NOTHING_YET = Standing(
    answer=None,
    votes=(),
    rule="none",
    n_ended=0,
    n_abstained=0,
    n_planned=0,
    vote_share=None,
    is_decided=False,
    n_needed=0,
    why="it was told to finish before it had begun",
)


def finish_unrun(connection: Connection, job: LockedJob) -> JobRecord:
    """End a queued job that never ran, under its lock."""
    job.append([EventDraft(type=EventType.JOB_FINISH_REQUESTED)])
    job.save(is_finish_requested=True)
    first = read_first(connection, job.row.job_id)
    ending = Ending(
        status=JobStatus.SUCCEEDED,
        outcome=SolveOutcome.NO_ANSWER,
        stop_reason=StopReason.HARVESTED,
        result_body=_render_result(first.data.get("pins")),
    )
    return end_search(connection, job, ending, Spent())


def _render_result(pins: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Return the result of a search without a sample, in the shape of any other.

    The call of a tool pins no model, and its result names none.
    """
    serving = None if pins is None else Pins.from_data(pins).serving
    model = serving and {"name": serving.model, "fingerprint": serving.model_fingerprint}
    return {
        "answer": None,
        "outcome": SolveOutcome.NO_ANSWER.value,
        "stop_reason": StopReason.HARVESTED.value,
        "confidence": None,
        "calibration": NOTHING_YET.calibration,
        "vote_share": None,
        "standing": NOTHING_YET.to_data(),
        "spent": Spent().to_data(),
        "inherited": Spent().to_data(),
        "evidence": {"samples": [], "programs": []},
        "trace_digest": trace_digest(SearchView()),
        "model": model,
    }
