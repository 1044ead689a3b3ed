"""The end of a search: its last events, its one result, and the job's last state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, func, insert, select

from db.locked_job import End, LockedJob
from db.models import events, results
from db.records import Ending, JobRecord
from engine.domain.budget import Spent
from engine.domain.canonical import canonical_bytes, digest
from engine.domain.event import Event, decode_event


def end_search(connection: Connection, job: LockedJob, ending: Ending, spent: Spent) -> JobRecord:
    """Write all that ends a search, under the job's lock."""
    job.append(ending.drafts)
    result_digest = _insert_result(connection, job, ending)
    changes = {
        "outcome": ending.outcome,
        "error": ending.error,
        "spent": grow(job, spent),
        "progress_at": func.now(),
        **_answer_columns(ending),
    }
    return job.end(
        End(
            status=ending.status,
            stop_reason=ending.stop_reason,
            data=_ending_data(ending, result_digest),
            changes=changes,
            at_ms=max((draft.at_ms for draft in ending.drafts), default=0),
        )
    )


def has_ended_so(job: LockedJob, ending: Ending) -> bool:
    """Whether a job, locked under the epoch of the caller's lease, has ended in this very way.

    The reaper and a cancellation can end a job under the same epoch, with a reason of their own.
    """
    row = job.row
    return (
        job.status is ending.status
        and row.stop_reason == ending.stop_reason
        and _find_code(row.error) == _find_code(ending.error)
    )


def grow(job: LockedJob, spent: Spent) -> dict[str, int | float]:
    """Return what the job has spent by now: no counter falls, whatever a resumed worker says."""
    return Spent.from_data(job.row.spent).at_least(spent).to_data()


def read_first(connection: Connection, job_id: str) -> Event:
    """Return a job's first event."""
    statement = select(events.c.encoded).where(events.c.job_id == job_id, events.c.seq == 1)
    return decode_event(connection.execute(statement).scalar_one())


def _find_code(error: Mapping[str, Any] | None) -> str | None:
    return None if error is None else error["code"]


def _insert_result(connection: Connection, job: LockedJob, ending: Ending) -> str | None:
    if ending.result_body is None:
        return None
    certificate = {
        "job_id": job.row.job_id,
        "epoch": job.row.epoch,
        "attempts": job.row.attempts,
        "head": job.head,
        "model_fingerprint": _find_fingerprint(connection, job.row.job_id),
    }
    encoded = canonical_bytes({**ending.result_body, "certificate": certificate})
    result_digest = digest(encoded)
    connection.execute(
        insert(results).values(
            job_id=job.row.job_id,
            tenant_id=job.row.tenant_id,
            epoch=job.row.epoch,
            outcome=ending.outcome,
            stop_reason=ending.stop_reason,
            encoded=encoded,
            digest=result_digest,
        )
    )
    return result_digest


def _find_fingerprint(connection: Connection, job_id: str) -> str | None:
    first = read_first(connection, job_id)
    return first.data.get("pins", {}).get("serving", {}).get("model_fingerprint")


def _answer_columns(ending: Ending) -> dict[str, Any]:
    body = ending.result_body or {}
    answer = body.get("answer")
    return {
        "answer_text": None if answer is None else answer.get("text"),
        "confidence": body.get("confidence"),
    }


def _ending_data(ending: Ending, result_digest: str | None) -> dict[str, Any]:
    if ending.result_body is not None:
        return {
            "outcome": ending.outcome,
            "stop_reason": ending.stop_reason,
            "answer": ending.result_body.get("answer"),
            "digest": result_digest,
        }
    if ending.error is not None:
        return {"error": ending.error}
    return {"reason": ending.stop_reason or ending.status}
