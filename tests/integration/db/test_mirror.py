"""The Redis mirror: fast, and never to be relied on."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator

import pytest
from redis import Redis

from db.mirror import KEEP_ENDED_S, KEEP_S, MAX_STREAM_EVENTS, EventMirror, stream_key
from db.records import JobKey
from engine.domain.errors import DependencyUnavailableError
from engine.domain.event import EventDraft, EventType, Position, seal_events
from engine.domain.ids import JobId, TenantId


@pytest.fixture
def client(redis_url) -> Iterator[Redis]:
    client = Redis.from_url(redis_url, decode_responses=True)
    yield client
    client.close()


@pytest.fixture
def mirror(client) -> Iterator[EventMirror]:
    mirror = EventMirror(client)
    yield mirror
    mirror.close()


@pytest.fixture
def key() -> JobKey:
    return JobKey(tenant_id=TenantId("t"), job_id=JobId(uuid.uuid4().hex))


def make_events(key, n_events, last=EventType.SEARCH_NOTED):
    drafts = [EventDraft(type=EventType.SEARCH_NOTED, data={"note": "\0"})] * (n_events - 1)
    position = Position(job_id=key.job_id)
    return seal_events(position, [*drafts, EventDraft(type=last)], "2026-01-01T00:00:00Z")[1]


def publish(mirror, key, events):
    mirror.publish(key.tenant_id, key.job_id, events)


def test_events_come_back_as_they_were(mirror, key):
    events = make_events(key, 3)
    publish(mirror, key, events)

    assert mirror.read({key: 0}, block_ms=10) == {key: list(events)}
    assert mirror.read({key: 2}, block_ms=10) == {key: [events[2]]}
    assert mirror.n_failed == 0


def test_publishing_again_is_no_fault(mirror, key):
    events = make_events(key, 3)
    publish(mirror, key, events)
    publish(mirror, key, events[:2])

    assert mirror.read({key: 0}, block_ms=10) == {key: list(events)}
    assert mirror.n_failed == 0


def test_reading_nothing_new_ends_after_the_wait(mirror, key):
    assert mirror.read({key: 0}, block_ms=1) == {}
    assert mirror.read({}, block_ms=1) == {}


def test_a_reader_is_woken_by_the_first_event(mirror, key):
    found = {}
    reader = threading.Thread(target=lambda: found.update(mirror.read({key: 0}, block_ms=5000)))
    reader.start()
    events = make_events(key, 1)
    publish(mirror, key, events)
    reader.join(timeout=30)

    assert found == {key: list(events)}


def test_a_wait_longer_than_the_clients_own_timeout_is_kept(redis_url, key):
    client = Redis.from_url(redis_url, socket_timeout=0.1)
    mirror = EventMirror(client)

    assert mirror.read({key: 0}, block_ms=400) == {}
    mirror.close()
    client.close()


def test_several_jobs_are_read_at_once(mirror, key):
    other = JobKey(tenant_id=TenantId("u"), job_id=key.job_id)
    mine, theirs = make_events(key, 2), make_events(other, 1)
    publish(mirror, key, mine)
    publish(mirror, other, theirs)

    assert mirror.read({key: 0, other: 0}, block_ms=10) == {
        key: list(mine),
        other: list(theirs),
    }


def test_a_stream_outlives_its_job_for_a_while(mirror, client, key):
    publish(mirror, key, make_events(key, 1))
    assert KEEP_ENDED_S < client.ttl(stream_key(key)) <= KEEP_S

    publish(mirror, key, make_events(key, 2, last=EventType.JOB_SUCCEEDED))
    assert 0 < client.ttl(stream_key(key)) <= KEEP_ENDED_S


def test_a_stream_is_bounded(mirror, client, key):
    publish(mirror, key, make_events(key, MAX_STREAM_EVENTS + 500))

    # Redis trims whole nodes of a hundred entries.
    assert MAX_STREAM_EVENTS <= client.xlen(stream_key(key)) <= MAX_STREAM_EVENTS + 200


def test_nothing_is_published_for_no_events(mirror, client, key):
    publish(mirror, key, [])

    assert not client.exists(stream_key(key))


@pytest.mark.parametrize("block_ms", [0, 5001], ids=["for-ever", "too-long"])
def test_a_wait_is_bounded(mirror, key, block_ms):
    with pytest.raises(ValueError, match="block_ms"):
        mirror.read({key: 0}, block_ms=block_ms)


def test_redis_out_of_reach_is_counted_not_raised(tmp_path, key):
    mirror = EventMirror(Redis.from_url(f"unix://{tmp_path}/none.sock"))
    publish(mirror, key, make_events(key, 1))

    assert mirror.n_failed == 1
    with pytest.raises(DependencyUnavailableError):
        mirror.read({key: 0}, block_ms=10)
    mirror.close()


def test_a_key_of_another_kind_is_counted_not_raised(mirror, client, key):
    client.set(stream_key(key), "not a stream")
    publish(mirror, key, make_events(key, 1))

    assert mirror.n_failed == 1
