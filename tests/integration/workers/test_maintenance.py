from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import redis

from celery_config import QUEUE_INTERACTIVE, QUEUES, SENTINEL_KEY
from db.outbox import Outbox
from db.purge import PurgeStore
from db.workers import WorkerStore
from engine.config import Settings
from engine.domain.errors import DependencyUnavailableError
from engine.domain.event import EventType
from engine.domain.job_status import JobStatus
from tests.invariants import check_invariants
from workers.app import create_celery
from workers.broker import Broker, connect_redis
from workers.maintenance import MIN_HINTS, Purger, Reaper, Reconciler


@pytest.fixture
def client(redis_url: str) -> Iterator[redis.Redis]:
    client = connect_redis(redis_url)
    client.flushdb()
    yield client
    client.close()


@pytest.fixture
def reconciler(bench: Any, redis_url: str, client: redis.Redis) -> Iterator[Reconciler]:
    app = create_celery(Settings(redis_url=redis_url))
    yield Reconciler(
        Outbox(bench.engine),
        Broker(app, client),
        WorkerStore(bench.engine),
        queues=QUEUES,
        republish_s=3600,
    )
    app.close()


async def test_a_job_without_a_hint_gets_one(
    bench: Any, reconciler: Reconciler, client: redis.Redis
) -> None:
    bench.submit("j")

    reconciler.reconcile()
    reconciler.reconcile()

    assert client.llen(QUEUE_INTERACTIVE) == 1


async def test_no_more_hints_are_sent_than_can_soon_be_taken(
    bench: Any, reconciler: Reconciler, client: redis.Redis
) -> None:
    for number in range(30):
        bench.submit(f"j{number}")
    reconciler.reconcile()
    assert client.llen(QUEUE_INTERACTIVE) == MIN_HINTS

    WorkerStore(bench.engine).beat("w", capacity=12, busy=2)
    reconciler.reconcile()

    assert client.llen(QUEUE_INTERACTIVE) == 20


@pytest.mark.parametrize("value", [None, "another"], ids=["emptied", "replaced"])
async def test_lost_hints_are_sent_again(
    bench: Any, reconciler: Reconciler, client: redis.Redis, value: str | None
) -> None:
    bench.submit("j")
    reconciler.reconcile()
    client.flushdb()
    if value is not None:
        client.set(SENTINEL_KEY, value)

    reconciler.reconcile()

    assert client.llen(QUEUE_INTERACTIVE) == 1
    assert client.get(SENTINEL_KEY) not in {None, b"another"}


async def test_a_sentinel_that_another_leader_set_is_believed(
    bench: Any, reconciler: Reconciler, client: redis.Redis
) -> None:
    client.set(SENTINEL_KEY, "another leader's")
    Outbox(bench.engine).mark_published([bench.submit("j")])

    reconciler.reconcile()

    assert client.llen(QUEUE_INTERACTIVE) == 0


async def test_who_does_not_lead_publishes_nothing(
    bench: Any, reconciler: Reconciler, client: redis.Redis
) -> None:
    bench.submit("j")
    with Outbox(bench.engine).try_lead("reconciler") as leads:
        assert leads
        reconciler.reconcile()

    assert client.llen(QUEUE_INTERACTIVE) == 0


async def test_a_redis_that_is_away_is_told_and_changes_nothing(bench: Any) -> None:
    url = "unix:///nowhere/redis.sock"
    broker = Broker(create_celery(Settings(redis_url=url)), connect_redis(url))
    reconciler = Reconciler(
        Outbox(bench.engine), broker, WorkerStore(bench.engine), queues=QUEUES, republish_s=1
    )
    bench.submit("j")

    assert not broker.is_up()
    with pytest.raises(DependencyUnavailableError):
        reconciler.reconcile()
    assert len(Outbox(bench.engine).list_unpublished(10, 1)) == 1


async def test_a_lost_job_is_queued_again_and_shown(bench: Any) -> None:
    job_id = bench.submit("j")
    bench.claim(job_id)
    bench.expire_lease(job_id)

    Reaper(Outbox(bench.engine), bench.leases, bench.queue).reap()

    bench.queue.close()
    assert bench.get(job_id).status is JobStatus.QUEUED
    assert [event.type for event in bench.mirror.shown] == [EventType.JOB_REQUEUED]
    check_invariants(bench.engine)


async def test_a_job_that_keeps_losing_its_worker_fails(bench: Any) -> None:
    job_id = bench.submit("j", max_attempts=2)
    reaper = Reaper(Outbox(bench.engine), bench.leases, bench.queue)
    for _ in range(2):
        bench.claim(job_id)
        bench.expire_lease(job_id)
        reaper.reap()

    job = bench.get(job_id)
    assert job.status is JobStatus.FAILED
    assert job.error["code"] == "worker-lost"
    check_invariants(bench.engine)


async def test_nothing_that_must_be_kept_is_purged(bench: Any) -> None:
    job_id = bench.submit("j")

    Purger(Outbox(bench.engine), PurgeStore(bench.engine)).purge()

    assert bench.get(job_id).problem_text == "2 + 2?"
