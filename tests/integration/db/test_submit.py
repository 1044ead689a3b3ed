"""Accepting jobs."""

from __future__ import annotations

import base64
import json
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError

from db.records import IdempotencyKey, JobKey
from engine.domain.errors import (
    IdempotencyMismatchError,
    InvalidInputError,
    JobNotFoundError,
)
from engine.domain.event import EventType
from engine.domain.ids import JobId
from engine.domain.job_status import JobStatus
from tests.integration.db.builders import check_job, new_job


def forge(created_at: str, job_id: str | int) -> str:
    text = json.dumps([created_at, job_id])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def key_of(fingerprint: str = "f") -> IdempotencyKey:
    return IdempotencyKey(key=uuid.uuid4().hex, fingerprint=fingerprint)


def test_an_accepted_job_is_queued_with_its_first_event(stores, tenant, queue):
    new = new_job(tenant, queue, metadata={"batch": "7"}, priority=3)
    job = stores.jobs.submit(new).job

    assert job == stores.jobs.get(tenant, new.job_id)
    assert (job.status, job.last_seq, job.version, job.attempts) == (JobStatus.QUEUED, 1, 1, 0)
    assert (job.metadata, job.priority, job.budget) == ({"batch": "7"}, 3, new.budget)
    [event] = stores.events.list_events(tenant, job.job_id)
    assert (event.seq, event.type, event.draft) == (1, EventType.JOB_SUBMITTED, new.first)
    check_job(stores, job)


def test_a_job_is_kept_for_its_days(stores, tenant, queue):
    job = stores.jobs.submit(new_job(tenant, queue, retention_days=3)).job

    assert (job.retain_until - job.created_at).days == 3


def test_a_job_id_is_taken_once(stores, tenant, queue):
    new = new_job(tenant, queue)
    stores.jobs.submit(new)

    with pytest.raises(IntegrityError):
        stores.jobs.submit(new)


def test_a_submission_notifies_nobody(stores, tenant, queue):
    statements: list[str] = []

    def keep(_connection, _cursor, statement, *_rest):
        statements.append(statement)

    event.listen(stores.engine, "before_cursor_execute", keep)
    stores.jobs.submit(new_job(tenant, queue))
    event.remove(stores.engine, "before_cursor_execute", keep)

    assert any("INSERT INTO jobs" in statement for statement in statements)
    assert not any("notify" in statement.lower() for statement in statements)


def test_the_same_key_brings_the_same_job(stores, tenant, queue):
    key = key_of()
    first = stores.jobs.submit(new_job(tenant, queue), key)
    again = stores.jobs.submit(new_job(tenant, queue), key)

    assert not first.is_replay
    assert again.is_replay
    assert again.job == first.job
    assert len(stores.jobs.list_page(tenant, limit=10).jobs) == 1


def test_the_job_of_a_key_is_found(stores, tenant, queue):
    key = key_of()
    assert stores.jobs.find_submitted(tenant, key) is None
    job = stores.jobs.submit(new_job(tenant, queue), key).job

    assert stores.jobs.find_submitted(tenant, key) == job
    with pytest.raises(IdempotencyMismatchError):
        stores.jobs.find_submitted(tenant, IdempotencyKey(key=key.key, fingerprint="two"))


def test_a_key_with_another_body_is_refused(stores, tenant, queue):
    key = key_of("one")
    stores.jobs.submit(new_job(tenant, queue), key)

    with pytest.raises(IdempotencyMismatchError):
        stores.jobs.submit(new_job(tenant, queue), IdempotencyKey(key=key.key, fingerprint="two"))
    assert len(stores.jobs.list_page(tenant, limit=10).jobs) == 1


def test_keys_of_two_tenants_do_not_meet(stores, tenant, queue):
    key, other = key_of(), stores.tenants.ensure(uuid.uuid4().hex)
    stores.jobs.submit(new_job(tenant, queue), key)

    assert not stores.jobs.submit(new_job(other, queue), key).is_replay


def test_a_failed_submission_leaves_its_key_free(stores, tenant, queue, job):
    key = key_of()
    with pytest.raises(IntegrityError):
        stores.jobs.submit(new_job(tenant, queue, job_id=job.job_id), key)

    assert not stores.jobs.submit(new_job(tenant, queue), key).is_replay


def test_of_64_requests_under_one_key_one_brings_the_job(stores, tenant, queue):
    key = key_of()
    with ThreadPoolExecutor(64) as threads:
        replies = list(
            threads.map(lambda _: stores.jobs.submit(new_job(tenant, queue), key), range(64))
        )

    assert sum(not reply.is_replay for reply in replies) == 1
    assert len({reply.job.job_id for reply in replies}) == 1
    assert len(stores.jobs.list_page(tenant, limit=100).jobs) == 1


def test_pages_show_every_job_once_newest_first(stores, tenant, queue):
    made = [stores.jobs.submit(new_job(tenant, queue)).job.job_id for _ in range(7)]

    seen, cursor = [], None
    while True:
        page = stores.jobs.list_page(tenant, limit=3, cursor=cursor)
        seen += [job.job_id for job in page.jobs]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == made[::-1]


def test_a_page_keeps_to_a_status(stores, tenant, queue):
    made = [stores.jobs.submit(new_job(tenant, queue)).job for _ in range(2)]
    stores.jobs.request_cancel(tenant, made[0].job_id)

    page = stores.jobs.list_page(tenant, limit=10, status=JobStatus.CANCELLED)
    assert [job.job_id for job in page.jobs] == [made[0].job_id]


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "!",
        "e30",
        "WzEsMl0",
        "é",
        "W" * 600,
        "WyIyMDI2LTAxLTAxIiwgIngiXQ",
        forge("2026-01-01T00:00:00+00:00", 7),
        forge("2026-01-01T00:00:00+00:00", "\ud800"),
        forge("2026-01-01T00:00:00+00:00", "\0"),
    ],
    ids=[
        "empty",
        "alphabet",
        "object",
        "numbers",
        "beyond-ascii",
        "long",
        "naive-time",
        "number-for-id",
        "lone-surrogate",
        "nul",
    ],
)
def test_a_foreign_cursor_is_refused(stores, tenant, cursor):
    with pytest.raises(InvalidInputError):
        stores.jobs.list_page(tenant, limit=1, cursor=cursor)


def test_heads_come_for_known_jobs_of_the_tenant_only(stores, tenant, job):
    other = stores.tenants.ensure(uuid.uuid4().hex)
    keys = [
        JobKey(tenant_id=tenant, job_id=job.job_id),
        JobKey(tenant_id=tenant, job_id=JobId("unknown")),
        JobKey(tenant_id=other, job_id=job.job_id),
    ]

    heads = stores.jobs.list_last_seqs(keys[:2])
    assert set(heads) == {job.job_id}
    assert (heads[job.job_id].last_seq, heads[job.job_id].is_terminal) == (1, False)
    assert stores.jobs.list_last_seqs(keys[2:]) == {}
    assert stores.jobs.list_last_seqs([]) == {}


@pytest.mark.parametrize("job_id", ["unknown", "a\0b", "\ud800"], ids=["plain", "nul", "lone"])
def test_an_unknown_id_of_any_shape_is_not_found(stores, tenant, job_id):
    with pytest.raises(JobNotFoundError):
        stores.jobs.get(tenant, JobId(job_id))
