"""What belongs to the installation: tenants, the catalogue, the workers, the statistics."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, update

from db.models import catalogue, workers
from db.stats import read_stats
from engine.domain.job_status import TERMINAL_STATUSES, JobStatus
from engine.domain.pins import Serving
from tests.integration.db.builders import (
    PINS,
    claim,
    expire_lease,
    failure,
    finish,
    new_job,
    set_columns,
)

SERVING = Serving(**PINS["serving"])


def test_a_tenant_is_made_once(stores):
    name = uuid.uuid4().hex
    with ThreadPoolExecutor(8) as threads:
        made = set(threads.map(lambda _: stores.tenants.ensure(name), range(8)))

    assert len(made) == 1
    assert stores.tenants.ensure(uuid.uuid4().hex) not in made


def test_there_is_no_catalogue_before_a_worker(stores):
    with stores.engine.begin() as connection:
        connection.execute(delete(catalogue))

    assert stores.catalogue.find() is None


def test_the_last_catalogue_counts(stores):
    stores.catalogue.publish(SERVING, [{"name": "direct"}])
    first = stores.catalogue.find()
    stores.catalogue.publish(replace(SERVING, model="other"), [{"name": "a"}, {"name": "b"}])
    second = stores.catalogue.find()

    assert (first.serving, first.strategies) == (SERVING, ({"name": "direct"},))
    assert second.serving.model == "other"
    assert [strategy["name"] for strategy in second.strategies] == ["a", "b"]
    assert second.published_at > first.published_at


def test_the_tools_are_published_beside_the_strategies(stores):
    stores.catalogue.publish(SERVING, [], [{"name": "calculator"}])

    assert stores.catalogue.find().tools == ({"name": "calculator"},)


def test_the_verifiers_are_published_beside_the_strategies(stores):
    stores.catalogue.publish(SERVING, [], [], [{"name": "label", "version": "label@1"}])
    told = stores.catalogue.find().verifiers
    stores.catalogue.publish(SERVING, [])

    assert told == ({"name": "label", "version": "label@1"},)
    assert stores.catalogue.find().verifiers == ()


def test_a_worker_is_live_while_it_beats(stores):
    name = uuid.uuid4().hex
    stores.workers.beat(name, 32, 3)
    stores.workers.beat(name, 32, 4)
    [worker] = [found for found in stores.workers.list_live(30) if found.name == name]
    assert (worker.capacity, worker.busy) == (32, 4)
    assert worker.age_s >= 0

    with stores.engine.begin() as connection:
        connection.execute(
            update(workers)
            .where(workers.c.name == name)
            .values(seen_at=func.now() - timedelta(seconds=31))
        )
    assert name not in {found.name for found in stores.workers.list_live(30)}


def test_a_worker_that_ends_is_forgotten(stores):
    name = uuid.uuid4().hex
    stores.workers.beat(name, 1, 0)
    stores.workers.forget(name)

    assert name not in {found.name for found in stores.workers.list_live(30)}


def test_statistics_count_each_job_once(stores, tenant, queue):
    before = read_stats(stores.engine)
    jobs = [stores.jobs.submit(new_job(tenant, queue)).job for _ in range(5)]
    for ending in (None, failure()):
        finish(stores, claim(stores, queue).lease, ending)
    expire_lease(stores, claim(stores, queue).job.job_id)
    set_columns(stores, jobs[-1].job_id, created_at=func.now() - timedelta(seconds=100))
    after = read_stats(stores.engine)

    assert after.depth[queue] == 2
    assert 100 <= after.oldest_age_s[queue] < 200
    assert after.n_running - before.n_running == 1
    assert after.n_expired_leases - before.n_expired_leases == 1
    assert set(after.finished) == TERMINAL_STATUSES
    for status in (JobStatus.SUCCEEDED, JobStatus.FAILED):
        assert after.finished[status] - before.finished[status] == 1


def test_statistics_of_an_empty_queue_are_empty(stores, queue):
    assert queue not in read_stats(stores.engine).depth


@pytest.mark.parametrize("max_age_s", [0.0], ids=["now"])
def test_no_worker_is_younger_than_nothing(stores, max_age_s):
    stores.workers.beat("old", 1, 0)

    assert stores.workers.list_live(max_age_s) == []
