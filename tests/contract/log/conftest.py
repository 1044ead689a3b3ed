"""The logs that the contract is checked on: one in memory, one in Postgres under a lease."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass

import pytest
from redis import Redis
from sqlalchemy import Engine

from db.engine import create_engine
from db.mirror import EventMirror
from engine.adapters.memory_log import InMemoryEventLog
from engine.domain.event import EventDraft, EventType
from engine.ports import EventLog
from tests.integration.db.builders import make_stores, new_job
from workers.cancel import JobCancel
from workers.database import Database
from workers.event_log import LogPorts, PostgresEventLog
from workers.metrics import WorkerMetrics
from workers.mirror import MirrorQueue


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A log under test.

    Attributes:
        log: It, with its first events written and not yet read.
        reopen: Returns another view of the same log, as whoever resumes it gets.
        find_body: Returns what was committed under a digest.
    """

    log: EventLog
    reopen: Callable[[], EventLog]
    find_body: Callable[[str], Awaitable[bytes | None]]


@pytest.fixture(scope="module")
def engine(database_url) -> Iterator[Engine]:
    engine = create_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture(params=["memory", "postgres"])
async def subject(request) -> AsyncIterator[Subject]:
    if request.param == "memory":
        yield await open_memory_log()
        return
    # Real servers are started for the log that needs them, and for no other.
    engine = request.getfixturevalue("engine")
    client = Redis.from_url(request.getfixturevalue("redis_url"))
    mirror = EventMirror(client)
    metrics = WorkerMetrics()
    queue, database = MirrorQueue(mirror, metrics), Database()
    yield open_postgres_log(engine, database, queue, metrics)
    queue.close()
    database.close()
    mirror.close()
    client.close()


async def open_memory_log() -> Subject:
    log = InMemoryEventLog("job")
    await log.append([EventDraft(type=EventType.SEARCH_STARTED, data={})], {})

    async def find_body(digest: str) -> bytes | None:
        return log.bodies.get(digest)

    def reopen() -> EventLog:
        return InMemoryEventLog("job", events=log.events)

    return Subject(log=log, reopen=reopen, find_body=find_body)


def open_postgres_log(engine, database, queue, metrics) -> Subject:
    stores = make_stores(engine)
    tenant = stores.tenants.ensure("contract")
    job = stores.jobs.submit(new_job(tenant, "contract")).job
    claim = stores.leases.claim("worker", lease_s=30, hint=job.job_id, queues=["contract"])
    ports = LogPorts(
        leases=stores.leases,
        events=stores.events,
        database=database,
        mirror=queue,
        metrics=metrics,
    )

    def open_log() -> EventLog:
        return PostgresEventLog(claim, ports, JobCancel(asyncio.get_running_loop()))

    async def find_body(digest: str) -> bytes | None:
        return await database.run(stores.events.find_body, tenant, job.job_id, digest)

    return Subject(log=open_log(), reopen=open_log, find_body=find_body)
