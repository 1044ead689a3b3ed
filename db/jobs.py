"""Jobs as their callers see them: submit, look, list, cancel, fetch the result."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import Connection, Engine, RowMapping, func, select, tuple_
from sqlalchemy.dialects.postgresql import insert as upsert

from db.accepting import insert_job
from db.caching import CacheTerms, answer_from_cache
from db.cursor import Cursor, parse_cursor, render_cursor
from db.derivation import Derivation, insert_derived
from db.engine import transaction
from db.locked_job import End, LockedJob
from db.models import idempotency_keys, jobs, results
from db.records import (
    IdempotencyKey,
    JobHead,
    JobKey,
    JobPage,
    JobRecord,
    NewJob,
    ResultRecord,
    Submitted,
)
from db.rows import read_job
from db.unrun import finish_unrun
from engine.domain.errors import (
    IdempotencyMismatchError,
    JobNotFinishedError,
    JobNotFoundError,
    ResultUnavailableError,
)
from engine.domain.event import EventDraft, EventType
from engine.domain.ids import JobId, TenantId
from engine.domain.job_status import JobStatus
from engine.domain.standing import SolveOutcome, StopReason

CANCELLED_BY_CALLER = End(
    status=JobStatus.CANCELLED,
    stop_reason=StopReason.CANCELLED,
    data={"reason": "cancelled"},
    changes={"is_cancel_requested": True},
)


class JobStore:
    """The jobs of all tenants; each method sees those of one."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def submit(
        self,
        new: NewJob,
        idempotency: IdempotencyKey | None = None,
        cache: CacheTerms | None = None,
    ) -> Submitted:
        """Accept a job, with its first event and the text of its problem, in one transaction.

        Of several requests under one key the first brings the job, and the others wait for it and
        get the same.
        Where the caller allows it, an earlier result of the tenant's answers it at once.

        Raises:
            IdempotencyMismatchError: When the key came with another fingerprint before.
            DependencyUnavailableError: When Postgres cannot be reached.
        """
        with transaction(self._engine) as connection:
            earlier = _find_replay(connection, new, idempotency)
            if earlier is not None:
                return earlier
            cached = None if cache is None else answer_from_cache(connection, new, cache)
            return Submitted(
                job=cached or insert_job(connection, new),
                is_replay=False,
                is_cached=None if cache is None else cached is not None,
            )

    def derive(
        self, new: NewJob, derivation: Derivation, idempotency: IdempotencyKey | None = None
    ) -> Submitted:
        """Accept a job that goes on from the log of one that has ended, in one transaction.

        Raises:
            JobNotFoundError: When the tenant has no such job to go on from.
            JobNotFinishedError: When that job has not ended.
            JobPurgedError: When its texts were deleted.
            InvalidInputError: When it has no such node.
            IdempotencyMismatchError: When the key came with another fingerprint before.
            DependencyUnavailableError: When Postgres cannot be reached.
        """
        with transaction(self._engine) as connection:
            earlier = _find_replay(connection, new, idempotency)
            if earlier is not None:
                return earlier
            return Submitted(job=insert_derived(connection, new, derivation), is_replay=False)

    def find_submitted(self, tenant_id: TenantId, idempotency: IdempotencyKey) -> JobRecord | None:
        """Return the job that a request has brought already; ``None`` when it is the first.

        Raises:
            IdempotencyMismatchError: When the key came with another fingerprint before.
            DependencyUnavailableError: When Postgres cannot be reached.
        """
        with transaction(self._engine) as connection:
            job_id = _find_named(connection, tenant_id, idempotency)
            return None if job_id is None else _find_job(connection, tenant_id, job_id)

    def get(self, tenant_id: TenantId, job_id: JobId) -> JobRecord:
        """Return a job.

        Raises:
            JobNotFoundError: When the tenant has no such job.
            DependencyUnavailableError: When Postgres cannot be reached.
        """
        with transaction(self._engine) as connection:
            return _find_job(connection, tenant_id, job_id)

    def list_page(
        self,
        tenant_id: TenantId,
        *,
        limit: int,
        cursor: str | None = None,
        status: JobStatus | None = None,
    ) -> JobPage:
        """Return a tenant's jobs, newest first.

        Args:
            tenant_id: Whose jobs.
            limit: Jobs at most.
            cursor: ``next_cursor`` of the page before.
            status: Only jobs in this state.

        Raises:
            InvalidInputError: When the cursor is none of ours.
            DependencyUnavailableError: When Postgres cannot be reached.
        """
        statement = select(jobs).where(jobs.c.tenant_id == tenant_id)
        if status is not None:
            statement = statement.where(jobs.c.status == status)
        if cursor is not None:
            after = parse_cursor(cursor)
            place = tuple_(jobs.c.created_at, jobs.c.job_id)
            statement = statement.where(place < (after.created_at, after.job_id))
        statement = statement.order_by(jobs.c.created_at.desc(), jobs.c.job_id.desc())
        with transaction(self._engine) as connection:
            rows = connection.execute(statement.limit(limit + 1)).all()
        page = tuple(read_job(row) for row in rows[:limit])
        return JobPage(jobs=page, next_cursor=_find_next(page[-1]) if len(rows) > limit else None)

    def list_last_seqs(self, keys: Sequence[JobKey]) -> dict[JobId, JobHead]:
        """Return how far each job has come, in one query; those not found are left out.

        Raises:
            DependencyUnavailableError: When Postgres cannot be reached.
        """
        if not keys:
            return {}
        pairs = [(key.tenant_id, key.job_id) for key in keys]
        statement = select(jobs.c.job_id, jobs.c.last_seq, jobs.c.version, jobs.c.status).where(
            tuple_(jobs.c.tenant_id, jobs.c.job_id).in_(pairs)
        )
        with transaction(self._engine) as connection:
            rows = connection.execute(statement).all()
        return {
            row.job_id: JobHead(
                last_seq=row.last_seq,
                version=row.version,
                is_terminal=JobStatus(row.status).is_terminal,
            )
            for row in rows
        }

    def request_cancel(self, tenant_id: TenantId, job_id: JobId) -> JobRecord:
        """Ask for a job to stop. A queued one ends at once, an ended one stays as it is.

        Raises:
            JobNotFoundError: When the tenant has no such job.
            DependencyUnavailableError: When Postgres cannot be reached.
        """
        with transaction(self._engine) as connection:
            job = _lock(connection, tenant_id, job_id)
            if job.status is JobStatus.QUEUED:
                return job.end(CANCELLED_BY_CALLER)
            if job.status.is_terminal or job.row.is_cancel_requested:
                return read_job(job.row)
            job.append([EventDraft(type=EventType.JOB_CANCEL_REQUESTED)])
            return job.save(is_cancel_requested=True)

    def request_finish(self, tenant_id: TenantId, job_id: JobId) -> JobRecord:
        """Ask for a job's best answer so far. An ended one, or one being cancelled, stays so.

        One that no worker has begun, and that goes on from no other, ends at once without an
        answer. A worker that has the job, or the next to claim it, ends it with what there is.

        Raises:
            JobNotFoundError: When the tenant has no such job.
            DependencyUnavailableError: When Postgres cannot be reached.
        """
        with transaction(self._engine) as connection:
            job = _lock(connection, tenant_id, job_id)
            row = job.row
            if job.status.is_terminal or row.is_finish_requested or row.is_cancel_requested:
                return read_job(row)
            if job.status is JobStatus.QUEUED and row.epoch == 0 and row.source_id is None:
                return finish_unrun(connection, job)
            job.append([EventDraft(type=EventType.JOB_FINISH_REQUESTED)])
            return job.save(is_finish_requested=True, not_before=func.now())

    def get_result(self, tenant_id: TenantId, job_id: JobId) -> ResultRecord:
        """Return the result of a succeeded job.

        Raises:
            JobNotFoundError: When the tenant has no such job.
            JobNotFinishedError: When the job has not ended.
            ResultUnavailableError: When it ended without a result, or the result was deleted after
                its time of retention.
            DependencyUnavailableError: When Postgres cannot be reached.
        """
        statement = (
            select(jobs.c.status, jobs.c.purged_at, results)
            .join_from(jobs, results, jobs.c.job_id == results.c.job_id, isouter=True)
            .where(jobs.c.tenant_id == tenant_id, jobs.c.job_id == job_id)
        )
        with transaction(self._engine) as connection:
            row = connection.execute(statement).mappings().first()
        if row is None:
            raise JobNotFoundError
        if row[results.c.encoded] is None:
            raise _missing_result(row)
        return _read_result(row)


