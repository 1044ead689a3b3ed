"""Leases: how a worker takes a job, keeps it, writes to it, and gives it up.

Every write names the epoch of its claim. A worker that was stopped, cut off or forgotten finds its
epoch passed and writes nothing; its name means nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import Connection, Engine, func, select, text

from db.claiming import find_claimable, reap_next, take
from db.ending import end_search, grow, has_ended_so
from db.engine import transaction
from db.jobs import CANCELLED_BY_CALLER
from db.locked_job import LockedJob
from db.models import jobs
from db.records import (
    Claim,
    Ending,
    JobRecord,
    Lease,
    LeaseReply,
    LogHead,
    Reaped,
)
from db.rows import read_job
from engine.domain.budget import Spent
from engine.domain.errors import (
    CorruptLogError,
    FencedError,
    JobNotFoundError,
    UnknownEventVersionError,
)
from engine.domain.event import TERMINAL_EVENTS, Event, EventDraft, EventType
from engine.domain.ids import JobId
from engine.domain.job_status import JobStatus

# Rows are locked in one order, so that two renewals cannot wait for each other.
RENEW = text("""
    WITH asked AS (
        SELECT * FROM unnest(
            CAST(:tenant_ids AS text[]), CAST(:job_ids AS text[]), CAST(:epochs AS integer[])
        ) AS asked (tenant_id, job_id, epoch)
    ), held AS (
        SELECT jobs.job_id FROM jobs JOIN asked USING (tenant_id, job_id, epoch)
        WHERE jobs.status = 'running'
        ORDER BY jobs.job_id
        FOR NO KEY UPDATE OF jobs
    )
    UPDATE jobs SET lease_until = now() + :ttl, lease_ttl = :ttl
    FROM held WHERE jobs.job_id = held.job_id
    RETURNING
        jobs.job_id, jobs.is_cancel_requested, jobs.is_finish_requested, jobs.last_seq
