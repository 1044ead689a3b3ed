"""F1, F10, F14, F15: hints are lost, doubled, late or of another age; no job is."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from celery import Celery

from celery_config import QUEUE_INTERACTIVE, SENTINEL_KEY, TASK_SOLVE
from db.broker_url import render_broker_url
from db.outbox import Outbox
from db.records import Unpublished
from engine.domain.ids import JobId
from engine.domain.job_status import JobStatus
from ops.process import ManagedProcess, start_process
from ops.redis import RedisServer
from ops.sockets import private_folder
from tests.acceptance.faults.farm import Farm, wait_until
from tests.fakes.model_server import FakeModelServer
from workers.broker import Broker, connect_redis

# Several times what an idle machine takes: the rule is that it happens without any hint.
START_WITHIN_S = 30.0
NEVER_S = 3600


class VolatileRedis:
    """A Redis that keeps nothing: killed and started again, it is empty."""

    def __init__(self, server: RedisServer) -> None:
        spec = server.spec()
        command = [*spec.command, "--appendonly", "no"]
        self._spec = replace(spec, command=command)
        self._server = server
        self._process: ManagedProcess | None = None
        self.url = server.url()

    def start(self) -> None:
        self._process = start_process(self._spec)
        wait_until(self._server.is_ready, "Redis")

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()

    def restart(self) -> None:
        self.kill()
        self.start()


@pytest.fixture
def redis(server_folder: Path, tmp_path: Path) -> Iterator[VolatileRedis]:
    data = tmp_path / "redis"
    server = RedisServer(
        data_folder=data,
        socket_folder=private_folder(server_folder, f"v{random.getrandbits(32):x}"),
        log=tmp_path / "redis.log",
    )
    server.prepare()
    volatile = VolatileRedis(server)
    volatile.start()
    yield volatile
    volatile.kill()


@pytest.fixture
def redis_farm(
    make_database: Callable[..., str],
    migrated_template: str,
    redis: VolatileRedis,
    model: FakeModelServer,
    tmp_path: Path,
) -> Iterator[Farm]:
    farm = Farm(
        database_url=make_database(migrated_template),
        redis_url=redis.url,
        folder=tmp_path,
        model=model,
    )
    yield farm
    farm.close()


def send_hints(farm: Farm, job_ids: list[JobId]) -> None:
    app = Celery("producer", broker=render_broker_url(farm.redis_url), set_as_current=False)
    broker = Broker(app, connect_redis(farm.redis_url))
    for job_id in job_ids:
        broker.publish(Unpublished(job_id=job_id, queue=QUEUE_INTERACTIVE))
    app.close()


def publish(farm: Farm, job_ids: list[JobId]) -> None:
    send_hints(farm, job_ids)
    Outbox(farm.engine).mark_published(job_ids)


def test_a_job_whose_hint_was_never_sent_is_started(farm: Farm) -> None:
    """F1: the API died between commit and publish."""
    farm.await_ready(farm.start_worker())

    farm.submit()

    wait_until(lambda: farm.count(JobStatus.QUEUED) == 0, "a start", timeout_s=START_WITHIN_S)
    assert farm.await_all_ended().by_status == {JobStatus.SUCCEEDED: 1}


def test_a_hint_taken_by_a_worker_that_died_is_sent_again(farm: Farm) -> None:
    """F14: the hint is gone from Redis and nobody acted on it."""
    farm.await_ready(farm.start_worker(republish_s=1))
    jobs = farm.submit(3)
    Outbox(farm.engine).mark_published(jobs)

    assert farm.await_all_ended().by_status == {JobStatus.SUCCEEDED: 3}


def test_jobs_start_while_the_leader_is_stopped(farm: Farm) -> None:
    """A stopped process keeps the lock of its duty, so nobody sends the hints in its stead."""
    farm.await_ready(farm.start_worker(republish_s=1))

    outbox = Outbox(farm.engine)
    with ExitStack() as leading:
        # The worker holds the lock for a moment at each tick.
        wait_until(lambda: leading.enter_context(outbox.try_lead("reconciler")), "the leadership")
        farm.submit(3)

        assert farm.await_all_ended().by_status == {JobStatus.SUCCEEDED: 3}


def test_hints_lost_with_redis_are_published_again_at_once(
    redis_farm: Farm, redis: VolatileRedis
) -> None:
    """F10: no hint is old enough to be sent again for its age."""
    farm = redis_farm
    worker = farm.start_worker(republish_s=NEVER_S)
    farm.await_ready(worker)
    wait_until(lambda: "sentinel_missing" in worker.read_log(), "the first sentinel")
    worker.pause()
    # The first restart cuts the sleeping worker's read: a single hint in its socket would be
    # enough for it to find every other job by itself.
    redis.restart()
    publish(farm, farm.submit(30))

    redis.restart()
    worker.resume()

    census = farm.await_all_ended()
    assert census.by_status == {JobStatus.SUCCEEDED: 30}
    assert worker.read_log().count("sentinel_missing") == 2


def test_hints_wiped_out_of_a_living_redis_are_published_again(farm: Farm) -> None:
    """F11: no connection breaks and no hint is old, so only the sentinel can tell."""
    client = connect_redis(farm.redis_url)
    worker = farm.start_worker(republish_s=NEVER_S)
    farm.await_ready(worker)
    wait_until(lambda: client.get(SENTINEL_KEY) is not None, "the first sentinel")
    worker.pause()
    # A hint given to the sleeping worker's read would be enough for it to find every other job.
    wait_until(lambda: client.info("clients")["blocked_clients"] == 0, "the end of its read")
    publish(farm, farm.submit(30))

    client.flushdb()
    client.close()
    worker.resume()

    assert farm.await_all_ended().by_status == {JobStatus.SUCCEEDED: 30}


def test_running_jobs_do_not_notice_that_redis_died(
    redis_farm: Farm, redis: VolatileRedis, model: FakeModelServer
) -> None:
    """F10: each runs to its end in its first attempt."""
    farm = redis_farm
    model.is_held = True
    farm.await_ready(farm.start_worker(n_searches=8))
    farm.submit(8)
    wait_until(lambda: farm.count(JobStatus.RUNNING) == 8, "running jobs")

    redis.restart()
    model.is_held = False

    census = farm.await_all_ended()
    assert census.by_status == {JobStatus.SUCCEEDED: 8}
    assert census.n_claims == 8


def test_jobs_are_taken_from_postgres_while_redis_is_away(
    redis_farm: Farm, redis: VolatileRedis
) -> None:
    """F12: an idle worker needs no hint to start."""
    farm = redis_farm
    farm.await_ready(farm.start_worker())
    redis.kill()

    farm.submit(12)

    assert farm.await_all_ended().by_status == {JobStatus.SUCCEEDED: 12}


def test_doubled_shuffled_and_old_hints_do_no_harm(farm: Farm, model: FakeModelServer) -> None:
    """F15: no job runs twice at once, and what has ended is not touched."""
    farm.await_ready(farm.start_worker(n_searches=4))
    old = farm.submit(5)
    farm.await_all_ended()
    before = {job_id: farm.get(job_id) for job_id in old}
    model.latency_s = 0.2
    new = farm.submit(10)
    hints = [*new, *old, JobId("job_unknown")] * 4
    random.Random(15).shuffle(hints)

    send_hints(farm, hints)

    census = farm.await_all_ended()
    assert census.by_status == {JobStatus.SUCCEEDED: 15}
    assert census.n_claims == 15
    assert {job_id: farm.get(job_id) for job_id in old} == before
    assert len(set(model.samples)) == len(model.samples)


def test_a_message_of_another_shape_is_survived(farm: Farm) -> None:
    """F15: whatever lies in the queue, the worker goes on."""
    worker = farm.start_worker()
    farm.await_ready(worker)
    app = Celery("producer", broker=render_broker_url(farm.redis_url), set_as_current=False)
    app.send_task(TASK_SOLVE, args=[], queue=QUEUE_INTERACTIVE)
    app.send_task("svend.unheard_of", args=[1], queue=QUEUE_INTERACTIVE)
    app.send_task(TASK_SOLVE, args=[{"job": None}], queue=QUEUE_INTERACTIVE)
    app.close()

    farm.submit(3)

    assert farm.await_all_ended().by_status == {JobStatus.SUCCEEDED: 3}
    assert worker.process.exit_code() is None
