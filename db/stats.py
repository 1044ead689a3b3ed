"""How the queue stands, for metrics and for whoever runs the installation."""

from __future__ import annotations

from sqlalchemy import Engine, func, select

from db.engine import transaction
from db.lapse import IS_QUEUED, IS_RUNNING, is_lost
from db.models import jobs
from db.records import QueueStats
from engine.domain.job_status import TERMINAL_STATUSES, JobStatus


def read_stats(engine: Engine) -> QueueStats:
    """Count the jobs of all tenants.

    Raises:
        DependencyUnavailableError: When Postgres cannot be reached.
    """
    age_s = func.extract("epoch", func.now() - func.min(jobs.c.created_at))
    queued = (
        select(jobs.c.queue, func.count().label("depth"), age_s.label("age_s"))
        .where(IS_QUEUED)
        .group_by(jobs.c.queue)
    )
    running = select(
        func.count().label("n_running"), func.count().filter(is_lost()).label("n_expired")
    ).where(IS_RUNNING)
    finished = (
        select(jobs.c.status, func.count().label("n_jobs"))
        .where(jobs.c.finished_at.is_not(None))
        .group_by(jobs.c.status)
    )
    with transaction(engine) as connection:
        waiting = connection.execute(queued).all()
        running_row = connection.execute(running).one()
        ended = {JobStatus(row.status): row.n_jobs for row in connection.execute(finished)}
    return QueueStats(
        depth={row.queue: row.depth for row in waiting},
        oldest_age_s={row.queue: float(row.age_s) for row in waiting},
        n_running=running_row.n_running,
        n_expired_leases=running_row.n_expired,
        finished={
            status: ended.get(status, 0) for status in JobStatus if status in TERMINAL_STATUSES
        },
    )
