"""How a run ends its job when more goes wrong than the search."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
import structlog

from engine.domain.event import EventType
from engine.domain.fold import fold
from engine.domain.ids import JobId
from engine.domain.job_status import JobStatus
from engine.domain.trace_digest import trace_digest
from engine.ports import Choice, GenerationRequest
from tests.fakes.scripted_model import ScriptedChatModel
from tests.invariants import check_invariants
from workers.solve import LEFT_OPEN


def refuse(method: Callable[..., Any], *, times: int) -> Callable[..., Any]:
    """Return the store's method with a fault of the program in its first calls."""
    calls: list[int] = []

    def refusing(*args: Any, **kwargs: Any) -> Any:
        calls.append(1)
        if len(calls) <= times:
            raise LookupError("secret path")
        return method(*args, **kwargs)

    return refusing


async def solve(bench: Any, script: Any, **options: Any) -> Any:
    job_id = bench.submit("j", **options)
    solver = bench.make_solver(ScriptedChatModel(script))
    await solver.solve(bench.claim(job_id), time.monotonic())
    return bench.get(job_id)


async def test_a_result_names_what_the_log_pins(bench: Any) -> None:
    job_id, ran = bench.submit("j"), bench.claim(JobId("j"))

    def replace_offer(request: GenerationRequest, index: int) -> str:
        solver.offer = bench.offer(model="other@ffffffffffff")
        return "Answer: 4"

    solver = bench.make_solver(ScriptedChatModel(replace_offer))
    await solver.solve(ran, time.monotonic())

    body = bench.jobs.get_result(bench.tenant_id, job_id).body
    assert body["model"] == {"name": "scripted@0123456789ab", "fingerprint": "0123456789ab"}
    assert body["model"]["fingerprint"] == body["certificate"]["model_fingerprint"]


async def test_a_result_tells_the_digest_of_its_search(bench: Any) -> None:
    job = await solve(bench, ["Answer: 4", "Answer: 5"])

    body = bench.jobs.get_result(bench.tenant_id, job.job_id).body
    assert body["trace_digest"] == trace_digest(fold(bench.list_events(job.job_id)))


async def test_a_result_that_cannot_be_written_fails_the_job(
    bench: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench.leases, "finish", refuse(bench.leases.finish, times=1))

    job = await solve(bench, ["Answer: 4"])

    assert (job.status, job.error["code"]) == (JobStatus.FAILED, "internal")
    check_invariants(bench.engine)


async def test_a_failure_that_cannot_be_written_fails_the_job_all_the_same(
    bench: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench.leases, "finish", refuse(bench.leases.finish, times=1))

    job = await solve(bench, ["Answer: 4"], pins={"algorithm": "guesswork"})

    assert (job.status, job.error["code"]) == (JobStatus.FAILED, "internal")
    kinds = [event.type for event in bench.list_events(job.job_id)]
    assert EventType.SEARCH_REFUSED not in kinds
    check_invariants(bench.engine)


async def test_a_job_that_nothing_ends_is_left_to_the_reaper(
    bench: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench.leases, "finish", refuse(bench.leases.finish, times=9))

    job = await solve(bench, ["Answer: 4"])

    assert (job.status, job.attempts) == (JobStatus.RUNNING, 1)
    assert bench.keeper.list_leases() == []
    labels = {"ending": LEFT_OPEN}
    assert bench.metrics.registry.get_sample_value("svend_runs_ended_total", labels) == 1


async def test_a_log_names_job_and_request_while_the_search_runs(bench: Any) -> None:
    # What a request to the API bound in this process, in another test, is there until the next.
    structlog.contextvars.clear_contextvars()
    seen: list[dict[str, Any]] = []

    def look(request: GenerationRequest, index: int) -> str | Choice:
        seen.append(structlog.contextvars.get_contextvars())
        return "Answer: 4"

    await solve(bench, look, told={"request_id": "req_1"})

    assert seen[0] == {"job_id": "j", "epoch": 1, "request_id": "req_1"}
    left = structlog.contextvars.get_contextvars()
    assert left.keys().isdisjoint(seen[0])
