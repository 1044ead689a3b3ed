"""Asking jobs for their best answer so far, in each of their states."""

from __future__ import annotations

import pytest

from engine.domain.errors import JobNotFoundError
from engine.domain.event import EventType
from engine.domain.ids import JobId
from engine.domain.job_status import JobStatus
from engine.domain.standing import SolveOutcome, StopReason
from tests.integration.db.builders import (
    check_job,
    claim,
    expire_lease,
    failure,
    finish,
    success,
)


def types_of(stores, job):
    return [event.type for event in stores.events.list_events(job.tenant_id, job.job_id)]


def test_a_job_that_never_ran_ends_without_an_answer(stores, job):
    ended = stores.jobs.request_finish(job.tenant_id, job.job_id)

    assert (ended.status, ended.outcome) == (JobStatus.SUCCEEDED, SolveOutcome.NO_ANSWER)
    assert ended.stop_reason is StopReason.HARVESTED
    assert ended.is_finish_requested
    assert types_of(stores, job) == [
        EventType.JOB_SUBMITTED,
        EventType.JOB_FINISH_REQUESTED,
        EventType.JOB_SUCCEEDED,
    ]
    result = stores.jobs.get_result(job.tenant_id, job.job_id)
    assert (result.body["answer"], result.body["standing"]["n_ended"]) == (None, 0)
    assert result.body["model"]["fingerprint"] == result.body["certificate"]["model_fingerprint"]
    check_job(stores, job)


def test_a_running_job_is_asked_once(stores, job, claimed):
    asked = stores.jobs.request_finish(job.tenant_id, job.job_id)
    again = stores.jobs.request_finish(job.tenant_id, job.job_id)

    assert (asked.status, asked.is_finish_requested) == (JobStatus.RUNNING, True)
    assert again == asked
    assert types_of(stores, job).count(EventType.JOB_FINISH_REQUESTED) == 1
    assert check_job(stores, job).is_finish_requested


def test_renewal_tells_of_the_request(stores, job, claimed):
    stores.jobs.request_finish(job.tenant_id, job.job_id)

    reply = stores.leases.renew([claimed.lease], lease_s=30)[job.job_id]
    assert (reply.is_finish_requested, reply.is_cancel_requested) == (True, False)


def test_a_job_back_in_the_queue_is_left_to_the_next_worker(stores, job, claimed, queue):
    stores.leases.release(claimed.lease, "model-unavailable", delay_s=3600)
    asked = stores.jobs.request_finish(job.tenant_id, job.job_id)

    assert asked.status is JobStatus.QUEUED
    again = claim(stores, queue)
    assert (again.job.job_id, again.job.is_finish_requested) == (job.job_id, True)
    check_job(stores, job)


def test_a_lost_worker_leaves_the_request_to_the_next(stores, job, claimed, queue):
    stores.jobs.request_finish(job.tenant_id, job.job_id)
    expire_lease(stores, job.job_id)

    assert claim(stores, queue).job.is_finish_requested
    check_job(stores, job)


@pytest.mark.parametrize("ending", [success(), failure()], ids=["succeeded", "failed"])
def test_an_ended_job_stays_as_it_is(stores, job, claimed, ending):
    ended, _ = finish(stores, claimed.lease, ending)

    assert stores.jobs.request_finish(job.tenant_id, job.job_id) == ended


def test_a_job_that_is_being_cancelled_is_not_finished(stores, job, claimed):
    cancelled = stores.jobs.request_cancel(job.tenant_id, job.job_id)

    assert stores.jobs.request_finish(job.tenant_id, job.job_id) == cancelled


def test_finishing_an_unknown_job_is_not_found(stores, tenant):
    with pytest.raises(JobNotFoundError):
        stores.jobs.request_finish(tenant, JobId("unknown"))
