from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from db.records import Ending
from engine.domain.errors import DependencyUnavailableError, FencedError
from engine.domain.event import EventDraft, EventType
from engine.domain.ids import JobId
from engine.domain.job_status import JobStatus
from engine.domain.standing import StopReason
from engine.ports import CancelReason
from tests.invariants import check_invariants
from workers import event_log
from workers.cancel import JobCancel
from workers.event_log import PostgresEventLog

NOTE = EventDraft(type=EventType.SEARCH_NOTED, at_ms=5, data={"note": "x", "model_calls": 1})
CANCELLED = Ending(status=JobStatus.CANCELLED, stop_reason=StopReason.CANCELLED)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_log, "RETRY_S", 0.0)


def open_log(bench: Any, job_id: JobId, owner: str = "w") -> tuple[PostgresEventLog, JobCancel]:
    cancel = JobCancel(asyncio.get_running_loop())
    return PostgresEventLog(bench.claim(job_id, owner), bench.log_ports, cancel), cancel


def break_once(method: Callable[..., Any], *, before: bool) -> Callable[..., Any]:
    """Return the store's method with the connection cut before or after its first commit."""
    calls: list[int] = []

    def broken(*args: Any, **kwargs: Any) -> Any:
        calls.append(1)
        if len(calls) > 1:
            return method(*args, **kwargs)
        if not before:
            method(*args, **kwargs)
        raise DependencyUnavailableError

    return broken


async def test_what_was_appended_is_read_and_shown(bench: Any) -> None:
    log, _ = open_log(bench, bench.submit("j"))
    before = await log.read()

    written = await log.append([NOTE, NOTE], {})

    bench.queue.close()
    assert [event.seq for event in written] == [len(before) + 1, len(before) + 2]
    assert bench.mirror.shown == list(written)
    assert bench.get(JobId("j")).spent.model_calls == 2
    check_invariants(bench.engine)


async def test_the_events_of_others_come_with_the_next_append(bench: Any) -> None:
    job_id = bench.submit("j")
    log, cancel = open_log(bench, job_id)
    await log.read()
    bench.jobs.request_cancel(bench.tenant_id, job_id)

    written = await log.append([NOTE], {})

    assert [e.type for e in written] == [EventType.JOB_CANCEL_REQUESTED, EventType.SEARCH_NOTED]
    assert cancel.reason() is CancelReason.CANCEL


async def test_a_lost_lease_writes_nothing_and_fences_the_search(bench: Any) -> None:
    job_id = bench.submit("j")
    zombie, cancel = open_log(bench, job_id, "same-name")
    await zombie.read()
    bench.expire_lease(job_id)
    heir, _ = open_log(bench, job_id, "same-name")
    await heir.read()
    n_before = len(bench.list_events(job_id))

    with pytest.raises(FencedError):
        await zombie.append([NOTE], {})
    with pytest.raises(FencedError):
        await zombie.finish(CANCELLED)

    assert len(bench.list_events(job_id)) == n_before
    assert cancel.is_fenced
    assert bench.metrics.fenced.labels("append")._value.get() == 1
    await heir.append([NOTE], {})
    check_invariants(bench.engine)


@pytest.mark.parametrize("before", [True, False], ids=["lost", "done"])
async def test_a_commit_of_unknown_fate_is_written_once(
    bench: Any, monkeypatch: pytest.MonkeyPatch, before: bool
) -> None:
    job_id = bench.submit("j")
    log, _ = open_log(bench, job_id)
    await log.read()
    monkeypatch.setattr(bench.leases, "append", break_once(bench.leases.append, before=before))

    written = await log.append([NOTE], {})

    assert [event.type for event in written] == [EventType.SEARCH_NOTED]
    assert bench.list_events(job_id)[-1].seq == log.seq == 3
    check_invariants(bench.engine)


@pytest.mark.parametrize("before", [True, False], ids=["lost", "done"])
async def test_an_ending_of_unknown_fate_is_written_once(
    bench: Any, monkeypatch: pytest.MonkeyPatch, before: bool
) -> None:
    job_id = bench.submit("j")
    log, _ = open_log(bench, job_id)
    await log.read()
    monkeypatch.setattr(bench.leases, "finish", break_once(bench.leases.finish, before=before))

    await log.finish(CANCELLED)

    assert bench.get(job_id).status is JobStatus.CANCELLED
    check_invariants(bench.engine)


async def test_what_cannot_be_read_is_waited_for(
    bench: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, _ = open_log(bench, bench.submit("j"))
    list_events, find_body = bench.events.list_events, bench.events.find_body
    monkeypatch.setattr(bench.events, "list_events", break_once(list_events, before=True))
    first = await log.read_first()
    monkeypatch.setattr(bench.events, "list_events", break_once(list_events, before=True))
    events = await log.read()
    monkeypatch.setattr(bench.events, "find_body", break_once(find_body, before=True))
    body = await log.find_body(first.data["problem"]["ref"])

    assert [event.type for event in events] == [first.type, EventType.JOB_CLAIMED]
    assert body == b"2 + 2?"


async def test_reading_waits_no_longer_than_the_lease_holds(
    bench: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, cancel = open_log(bench, bench.submit("j"))

    def lose_lease(*_: Any, **__: Any) -> None:
        cancel.set(CancelReason.FENCED)
        raise DependencyUnavailableError

    monkeypatch.setattr(bench.events, "list_events", lose_lease)

    with pytest.raises(FencedError):
        await log.read()


async def test_a_fenced_search_does_not_even_ask(
    bench: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, cancel = open_log(bench, bench.submit("j"))
    await log.read()
    cancel.set(CancelReason.FENCED)
    monkeypatch.setattr(bench.leases, "append", None)

    with pytest.raises(FencedError):
        await log.append([NOTE], {})


async def test_a_search_that_went_on_counts_what_was_spent_before(bench: Any) -> None:
    job_id = bench.submit("j")
    first, _ = open_log(bench, job_id)
    await first.read()
    await first.append([NOTE], {})
    bench.expire_lease(job_id)
    second, _ = open_log(bench, job_id)
    await second.read()

    await second.append([NOTE], {})

    spent = bench.get(job_id).spent
    assert (spent.model_calls, spent.running_ms) == (2, 10)
    check_invariants(bench.engine)
