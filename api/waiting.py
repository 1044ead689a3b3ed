"""Hold an answer back until a job has changed: the caller waits, no thread does."""

from __future__ import annotations

from collections.abc import Callable

from api.dependencies import Dependencies
from db.records import JobKey, JobRecord


def wait_for_job(
    dependencies: Dependencies,
    job: JobRecord,
    *,
    is_enough: Callable[[JobRecord], bool],
    timeout_s: float,
) -> JobRecord:
    """Return the job once it is enough, or as it is when the time is up.

    Args:
        dependencies: The stores, the hub and the clock.
        job: As it was read a moment ago.
        is_enough: Whether this is what the caller waits for.
        timeout_s: Longest wait, cut to the server's own limit.
    """
    end_s = dependencies.now_s() + min(timeout_s, dependencies.settings.max_wait_s)
    key = JobKey(tenant_id=job.tenant_id, job_id=job.job_id)
    with dependencies.hub.subscribe(key, job.last_seq) as subscription:
        while not is_enough(job):
            left_s = end_s - dependencies.now_s()
            if left_s <= 0 or dependencies.hub.is_stopping:
                break
            subscription.wait(left_s)
            # The events are not of use here, only that there are some.
            subscription.take()
            job = dependencies.jobs.get(job.tenant_id, job.job_id)
    return job


def is_finished(job: JobRecord) -> bool:
    """Whether nothing can follow."""
    return job.status.is_terminal
