"""What must become of a job that waits, or that lost its worker, before anybody runs it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, literal_column, or_

from db.jobs import CANCELLED_BY_CALLER
from db.locked_job import End
from db.models import jobs
from engine.domain.job_status import JobStatus
from engine.domain.standing import StopReason

WORKER_LOST = "worker-lost"

# Written out instead of bound: a plan made for any state could not use an index of one.
IS_QUEUED = jobs.c.status == literal_column("'queued'")
IS_RUNNING = jobs.c.status == literal_column("'running'")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapse:
    """Why a job ends without being run again, and how."""

    reason: str
    end: End


def is_lost() -> ColumnElement[bool]:
    """Return the condition that a running job's worker has let its lease run out.

    While Postgres was down nobody could renew, so every holder gets a whole lease after its start.
    """
    return and_(
        IS_RUNNING,
        jobs.c.lease_until < func.now(),
        func.pg_postmaster_start_time() + jobs.c.lease_ttl < func.now(),
    )


def is_overdue() -> ColumnElement[bool]:
    """Return the condition that a queued job has waited for too long."""
    return and_(
        IS_QUEUED,
        or_(
            jobs.c.deadline_at <= func.now(),
            and_(jobs.c.start_by <= func.now(), jobs.c.started_at.is_(None)),
        ),
    )


def find_lapse(row: Row[Any]) -> Lapse | None:
    """Return why a job, queued or lost, must not be run; ``None`` when it may.

    Args:
        row: Of ``jobs``, with ``now``.
    """
    if row.is_cancel_requested:
        return Lapse(reason="cancelled", end=CANCELLED_BY_CALLER)
    if row.deadline_at is not None and row.deadline_at <= row.now:
        return _expired("deadline")
    if row.start_by is not None and row.started_at is None and row.start_by <= row.now:
        return _expired("start-by")
    if row.attempts >= row.max_attempts:
        return _worn_out(row)
    return None


def _expired(reason: str) -> Lapse:
    end = End(
        status=JobStatus.EXPIRED,
        stop_reason=StopReason.DEADLINE,
        data={"reason": reason},
        changes={},
    )
    return Lapse(reason=reason, end=end)


def _worn_out(row: Row[Any]) -> Lapse:
    error: Mapping[str, Any] = {
        "code": WORKER_LOST,
        "detail": f"the worker was lost in each of {row.attempts} attempts",
        "attempt": row.attempts,
        "retryable": True,
    }
    end = End(
        status=JobStatus.FAILED,
        stop_reason=StopReason.ERROR,
        data={"error": error},
        changes={"error": error},
    )
    return Lapse(reason=WORKER_LOST, end=end)
