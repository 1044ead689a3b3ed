"""Hold an answer back until a job has changed: the caller waits, no thread does."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from api.dependencies import Dependencies
from db.records import JobKey, JobRecord
from engine.domain.errors import DependencyUnavailableError

LOOK_AGAIN_S = 0.5

_log = structlog.stdlib.get_logger(__name__)


def wait_for_job(
    dependencies: Dependencies,
    job: JobRecord,
    *,
    is_enough: Callable[[JobRecord], bool],
    timeout_s: float,
) -> JobRecord:
    """Return the job once it is enough, or as it was last seen when the time is up.

    While Postgres is away the wait goes on: what the caller asked for has been done, and an error
    would hide that.

    Args:
        dependencies: The stores, the hub and the clock.
        job: As it was read a moment ago.
        is_enough: Whether this is what the caller waits for.
        timeout_s: Longest wait, cut to the server's own limit.
    """
    end_s = dependencies.now_s() + min(timeout_s, dependencies.settings.max_wait_s)
    key = JobKey(tenant_id=job.tenant_id, job_id=job.job_id)
    with dependencies.hub.subscribe(key, job.last_seq) as subscription:
        is_seen = True
        while not is_enough(job):
            left_s = end_s - dependencies.now_s()
            if left_s <= 0 or dependencies.hub.is_stopping:
                break
            # After a failed look nobody may wake us for what was missed.
            subscription.wait(left_s if is_seen else min(left_s, LOOK_AGAIN_S))
            # The events are not of use here, only that there are some.
            subscription.take()
            found = _look_again(dependencies, job)
            job, is_seen = found or job, found is not None
    return job


def is_finished(job: JobRecord) -> bool:
    """Whether nothing can follow."""
    return job.status.is_terminal


def _look_again(dependencies: Dependencies, job: JobRecord) -> JobRecord | None:
    try:
        return dependencies.jobs.get(job.tenant_id, job.job_id)
    except DependencyUnavailableError as error:
        _log.warning("wait_disturbed", job_id=job.job_id, code=error.code)
        return None
