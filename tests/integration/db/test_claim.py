"""Who gets a job."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text, update

from db.models import attempts, jobs
from engine.domain.event import EventType
from engine.domain.job_status import JobStatus
from ops.process import wait_until
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


def test_a_claim_makes_the_job_running(stores, job, queue):
    got = claim(stores, queue, owner="w1")

    assert got.job == stores.jobs.get(job.tenant_id, job.job_id)
    assert got.job.status is JobStatus.RUNNING
    assert (got.lease.epoch, got.lease.attempt, got.job.attempts) == (1, 1, 1)
    assert got.job.started_at is not None
    assert [event.type for event in got.events] == [EventType.JOB_CLAIMED]
    assert got.events[0].data == {"owner": "w1"}
    check_job(stores, job)


def test_a_held_job_is_not_claimed_again(stores, claimed, queue):
    assert claim(stores, queue, hint=claimed.job.job_id) is None


def test_higher_priority_goes_first_then_age(stores, tenant, queue):
    made = [
        stores.jobs.submit(new_job(tenant, queue, priority=priority)).job.job_id
        for priority in (0, 0, 5)
    ]

    got = [claim(stores, queue).job.job_id for _ in made]
    assert got == [made[2], made[0], made[1]]


def test_a_hint_waits_for_the_row_that_is_being_marked(stores, job, queue, engine):
    """Else a worker quicker than the note that its hint is out would pass the job over."""
    with ThreadPoolExecutor(1) as pool, engine.begin() as connection:
        connection.execute(_mark(job.job_id))
        claiming = pool.submit(claim, stores, queue, hint=job.job_id)
        _await_lock_waiter(engine)
        connection.commit()
        assert claiming.result().job.job_id == job.job_id


def test_a_hint_does_not_wait_for_ever(stores, tenant, job, queue, engine):
    other = stores.jobs.submit(new_job(tenant, queue)).job
    with engine.begin() as connection:
        connection.execute(_mark(job.job_id))

        assert claim(stores, queue, hint=job.job_id).job.job_id == other.job_id


def _mark(job_id):
    return update(jobs).where(jobs.c.job_id == job_id).values(published_at=func.now())


def _await_lock_waiter(engine):
    waiting = text("select count(*) from pg_locks where not granted")
    assert wait_until(lambda: _count(engine, waiting) > 0, timeout_s=10)


def _count(engine, statement):
    with engine.connect() as connection:
        return connection.execute(statement).scalar()


def test_a_hint_goes_before_priority(stores, tenant, queue):
    hinted = stores.jobs.submit(new_job(tenant, queue)).job
    stores.jobs.submit(new_job(tenant, queue, priority=9))

    assert claim(stores, queue, hint=hinted.job_id).job.job_id == hinted.job_id


def test_a_stale_hint_brings_the_best_job_instead(stores, tenant, queue, claimed):
    waiting = stores.jobs.submit(new_job(tenant, queue)).job

    assert claim(stores, queue, hint=claimed.job.job_id).job.job_id == waiting.job_id


def test_other_queues_are_left_alone(stores, job):
    assert claim(stores, uuid.uuid4().hex) is None


def test_a_job_held_back_is_not_claimed(stores, job, queue, claimed):
    stores.leases.release(claimed.lease, "model-unavailable", delay_s=60)
    assert claim(stores, queue, hint=job.job_id) is None

    set_columns(stores, job.job_id, not_before=PAST)
    assert claim(stores, queue).job.job_id == job.job_id


def test_many_claimers_share_the_jobs_without_a_double(stores, tenant, queue):
    made = {stores.jobs.submit(new_job(tenant, queue)).job.job_id for _ in range(20)}

    def work(name):
        got = []
        while (taken := claim(stores, queue, owner=name)) is not None:
            got.append(taken.job.job_id)
        return got

    with ThreadPoolExecutor(8) as threads:
        shares = list(threads.map(work, [f"w{i}" for i in range(8)]))
    got = [job_id for share in shares for job_id in share]
    assert len(got) == 20
    assert set(got) == made


def test_one_of_many_gets_the_hinted_job(stores, job, queue):
    with ThreadPoolExecutor(8) as threads:
        got = list(
            threads.map(lambda i: claim(stores, queue, owner=f"w{i}", hint=job.job_id), range(8))
        )

    assert sum(taken is not None for taken in got) == 1


def test_a_lost_job_is_claimed_under_the_next_epoch(stores, job, queue, claimed):
    append(stores, claimed.lease, note())
    expire_lease(stores, job.job_id)
    heir = claim(stores, queue, owner="heir")

    assert (heir.lease.epoch, heir.job.attempts) == (2, 2)
    assert [event.type for event in heir.events] == [
        EventType.JOB_REQUEUED,
        EventType.JOB_CLAIMED,
    ]
    assert [event.epoch for event in heir.events] == [1, 2]
    with stores.engine.connect() as connection:
        rows = connection.execute(
            select(attempts.c.attempt, attempts.c.owner, attempts.c.end_reason)
            .where(attempts.c.job_id == job.job_id)
            .order_by(attempts.c.attempt)
        ).all()
    assert rows == [(1, "worker", "worker-lost"), (2, "heir", None)]
    check_job(stores, job)


@pytest.mark.parametrize(
    ("column", "reason"),
    [("deadline_at", "deadline"), ("start_by", "start-by")],
    ids=["deadline", "start-by"],
)
def test_a_job_that_waited_too_long_expires_instead(stores, job, queue, column, reason):
    set_columns(stores, job.job_id, **{column: PAST})

    assert claim(stores, queue, hint=job.job_id) is None
    view = check_job(stores, job)
    assert view.status is JobStatus.EXPIRED
    assert view.ending == {"reason": reason}


def test_start_by_is_kept_once_the_job_has_started(stores, job, queue, claimed):
    stores.leases.release(claimed.lease, "drain")
    set_columns(stores, job.job_id, start_by=PAST)

    assert claim(stores, queue).job.job_id == job.job_id


def test_an_overdue_job_does_not_hide_the_next(stores, tenant, queue, job):
    set_columns(stores, job.job_id, deadline_at=PAST)
    waiting = stores.jobs.submit(new_job(tenant, queue)).job

    assert claim(stores, queue, hint=job.job_id).job.job_id == waiting.job_id


def test_a_lost_job_asked_to_stop_is_cancelled_instead(stores, job, queue, claimed):
    stores.jobs.request_cancel(job.tenant_id, job.job_id)
    expire_lease(stores, job.job_id)

    assert claim(stores, queue) is None
    assert check_job(stores, job).status is JobStatus.CANCELLED


def test_a_lost_job_without_attempts_left_fails_instead(stores, tenant, queue):
    job = stores.jobs.submit(new_job(tenant, queue, max_attempts=1)).job
    claim(stores, queue)
    expire_lease(stores, job.job_id)

    assert claim(stores, queue) is None
    failed = stores.jobs.get(tenant, job.job_id)
    assert failed.status is JobStatus.FAILED
    assert failed.error["code"] == "worker-lost"
    check_job(stores, job)