def _find_replay(
    connection: Connection, new: NewJob, idempotency: IdempotencyKey | None
) -> Submitted | None:
    """Return what an earlier request under this key has brought; take the key if none has."""
    if idempotency is None:
        return None
    earlier = _take_key(connection, new, idempotency)
    if earlier is None:
        return None
    return Submitted(job=_find_job(connection, new.tenant_id, earlier), is_replay=True)


def _take_key(connection: Connection, new: NewJob, idempotency: IdempotencyKey) -> JobId | None:
    """Take the key for this job; return the job that has it already, if one does."""
    taken = connection.execute(
        upsert(idempotency_keys)
        .values(
            tenant_id=new.tenant_id,
            key=idempotency.key,
            fingerprint=idempotency.fingerprint,
            job_id=new.job_id,
        )
        .on_conflict_do_nothing()
        .returning(idempotency_keys.c.job_id)
    )
    if taken.first() is not None:
        return None
    return _find_named(connection, new.tenant_id, idempotency)


def _find_named(
    connection: Connection, tenant_id: TenantId, idempotency: IdempotencyKey
) -> JobId | None:
    earlier = connection.execute(
        select(idempotency_keys.c.fingerprint, idempotency_keys.c.job_id).where(
            idempotency_keys.c.tenant_id == tenant_id,
            idempotency_keys.c.key == idempotency.key,
        )
    ).first()
    if earlier is None:
        return None
    if earlier.fingerprint != idempotency.fingerprint:
        raise IdempotencyMismatchError
    return earlier.job_id


