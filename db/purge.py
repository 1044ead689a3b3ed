"""The end of retention: texts go, events stay, so that the chain and the counts still verify.

The problem, the prompts, the outputs and the programs are bodies, of which events hold digests
only. What stays in words is what the events say themselves: the answer of each sample, in its own
field and in its label, the output of each tool run, and messages of errors, which may quote the
statement of a program that is at fault.
"""

from __future__ import annotations

from sqlalchemy import Connection, Engine, delete, func, select, update

from db.engine import transaction
from db.models import bodies, idempotency_keys, jobs, results
from engine.domain.ids import JobId
from engine.domain.job_status import TERMINAL_STATUSES


class PurgeStore:
    """Deletes what the jobs of all tenants no longer need to keep."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def purge_expired(self, limit: int = 100) -> list[JobId]:
        """Delete the bodies, result, problem, answer, labels and idempotency keys of ended jobs.

        Only of jobs past ``retain_until``, each in a transaction of its own. Events stay, with the
        answers of the samples and the digests of the bodies that they named.

        Returns:
            The jobs purged, at most ``limit``.

        Raises:
            DependencyUnavailableError: When Postgres cannot be reached.
        """
        purged: list[JobId] = []
        while len(purged) < limit:
            with transaction(self._engine) as connection:
                job_id = _purge_next(connection)
            if job_id is None:
                break
            purged.append(job_id)
        return purged


def _purge_next(connection: Connection) -> JobId | None:
    due = (
        select(jobs.c.job_id)
        .where(
            jobs.c.purged_at.is_(None),
            jobs.c.retain_until <= func.now(),
            jobs.c.status.in_(TERMINAL_STATUSES),
        )
        .order_by(jobs.c.retain_until)
        .limit(1)
        .with_for_update(key_share=True, skip_locked=True)
    )
    job_id: JobId | None = connection.execute(due).scalar_one_or_none()
    if job_id is None:
        return None
    for table in (bodies, results, idempotency_keys):
        connection.execute(delete(table).where(table.c.job_id == job_id))
    connection.execute(
        update(jobs)
        .where(jobs.c.job_id == job_id)
        .values(
            problem_text="",
            answer_text=None,
            metadata={},
            purged_at=func.now(),
            version=jobs.c.version + 1,
        )
    )
    return job_id
