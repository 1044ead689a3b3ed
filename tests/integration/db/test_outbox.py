"""Which jobs need a hint, and who leads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import func, text

from db.engine import create_engine
from db.outbox import Outbox
from tests.integration.db.builders import claim, new_job, set_columns


def unpublished(stores, queue, republish_s=3600.0):
    found = stores.outbox.list_unpublished(10_000, republish_s)
    return [job.job_id for job in found if job.queue == queue]


def test_a_new_job_needs_a_hint_until_one_is_sent(stores, job, queue):
    assert unpublished(stores, queue) == [job.job_id]

    stores.outbox.mark_published([job.job_id])
    assert unpublished(stores, queue) == []


def test_an_old_hint_is_sent_again(stores, job, queue):
    set_columns(stores, job.job_id, published_at=func.now() - timedelta(seconds=21))

    assert unpublished(stores, queue, republish_s=20) == [job.job_id]
    assert unpublished(stores, queue, republish_s=30) == []


def test_lost_hints_are_all_sent_again(stores, job, queue):
    stores.outbox.mark_published([job.job_id])

    assert stores.outbox.forget_published() >= 1
    assert unpublished(stores, queue) == [job.job_id]


def test_a_claimed_job_needs_no_hint(stores, job, queue):
    claim(stores, queue)
    stores.outbox.mark_published([job.job_id])

    assert unpublished(stores, queue) == []


def test_a_job_held_back_needs_no_hint_yet(stores, job, queue):
    set_columns(stores, job.job_id, not_before=func.now() + timedelta(seconds=60))

    assert unpublished(stores, queue) == []


def test_the_best_jobs_come_first_up_to_the_limit(stores, tenant, queue):
    low, high = (
        stores.jobs.submit(new_job(tenant, queue, priority=priority)).job.job_id
        for priority in (900, 901)
    )

    assert [job.job_id for job in stores.outbox.list_unpublished(2, 20)] == [high, low]


def test_publishing_is_no_change_that_a_reader_sees(stores, tenant, job):
    stores.outbox.mark_published([job.job_id])
    stores.outbox.mark_published([])

    assert stores.jobs.get(tenant, job.job_id) == job


def test_one_process_leads_each_duty(stores, database_url):
    engine = create_engine(database_url)
    other = Outbox(engine)
    with (
        stores.outbox.try_lead("reaper") as mine,
        other.try_lead("reaper") as theirs,
        other.try_lead("purger") as another,
    ):
        assert (mine, theirs, another) == (True, False, True)
    with other.try_lead("reaper") as theirs:
        assert theirs
    engine.dispose()


def test_one_thread_of_a_process_leads(stores):
    def lead():
        with stores.outbox.try_lead("duty") as leads:
            return leads

    with stores.outbox.try_lead("duty") as mine, ThreadPoolExecutor(1) as thread:
        assert mine
        assert not thread.submit(lead).result()
    assert lead()


def test_leadership_ends_with_its_connection(stores, database_url):
    engine = create_engine(database_url)
    other = Outbox(engine)
    with other.try_lead("lost") as theirs:
        assert theirs
        with stores.engine.begin() as connection:
            connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid, 10000) FROM pg_locks"
                    " WHERE locktype = 'advisory' AND database ="
                    " (SELECT oid FROM pg_database WHERE datname = current_database())"
                )
            )
        # Its next statement would tell the other that it leads no more.
    with stores.outbox.try_lead("lost") as mine:
        assert mine
    with other.try_lead("found") as again:
        assert again
    engine.dispose()