def _find_job(connection: Connection, tenant_id: TenantId, job_id: JobId) -> JobRecord:
    statement = select(jobs).where(jobs.c.tenant_id == tenant_id, jobs.c.job_id == job_id)
    row = connection.execute(statement).first()
    if row is None:
        raise JobNotFoundError
    return read_job(row)


def _lock(connection: Connection, tenant_id: TenantId, job_id: JobId) -> LockedJob:
    job = LockedJob.find(connection, jobs.c.tenant_id == tenant_id, jobs.c.job_id == job_id)
    if job is None:
        raise JobNotFoundError
    return job


def _find_next(last: JobRecord) -> str:
    return render_cursor(Cursor(created_at=last.created_at, job_id=last.job_id))


def _missing_result(row: RowMapping) -> JobNotFinishedError | ResultUnavailableError:
    status = JobStatus(row[jobs.c.status])
    if not status.is_terminal:
        return JobNotFinishedError(f"the job is {status}")
    if status is JobStatus.SUCCEEDED and row[jobs.c.purged_at] is not None:
        return ResultUnavailableError("the result was deleted when its retention ended")
    return ResultUnavailableError(f"the job {status} and has no result")


def _read_result(row: RowMapping) -> ResultRecord:
    encoded: bytes = row[results.c.encoded]
    return ResultRecord(
        job_id=row[results.c.job_id],
        outcome=SolveOutcome(row[results.c.outcome]),
        stop_reason=StopReason(row[results.c.stop_reason]),
        body=json.loads(encoded),
        encoded=encoded,
        digest=row[results.c.digest],
        created_at=row[results.c.created_at],
    )