""")


class LeaseStore:
    """What workers do to jobs: the claim says whose a job is, all else names the claim's lease."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def claim(
        self, owner: str, *, lease_s: float, hint: JobId | None = None, queues: Sequence[str]
    ) -> Claim | None:
        """Take the hinted job if it can be claimed, else the best that can.

        Jobs met on the way that were cancelled or waited for too long are ended.

        Args:
            owner: Name of the worker, for people.
            lease_s: How long the claim holds without renewal.
            hint: The job that a message named; it may be of any queue.
            queues: From which queues to take another.

        Returns:
            The claim; ``None`` when nothing is claimable.

        Raises:
            DependencyUnavailableError: When Postgres cannot be reached.
        """
        while True:
            with transaction(self._engine) as connection:
                job = find_claimable(connection, hint, queues)
                if job is None:
                    return None
                claim = take(connection, job, owner, lease_s)
            if claim is not None:
                return claim

    def renew(self, leases: Sequence[Lease], *, lease_s: float) -> dict[JobId, LeaseReply]:
        """Renew leases, all in one statement; each gets a reply.

        Raises:
            DependencyUnavailableError: When Postgres cannot be reached.
        """
        if not leases:
            return {}
        arguments = {
            "tenant_ids": [lease.tenant_id for lease in leases],
            "job_ids": [lease.job_id for lease in leases],
            "epochs": [lease.epoch for lease in leases],
            "ttl": timedelta(seconds=lease_s),
        }
        with transaction(self._engine) as connection:
            rows = connection.execute(RENEW, arguments).all()
        lost = {lease.job_id: LeaseReply(is_held=False) for lease in leases}
        held = {
            row.job_id: LeaseReply(
                is_held=True,
                is_cancel_requested=row.is_cancel_requested,
                is_finish_requested=row.is_finish_requested,
                last_seq=row.last_seq,
            )
            for row in rows
        }
        return {**lost, **held}

    def append(
        self,
        lease: Lease,
        *,
        after_seq: int,
        drafts: Sequence[EventDraft],
        bodies: Mapping[str, bytes],
        spent: Spent,
    ) -> list[Event]:
        """Commit events, the bodies that they refer to (digest to bytes), and what was spent.

        A repetition writes nothing: where search events of this lease follow ``after_seq``, an
        earlier call has committed them, however late, and the caller did not hear of it.

        Args:
            lease: Under which to write.
            after_seq: Number of the last event that the caller knows.
            drafts: The events.
            bodies: Digest to bytes.
            spent: What the job has used, these events included.

        Returns:
            Every event after ``after_seq``, in order: those of others, then the new ones.

        Raises:
            FencedError: When the lease was lost. Nothing was written.
            ValueError: For a terminal event, which :meth:`finish` writes.
            DependencyUnavailableError: When Postgres cannot be reached.
        """
        if any(draft.type in TERMINAL_EVENTS for draft in drafts):
            raise ValueError("a terminal event is written by finish")
        with transaction(self._engine) as connection:
            job = _lock(connection, lease)
            earlier = job.list_since(after_seq)
            if any(event.type.needs_epoch and event.epoch == lease.epoch for event in earlier):
                return earlier
            job.append(drafts)
            job.add_bodies(bodies)
            job.save(spent=grow(job, spent), progress_at=func.now())
            return [*earlier, *job.events]

    def finish(
        self,
        lease: Lease,
        *,
        after_seq: int,
        ending: Ending,
        bodies: Mapping[str, bytes],
        spent: Spent,
    ) -> tuple[JobRecord, list[Event]]:
        """End a job: its last events, its result and its state, all or none.

        A repetition writes nothing, and returns the job as an earlier call has ended it.

        Returns:
            The job, and every event after ``after_seq``; none of them where the log cannot be
            read, which must not keep a job from ending.

        Raises:
            FencedError: When the lease was lost. Nothing was written.
            DependencyUnavailableError: When Postgres cannot be reached.
        """
        with transaction(self._engine) as connection:
            job = _lock(connection, lease, *JobStatus)
            if job.status is JobStatus.RUNNING:
                job.add_bodies(bodies)
                record = end_search(connection, job, ending, spent)
            elif has_ended_so(job, ending):
                record = read_job(job.row)
            else:
                raise FencedError
            return record, _list_readable(job, after_seq)

    def release(self, lease: Lease, reason: str, *, delay_s: float = 0.0) -> list[Event]:
        """Give a job back, for another worker to go on with; this attempt does not count.

        A job whose cancellation was asked for ends here.

        Args:
            lease: The lease to give up.
            reason: Short code for why (``drain``, ``model-unavailable``).
            delay_s: How long nobody may claim it.

        Returns:
            The events that this wrote.

        Raises:
            FencedError: When the lease was lost. Nothing was written.
            DependencyUnavailableError: When Postgres cannot be reached.
        """
        draft = EventDraft(
            type=EventType.JOB_REQUEUED, data={"reason": reason, "counts_as_attempt": False}
        )
        with transaction(self._engine) as connection:
            job = _lock(connection, lease)
            if job.row.is_cancel_requested:
                job.end(CANCELLED_BY_CALLER)
            else:
                job.requeue(
                    draft,
                    attempts=jobs.c.attempts - 1,
                    not_before=func.now() + timedelta(seconds=delay_s),
                )
            return list(job.events)

    def reap(self, limit: int = 100) -> list[Reaped]:
        """Move on jobs whose worker was lost, and end those that waited for too long.

        A lost job is queued again, unless it was cancelled, is past its deadline, or has used up
        its attempts. Each is its own transaction.

        Raises:
            DependencyUnavailableError: When Postgres cannot be reached.
        """
        reaped: list[Reaped] = []
        while len(reaped) < limit:
            with transaction(self._engine) as connection:
                found = reap_next(connection)
            if found is None:
                break
            reaped.append(found)
        return reaped

    def read_head(self, lease: Lease) -> LogHead:
        """Return where a job's log stands, to learn whether a commit that was cut off took place.

        Raises:
            JobNotFoundError: When there is no such job.
            DependencyUnavailableError: When Postgres cannot be reached.
        """
        statement = select(jobs.c.epoch, jobs.c.last_seq, jobs.c.head_hash, jobs.c.status).where(
            jobs.c.tenant_id == lease.tenant_id, jobs.c.job_id == lease.job_id
        )
        with transaction(self._engine) as connection:
            row = connection.execute(statement).first()
        if row is None:
            raise JobNotFoundError
        return LogHead(
            epoch=row.epoch,
            last_seq=row.last_seq,
            head=row.head_hash,
            status=JobStatus(row.status),
        )


def _lock(connection: Connection, lease: Lease, *statuses: JobStatus) -> LockedJob:
    job = LockedJob.find(
        connection,
        jobs.c.tenant_id == lease.tenant_id,
        jobs.c.job_id == lease.job_id,
        jobs.c.epoch == lease.epoch,
        jobs.c.status.in_(statuses or (JobStatus.RUNNING,)),
    )
    if job is None:
        raise FencedError
    return job


def _list_readable(job: LockedJob, after_seq: int) -> list[Event]:
    try:
        return job.list_since(after_seq)
    except (CorruptLogError, UnknownEventVersionError):
        return []
