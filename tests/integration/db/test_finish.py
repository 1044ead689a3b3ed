"""Ending jobs, and giving them back."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import insert, select

from db.models import attempts
from db.models import events as events_table
from db.records import Ending
from engine.domain.canonical import digest
from engine.domain.errors import JobNotFinishedError, JobNotFoundError, ResultUnavailableError
from engine.domain.event import EventType
from engine.domain.ids import JobId
from engine.domain.job_status import JobStatus
from engine.domain.standing import SolveOutcome, StopReason
from tests.integration.db.builders import (
    append,
    check_job,
    claim,
    failure,
    finish,
    note,
    set_columns,
    success,
)


def test_a_success_leaves_one_result_with_its_certificate(stores, job, claimed):
    append(stores, claimed.lease, note())
    record, events = finish(stores, claimed.lease, after_seq=3)
    result = stores.jobs.get_result(job.tenant_id, job.job_id)

    assert (record.status, record.outcome) == (JobStatus.SUCCEEDED, SolveOutcome.UNVERIFIED)
    assert (record.answer_text, record.confidence) == ("2", None)
    decided, succeeded = events
    assert (decided.type, succeeded.type) == (
        EventType.SEARCH_DECIDED,
        EventType.JOB_SUCCEEDED,
    )
    assert result.body["certificate"] == {
        "job_id": job.job_id,
        "epoch": 1,
        "attempts": 1,
        "head": decided.hash,
        "model_fingerprint": "abc123abc123",
    }
    assert result.body["answer"] == success().result_body["answer"]
    assert json.loads(result.encoded) == result.body
    assert result.digest == digest(result.encoded) == succeeded.data["digest"]
    assert result.stop_reason is StopReason.SOLVED
    check_job(stores, job)


def test_a_failure_tells_why_and_has_no_result(stores, job, claimed):
    record, [event] = finish(stores, claimed.lease, failure("pin-mismatch"), after_seq=2)

    assert record.status is JobStatus.FAILED
    assert record.error == {"code": "pin-mismatch", "detail": "it broke"}
    assert event.data == {"error": record.error}
    with pytest.raises(ResultUnavailableError, match="failed"):
        stores.jobs.get_result(job.tenant_id, job.job_id)
    check_job(stores, job)


@pytest.mark.parametrize("encoded", [b"{}", b'{"v":99}'], ids=["no-event", "of-a-later-release"])
def test_a_log_that_cannot_be_read_ends_all_the_same(stores, job, claimed, encoded):
    row = {"job_id": job.job_id, "seq": 3, "tenant_id": job.tenant_id, "type": "x", "hash": "x"}
    with stores.engine.begin() as connection:
        connection.execute(insert(events_table).values(**row, encoded=encoded))
    set_columns(stores, job.job_id, last_seq=3)

    record, events = finish(stores, claimed.lease, failure("corrupt-log"))
    assert (record.status, record.error["code"]) == (JobStatus.FAILED, "corrupt-log")
    assert events == []


@pytest.mark.parametrize(
    ("status", "stop_reason"),
    [
        (JobStatus.CANCELLED, StopReason.CANCELLED),
        (JobStatus.EXPIRED, StopReason.DEADLINE),
    ],
    ids=["cancelled", "expired"],
)
def test_other_ends_have_a_reason_and_no_result(stores, job, claimed, status, stop_reason):
    ending = Ending(status=status, stop_reason=stop_reason)
    record, [event] = finish(stores, claimed.lease, ending, after_seq=2)

    assert (record.status, record.stop_reason) == (status, stop_reason)
    assert event.data == {"reason": stop_reason.value}
    with pytest.raises(ResultUnavailableError):
        stores.jobs.get_result(job.tenant_id, job.job_id)
    check_job(stores, job)


def test_a_result_is_not_there_before_the_end(stores, job, tenant, claimed):
    with pytest.raises(JobNotFinishedError):
        stores.jobs.get_result(tenant, job.job_id)
    with pytest.raises(JobNotFoundError):
        stores.jobs.get_result(tenant, JobId("unknown"))


def test_a_job_without_an_answer_succeeds_with_none(stores, job, claimed):
    ending = success(
        outcome=SolveOutcome.NO_ANSWER,
        stop_reason=StopReason.BUDGET,
        result_body={"answer": None, "confidence": None},
    )
    record, _ = finish(stores, claimed.lease, ending)

    assert record.answer_text is None
    assert check_job(stores, job).ending["outcome"] == "no_answer"


def test_a_released_job_goes_on_elsewhere_and_does_not_count(stores, job, claimed, queue):
    stores.outbox.mark_published([job.job_id])
    [event] = stores.leases.release(claimed.lease, "drain")
    waiting = stores.jobs.get(job.tenant_id, job.job_id)
    again = claim(stores, queue)

    assert event.type is EventType.JOB_REQUEUED
    assert event.data == {"reason": "drain", "counts_as_attempt": False}
    assert (waiting.status, waiting.attempts) == (JobStatus.QUEUED, 0)
    assert (again.lease.epoch, again.lease.attempt, again.job.attempts) == (2, 2, 1)
    with stores.engine.connect() as connection:
        ends = connection.execute(
            select(attempts.c.end_reason)
            .where(attempts.c.job_id == job.job_id)
            .order_by(attempts.c.attempt)
        ).scalars()
        assert list(ends) == ["drain", None]
    check_job(stores, job)


def test_a_released_job_needs_a_new_hint(stores, job, claimed):
    stores.outbox.mark_published([job.job_id])
    stores.leases.release(claimed.lease, "drain")

    unpublished = stores.outbox.list_unpublished(1000, republish_s=3600)
    assert job.job_id in {waiting.job_id for waiting in unpublished}
