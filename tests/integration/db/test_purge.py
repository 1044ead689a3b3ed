"""The end of retention."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from db.models import bodies, idempotency_keys
from db.records import IdempotencyKey
from engine.domain.errors import ResultUnavailableError
from tests.integration.db.builders import append, check_job, claim, finish, new_job, set_columns

OVER = func.now() - timedelta(seconds=1)


@pytest.fixture
def ended(stores, tenant, queue):
    key = IdempotencyKey(key=queue, fingerprint="f")
    stores.jobs.submit(new_job(tenant, queue, metadata={"a": "b"}), key)
    lease = claim(stores, queue).lease
    append(stores, lease, bodies={"d" * 64: b"a prompt"})
    record, _ = finish(stores, lease)
    return record


def test_texts_go_and_the_log_stays(stores, ended):
    events = stores.events.list_events(ended.tenant_id, ended.job_id)
    set_columns(stores, ended.job_id, retain_until=OVER)
    assert ended.job_id in stores.purge.purge_expired(1000)
    job = stores.jobs.get(ended.tenant_id, ended.job_id)

    assert (job.problem_text, job.answer_text, job.metadata) == ("", None, {})
    assert job.purged_at is not None
    assert job.version > ended.version
    assert stores.events.find_body(job.tenant_id, job.job_id, "d" * 64) is None
    with pytest.raises(ResultUnavailableError, match="retention"):
        stores.jobs.get_result(job.tenant_id, job.job_id)
    assert stores.events.list_events(job.tenant_id, job.job_id) == events
    with stores.engine.connect() as connection:
        for table in (bodies, idempotency_keys):
            rows = connection.execute(select(table).where(table.c.job_id == job.job_id)).all()
            assert rows == []


def test_a_job_is_purged_once(stores, ended):
    set_columns(stores, ended.job_id, retain_until=OVER)

    assert ended.job_id in stores.purge.purge_expired(1000)
    assert ended.job_id not in stores.purge.purge_expired(1000)


def test_what_is_still_kept_is_left_alone(stores, ended):
    assert ended.job_id not in stores.purge.purge_expired(1000)
    check_job(stores, ended)


def test_a_job_that_has_not_ended_is_left_alone(stores, job, claimed):
    set_columns(stores, job.job_id, retain_until=OVER)

    assert job.job_id not in stores.purge.purge_expired(1000)


def test_purging_keeps_to_its_limit(stores, tenant, queue):
    for _ in range(2):
        job = stores.jobs.submit(new_job(tenant, queue)).job
        stores.jobs.request_cancel(tenant, job.job_id)
        set_columns(stores, job.job_id, retain_until=OVER)

    assert len(stores.purge.purge_expired(1)) == 1
