"""What the reaper moves on, and what it must leave alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func

from engine.domain.event import EventType
from engine.domain.job_status import JobStatus
from tests.integration.db.builders import (
    append,
    check_job,
    claim,
    expire_lease,
    new_job,
    note,
    set_columns,
)

PAST = func.now() - timedelta(seconds=1)


def reap_one(stores, job):
    return next((reaped for reaped in stores.leases.reap() if reaped.job_id == job.job_id), None)


def test_a_lost_job_is_queued_again(stores, job, claimed):
    append(stores, claimed.lease, note())
    expire_lease(stores, job.job_id)
    reaped = reap_one(stores, job)

    assert (reaped.status, reaped.reason) == (JobStatus.QUEUED, "worker-lost")
    assert (reaped.tenant_id, reaped.queue) == (job.tenant_id, job.queue)
    [event] = reaped.events
    assert event.type is EventType.JOB_REQUEUED
    assert event.data == {"reason": "worker-lost", "counts_as_attempt": True}
    assert stores.jobs.get(job.tenant_id, job.job_id).attempts == 1
    check_job(stores, job)


def test_a_held_lease_is_left_alone(stores, job, claimed):
    assert reap_one(stores, job) is None


def test_a_renewed_lease_is_left_alone(stores, job, claimed):
    expire_lease(stores, job.job_id)
    stores.leases.renew([claimed.lease], lease_s=30)

    assert reap_one(stores, job) is None


def test_after_a_restart_of_postgres_holders_get_a_whole_lease(stores, job, claimed, queue):
    # Postgres has been up for less than this lease lasts, as just after its restart.
    set_columns(stores, job.job_id, lease_until=PAST, lease_ttl=timedelta(days=365))

    assert reap_one(stores, job) is None
    assert claim(stores, queue, hint=job.job_id) is None
    assert stores.leases.renew([claimed.lease], lease_s=30)[job.job_id].is_held


def test_the_last_attempt_fails_the_job(stores, tenant, queue):
    job = stores.jobs.submit(new_job(tenant, queue, max_attempts=2)).job
    for _ in range(2):
        claim(stores, queue)
        expire_lease(stores, job.job_id)
        reaped = reap_one(stores, job)

    assert (reaped.status, reaped.reason) == (JobStatus.FAILED, "worker-lost")
    failed = stores.jobs.get(tenant, job.job_id)
    assert failed.error["code"] == "worker-lost"
    assert failed.error["attempt"] == 2
    view = check_job(stores, job)
    assert view.ending == {"error": failed.error}


def test_a_lost_job_asked_to_stop_is_cancelled(stores, job, claimed):
    stores.jobs.request_cancel(job.tenant_id, job.job_id)
    expire_lease(stores, job.job_id)

    assert reap_one(stores, job).status is JobStatus.CANCELLED
    check_job(stores, job)


@pytest.mark.parametrize(
    ("column", "reason"),
    [("deadline_at", "deadline"), ("start_by", "start-by")],
    ids=["deadline", "start-by"],
)
def test_a_job_that_waited_too_long_expires(stores, job, column, reason):
    set_columns(stores, job.job_id, **{column: PAST})
    reaped = reap_one(stores, job)

    assert (reaped.status, reaped.reason) == (JobStatus.EXPIRED, reason)
    check_job(stores, job)


def test_a_started_job_is_past_start_by(stores, job, claimed):
    stores.leases.release(claimed.lease, "drain")
    set_columns(stores, job.job_id, start_by=PAST)

    assert reap_one(stores, job) is None


def test_reaping_keeps_to_its_limit(stores, tenant, queue):
    for _ in range(3):
        lost = stores.jobs.submit(new_job(tenant, queue)).job
        set_columns(stores, lost.job_id, deadline_at=PAST)

    assert len(stores.leases.reap(limit=2)) == 2
    assert len(stores.leases.reap(limit=2)) == 1


def test_a_row_that_somebody_writes_is_passed_over(stores, job, claimed):
    expire_lease(stores, job.job_id)
    with stores.engine.begin() as connection:
        connection.exec_driver_sql(
            "SELECT 1 FROM jobs WHERE job_id = %s FOR UPDATE", (job.job_id,)
        )
        assert reap_one(stores, job) is None
    assert reap_one(stores, job).status is JobStatus.QUEUED
