"""Which queued jobs still need a wake-up hint: the queue of record is Postgres, not the broker.

The reconciler asks once a second, and idle workers look for themselves, so a lost hint costs a job
a second and no more. Postgres could tell by NOTIFY, but each commit that notifies takes a lock of
the whole database: submissions would wait for one another to save what a hint through Redis saves.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import timedelta

from sqlalchemy import Engine, func, or_, select, update

from db.advisory_lock import AdvisoryLocks
from db.engine import transaction
from db.lapse import IS_QUEUED
from db.models import jobs
from db.records import Unpublished
from engine.domain.ids import JobId


class Outbox:
    """The queued jobs of all tenants, as the reconciler sees them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._locks = AdvisoryLocks(engine)

    def list_unpublished(self, limit: int, republish_s: float) -> list[Unpublished]:
        """Return claimable jobs without a hint, or with one older than ``republish_s``.

        The best come first: by priority, then age.

        Raises:
            DependencyUnavailableError: When Postgres cannot be reached.
        """
        statement = (
            select(jobs.c.job_id, jobs.c.queue)
            .where(
                IS_QUEUED,
                jobs.c.not_before <= func.now(),
                or_(
                    jobs.c.published_at.is_(None),
                    jobs.c.published_at < func.now() - timedelta(seconds=republish_s),
                ),
            )
            .order_by(jobs.c.priority.desc(), jobs.c.created_at, jobs.c.job_id)
            .limit(limit)
        )
        with transaction(self._engine) as connection:
            rows = connection.execute(statement).all()
        return [Unpublished(job_id=row.job_id, queue=row.queue) for row in rows]

    def mark_published(self, job_ids: Sequence[JobId]) -> None:
        """Note that hints were sent just now; jobs no longer queued stay as they are.

        Raises:
            DependencyUnavailableError: When Postgres cannot be reached.
        """
        if not job_ids:
            return
        statement = (
            update(jobs)
            .where(jobs.c.job_id.in_(job_ids), IS_QUEUED)
            .values(published_at=func.now())
        )
        with transaction(self._engine) as connection:
            connection.execute(statement)

    def forget_published(self) -> int:
        """Note that every hint was lost, and return how many queued jobs that concerns.

        Raises:
            DependencyUnavailableError: When Postgres cannot be reached.
        """
        statement = (
            update(jobs)
            .where(IS_QUEUED, jobs.c.published_at.is_not(None))
            .values(published_at=None)
        )
        with transaction(self._engine) as connection:
            return connection.execute(statement).rowcount

    def try_lead(self, name: str) -> AbstractContextManager[bool]:
        """Return a context that tells whether this caller leads a duty while it lasts.

        Raises:
            DependencyUnavailableError: On entering, when Postgres cannot be reached.
        """
        return self._locks.try_hold(name)
