"""Who may have a job next: the statements of claiming and reaping."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta

from sqlalchemy import ColumnElement, Connection, and_, exists, func, insert, or_, select, text
from sqlalchemy.exc import OperationalError

from db.lapse import IS_QUEUED, WORKER_LOST, find_lapse, is_lost, is_overdue
from db.locked_job import LockedJob
from db.models import attempts, jobs
from db.records import Claim, Lease, Reaped
from engine.domain.event import EventDraft, EventType
from engine.domain.ids import JobId
from engine.domain.job_status import JobStatus

# How long a hint waits for its job's row: writers hold it for a few milliseconds.
HINT_WAIT_MS = 500


def find_claimable(
    connection: Connection, hint: JobId | None, queues: Sequence[str]
) -> LockedJob | None:
    """Lock the hinted job if it can be claimed, else the best that can; ``None`` for none.

    Queued jobs go by priority, then age. A job whose lease ran out comes after them: the reaper
    brings it back to its place in the queue.
    """
    is_waiting = and_(IS_QUEUED, jobs.c.not_before <= func.now())
    return (
        (None if hint is None else _find_hinted(connection, hint, or_(is_waiting, is_lost())))
        or LockedJob.find(
            connection,
            is_waiting,
            jobs.c.queue.in_(queues),
            order_by=(jobs.c.priority.desc(), jobs.c.created_at.asc(), jobs.c.job_id.asc()),
            skip_locked=True,
        )
        or LockedJob.find(
            connection,
            is_lost(),
            jobs.c.queue.in_(queues),
            order_by=(jobs.c.lease_until.asc(),),
            skip_locked=True,
        )
    )


def _find_hinted(
    connection: Connection, hint: JobId, can_be_claimed: ColumnElement[bool]
) -> LockedJob | None:
    """Lock the hinted job, waiting a moment for whoever has it locked.

    It is most often being noted that its hint is out. Passing over it then would lose the hint,
    and the job would stand until it is sent again.
    """
    conditions = (jobs.c.job_id == hint, can_be_claimed)
    found = LockedJob.find(connection, *conditions, skip_locked=True)
    if found is not None or not connection.execute(select(exists().where(*conditions))).scalar():
        return found
    with suppress(OperationalError), connection.begin_nested():
        connection.execute(text(f"SET LOCAL lock_timeout = '{HINT_WAIT_MS}ms'"))
        found = LockedJob.find(connection, *conditions)
        connection.execute(text("SET LOCAL lock_timeout TO DEFAULT"))
    return found


def take(connection: Connection, job: LockedJob, owner: str, lease_s: float) -> Claim | None:
    """Give a claimable job to an owner; ``None`` when it ends here instead."""
    row = job.row
    lapse = find_lapse(row)
    if lapse is not None:
        job.end(lapse.end)
        return None
    if job.status is JobStatus.RUNNING:
        job.append([_lost_draft()])
        job.close_attempt(WORKER_LOST)
    epoch = job.raise_epoch()
    job.append([EventDraft(type=EventType.JOB_CLAIMED, data={"owner": owner})])
    ttl = timedelta(seconds=lease_s)
    record = job.save(
        status=JobStatus.RUNNING,
        owner=owner,
        lease_until=func.now() + ttl,
        lease_ttl=ttl,
        attempts=jobs.c.attempts + 1,
        started_at=func.coalesce(jobs.c.started_at, func.now()),
        progress_at=func.now(),
    )
    connection.execute(
        insert(attempts).values(
            job_id=row.job_id, attempt=epoch, tenant_id=row.tenant_id, epoch=epoch, owner=owner
        )
    )
    lease = Lease(job_id=row.job_id, tenant_id=row.tenant_id, epoch=epoch, attempt=epoch)
    return Claim(lease=lease, job=record, events=tuple(job.events))


def reap_next(connection: Connection) -> Reaped | None:
    """Move on one job that lost its worker or waited for too long; ``None`` for none."""
    job = LockedJob.find(connection, is_lost(), skip_locked=True) or LockedJob.find(
        connection, is_overdue(), skip_locked=True
    )
    if job is None:
        return None
    lapse = find_lapse(job.row)
    if lapse is not None:
        record, reason = job.end(lapse.end), lapse.reason
    else:
        record, reason = job.requeue(_lost_draft()), WORKER_LOST
    return Reaped(
        job_id=record.job_id,
        tenant_id=record.tenant_id,
        queue=record.queue,
        status=record.status,
        reason=reason,
        events=tuple(job.events),
    )


def _lost_draft() -> EventDraft:
    return EventDraft(
        type=EventType.JOB_REQUEUED, data={"reason": WORKER_LOST, "counts_as_attempt": True}
    )
