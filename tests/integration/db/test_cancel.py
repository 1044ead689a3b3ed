"""Asking jobs to stop, in each of their states."""

from __future__ import annotations

import pytest

from engine.domain.errors import JobNotFoundError
from engine.domain.event import EventType
from engine.domain.ids import JobId
from engine.domain.job_status import JobStatus
from engine.domain.standing import StopReason
from tests.integration.db.builders import check_job, claim, failure, finish, success


def types_of(stores, job):
    return [event.type for event in stores.events.list_events(job.tenant_id, job.job_id)]


def test_a_queued_job_is_cancelled_at_once(stores, job):
    cancelled = stores.jobs.request_cancel(job.tenant_id, job.job_id)

    assert cancelled.status is JobStatus.CANCELLED
    assert cancelled.stop_reason is StopReason.CANCELLED
    assert cancelled.is_cancel_requested
    assert cancelled.finished_at is not None
    assert cancelled.version > job.version
    assert types_of(stores, job) == [EventType.JOB_SUBMITTED, EventType.JOB_CANCELLED]
    check_job(stores, job)


def test_a_running_job_is_asked_once(stores, job, claimed):
    asked = stores.jobs.request_cancel(job.tenant_id, job.job_id)
    again = stores.jobs.request_cancel(job.tenant_id, job.job_id)

    assert asked.status is JobStatus.RUNNING
    assert asked.is_cancel_requested
    assert again == asked
    assert types_of(stores, job).count(EventType.JOB_CANCEL_REQUESTED) == 1
    check_job(stores, job)


@pytest.mark.parametrize("ending", [success(), failure()], ids=["succeeded", "failed"])
def test_an_ended_job_stays_as_it_is(stores, job, claimed, ending):
    ended, _ = finish(stores, claimed.lease, ending)

    assert stores.jobs.request_cancel(job.tenant_id, job.job_id) == ended
    check_job(stores, job)


def test_a_cancelled_job_is_not_claimed(stores, job, queue):
    stores.jobs.request_cancel(job.tenant_id, job.job_id)

    assert claim(stores, queue, hint=job.job_id) is None


def test_cancelling_an_unknown_job_is_not_found(stores, tenant):
    with pytest.raises(JobNotFoundError):
        stores.jobs.request_cancel(tenant, JobId("unknown"))


def test_renewal_tells_of_the_request(stores, job, claimed):
    stores.jobs.request_cancel(job.tenant_id, job.job_id)

    reply = stores.leases.renew([claimed.lease], lease_s=30)[job.job_id]
    assert (reply.is_held, reply.is_cancel_requested, reply.last_seq) == (True, True, 3)


def test_giving_back_a_job_asked_to_stop_ends_it(stores, job, claimed, queue):
    stores.jobs.request_cancel(job.tenant_id, job.job_id)
    stores.leases.release(claimed.lease, "drain")

    assert stores.jobs.get(job.tenant_id, job.job_id).status is JobStatus.CANCELLED
    assert claim(stores, queue) is None
    check_job(stores, job)
