"""A job's log and the bodies beside it, for reading."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Engine, select

from db.engine import transaction
from db.models import bodies, events, jobs
from engine.domain.errors import JobNotFoundError
from engine.domain.event import Event, decode_event
from engine.domain.ids import JobId, TenantId


class EventStore:
    """The logs of all tenants' jobs; each method sees those of one."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def list_events(
        self, tenant_id: TenantId, job_id: JobId, *, after: int = 0, limit: int = 500
    ) -> list[Event]:
        """Return the events after a number, in order.

        Raises:
            JobNotFoundError: When the tenant has no such job.
            DependencyUnavailableError: When Postgres cannot be reached.
        """
        statement = (
            select(events.c.encoded)
            .where(
                events.c.tenant_id == tenant_id, events.c.job_id == job_id, events.c.seq > after
            )
            .order_by(events.c.seq)
            .limit(limit)
        )
        with transaction(self._engine) as connection:
            found = connection.execute(statement).scalars().all()
            if not found:
                _check_job(connection, tenant_id, job_id)
        return [decode_event(encoded) for encoded in found]

    def find_bodies(
        self, tenant_id: TenantId, job_id: JobId, digests: Sequence[str]
    ) -> dict[str, bytes]:
        """Return the bodies of these digests by digest, those that are there.

        Raises:
            DependencyUnavailableError: When Postgres cannot be reached.
        """
        statement = select(bodies.c.digest, bodies.c.body).where(
            bodies.c.tenant_id == tenant_id,
            bodies.c.job_id == job_id,
            bodies.c.digest.in_(digests),
        )
        with transaction(self._engine) as connection:
            return {row.digest: row.body for row in connection.execute(statement)}

    def find_body(self, tenant_id: TenantId, job_id: JobId, digest: str) -> bytes | None:
        """Return the body of this digest; ``None`` where there is none, or no longer.

        Raises:
            JobNotFoundError: When the tenant has no such job.
            DependencyUnavailableError: When Postgres cannot be reached.
        """
        statement = select(bodies.c.body).where(
            bodies.c.tenant_id == tenant_id,
            bodies.c.job_id == job_id,
            bodies.c.digest == digest,
        )
        with transaction(self._engine) as connection:
            body: bytes | None = connection.execute(statement).scalar_one_or_none()
            if body is None:
                _check_job(connection, tenant_id, job_id)
        return body


def _check_job(connection: Connection, tenant_id: TenantId, job_id: JobId) -> None:
    statement = select(jobs.c.job_id).where(jobs.c.tenant_id == tenant_id, jobs.c.job_id == job_id)
    if connection.execute(statement).first() is None:
        raise JobNotFoundError
