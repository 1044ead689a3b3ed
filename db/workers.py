"""Which worker processes there are: a sign of life, never a ground for a decision about a job."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Engine, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from db.engine import transaction
from db.models import workers
from db.records import WorkerRecord


class WorkerStore:
    """The installation's workers; they serve every tenant."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def beat(self, name: str, capacity: int, busy: int) -> None:
        """Show that a worker lives, with how many searches it can drive and does.

        Raises:
            DependencyUnavailableError: When Postgres cannot be reached.
        """
        content = {"capacity": capacity, "busy": busy, "seen_at": func.now()}
        statement = insert(workers).values(name=name, **content)
        with transaction(self._engine) as connection:
            connection.execute(
                statement.on_conflict_do_update(index_elements=["name"], set_=content)
            )

    def list_live(self, max_age_s: float) -> list[WorkerRecord]:
        """Return the workers seen within so many seconds, by name.

        Raises:
            DependencyUnavailableError: When Postgres cannot be reached.
        """
        age = func.now() - workers.c.seen_at
        statement = (
            select(workers, age.label("age"))
            .where(age <= timedelta(seconds=max_age_s))
            .order_by(workers.c.name)
        )
        with transaction(self._engine) as connection:
            rows = connection.execute(statement).all()
        return [
            WorkerRecord(
                name=row.name,
                seen_at=row.seen_at,
                age_s=row.age.total_seconds(),
                capacity=row.capacity,
                busy=row.busy,
            )
            for row in rows
        ]

    def forget(self, name: str) -> None:
        """Take a worker off the list, when it ends as it should.

        Raises:
            DependencyUnavailableError: When Postgres cannot be reached.
        """
        with transaction(self._engine) as connection:
            connection.execute(delete(workers).where(workers.c.name == name))
