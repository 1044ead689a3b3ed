from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from engine.domain.budget import Budget
from engine.domain.event import EventType
from engine.domain.ids import JobId
from engine.domain.job_status import JobStatus
from engine.domain.standing import SolveOutcome, StopReason
from engine.ports import CancelToken, Choice, FinishReason, GenerationRequest
from tests.fakes.scripted_model import ScriptedChatModel
from tests.invariants import check_invariants

REFUSED = Choice(index=0, text="", finish_reason=FinishReason.ERROR, error="context too long")


class WaitingModel(ScriptedChatModel):
    """Answers nothing until it is told to end."""

    def __init__(self) -> None:
        super().__init__([])
        self.asked = asyncio.Event()

    async def generate(
        self, request: GenerationRequest, cancel: CancelToken
    ) -> AsyncIterator[Choice]:
        self.asked.set()
        await cancel.wait()
        for index in range(request.n):
            yield Choice(index=index, text="", finish_reason=FinishReason.DROPPED)


class WaitingAfter(ScriptedChatModel):
    """Answers so many samples of a request, and nothing more until it is told to end."""

    def __init__(self, script: list[str], n_answers: int) -> None:
        super().__init__(script)
        self.asked = asyncio.Event()
        self._n_answers = n_answers

    async def generate(
        self, request: GenerationRequest, cancel: CancelToken
    ) -> AsyncIterator[Choice]:
        async for choice in super().generate(replace(request, n=self._n_answers), cancel):
            yield choice
        self.asked.set()
        await cancel.wait()
        for index in range(self._n_answers, request.n):
            yield Choice(index=index, text="", finish_reason=FinishReason.DROPPED)


def away(request: GenerationRequest, index: int) -> Choice:
    return Choice(
        index=index,
        text="",
        finish_reason=FinishReason.ERROR,
        error="connection refused",
        is_unavailable=True,
    )


async def solve(bench: Any, model: Any, name: str = "j", **options: Any) -> Any:
    job_id = bench.submit(name, **options)
    await bench.make_solver(model).solve(bench.claim(job_id), time.monotonic())
    check_invariants(bench.engine)
    return bench.get(job_id)


def kinds(bench: Any, name: str = "j") -> list[EventType]:
    return [event.type for event in bench.list_events(JobId(name))]


async def test_a_result_tells_answer_votes_cost_and_evidence(bench: Any) -> None:
    job = await solve(bench, ScriptedChatModel(["Answer: 4", "Answer: 4", "Answer: 5"]))

    body = bench.jobs.get_result(bench.tenant_id, job.job_id).body
    assert job.status is JobStatus.SUCCEEDED
    assert job.outcome is SolveOutcome.UNVERIFIED
    assert body["answer"]["text"] == "4"
    assert (body["confidence"], body["calibration"]) == (None, "none")
    assert body["vote_share"] == body["standing"]["vote_share"]
    assert body["spent"]["nodes"] == job.spent.nodes
    assert body["model"] == {"name": "scripted@0123456789ab", "fingerprint": "0123456789ab"}
    agreeing = body["evidence"]["samples"]
    assert len(agreeing) == body["standing"]["votes"][0]["n_votes"]
    assert all(
        bench.events.find_body(bench.tenant_id, job.job_id, sample["body_ref"]) == b"Answer: 4"
        for sample in agreeing
    )


async def test_no_answer_at_all_is_a_result_that_says_so(bench: Any) -> None:
    job = await solve(bench, ScriptedChatModel(["I do not know."]))

    assert job.status is JobStatus.SUCCEEDED
    assert job.outcome is SolveOutcome.NO_ANSWER


async def test_a_model_server_that_refuses_every_sample_fails_the_job(bench: Any) -> None:
    job = await solve(bench, ScriptedChatModel([REFUSED]))

    assert job.status is JobStatus.FAILED
    assert job.error == {
        "code": "model",
        "detail": "context too long",
        "attempt": 1,
        "retryable": False,
    }


async def test_a_model_server_that_is_away_delays_the_job_and_fails_nothing(bench: Any) -> None:
    job = await solve(bench, ScriptedChatModel(away))

    assert job.status is JobStatus.QUEUED
    assert job.attempts == 0
    assert bench.leases.claim("w", lease_s=9, hint=job.job_id, queues=("q",)) is None
    assert bench.list_events(job.job_id)[-1].data["reason"] == "model-unavailable"


async def test_pins_that_do_not_match_fail_visibly(bench: Any) -> None:
    other = bench.offer(model="other@ffffffffffff").serving

    job = await solve(bench, ScriptedChatModel(["Answer: 4"]), pins={"serving": other})

    assert job.status is JobStatus.FAILED
    assert job.error["code"] == "pin-mismatch"
    assert "other@ffffffffffff" in job.error["detail"]
    assert EventType.SEARCH_REFUSED in kinds(bench)


async def test_a_strategy_that_nobody_knows_fails_visibly(bench: Any) -> None:
    job = await solve(bench, ScriptedChatModel(["Answer: 4"]), pins={"algorithm": "guesswork"})

    assert job.status is JobStatus.FAILED
    assert job.error["code"] == "unknown-strategy"
    assert EventType.SEARCH_REFUSED in kinds(bench)


async def test_a_fault_of_the_program_fails_the_job_and_keeps_its_details(bench: Any) -> None:
    def explode(request: GenerationRequest, index: int) -> Choice:
        raise LookupError("secret path")

    job = await solve(bench, ScriptedChatModel(explode))

    assert job.status is JobStatus.FAILED
    assert job.error["code"] == "internal"
    assert "secret" not in job.error["detail"]


async def test_a_cancelled_search_ends_without_a_result(bench: Any) -> None:
    model, job_id = WaitingModel(), bench.submit("j")
    running = asyncio.create_task(
        bench.make_solver(model).solve(bench.claim(job_id), time.monotonic())
    )
    await model.asked.wait()

    bench.jobs.request_cancel(bench.tenant_id, job_id)
    await asyncio.to_thread(bench.keeper.keep)
    await running

    job = bench.get(job_id)
    assert (job.status, job.stop_reason) == (JobStatus.CANCELLED, StopReason.CANCELLED)
    check_invariants(bench.engine)


async def test_a_drained_search_goes_back_to_the_queue_uncounted(bench: Any) -> None:
    model, job_id = WaitingModel(), bench.submit("j")
    running = asyncio.create_task(
        bench.make_solver(model).solve(bench.claim(job_id), time.monotonic())
    )
    await model.asked.wait()

    bench.keeper.drain()
    await running

    job = bench.get(job_id)
    assert (job.status, job.attempts) == (JobStatus.QUEUED, 0)
    check_invariants(bench.engine)


async def test_a_deadline_without_an_answer_expires_the_job(bench: Any) -> None:
    soon = datetime.now(UTC) + timedelta(seconds=1)

    job = await solve(bench, WaitingModel(), deadline_at=soon)

    assert (job.status, job.stop_reason) == (JobStatus.EXPIRED, StopReason.DEADLINE)


@pytest.mark.parametrize("n_jobs", [40])
async def test_many_searches_share_four_database_threads(bench: Any, n_jobs: int) -> None:
    solver = bench.make_solver(ScriptedChatModel(["Answer: 4", "Answer: 5"]))
    claims = [bench.claim(bench.submit(f"j{number}")) for number in range(n_jobs)]

    await asyncio.gather(*(solver.solve(claim, time.monotonic()) for claim in claims))

    census = check_invariants(bench.engine)
    assert census.by_status == {JobStatus.SUCCEEDED: n_jobs}


async def test_a_search_told_to_finish_ends_with_what_it_has(bench: Any) -> None:
    job_id = bench.submit("j", pins={"settings": {"samples": 8}})
    model = WaitingAfter(["Answer: 4"], n_answers=2)
    running = asyncio.create_task(
        bench.make_solver(model).solve(bench.claim(job_id), time.monotonic())
    )
    await model.asked.wait()

    bench.jobs.request_finish(bench.tenant_id, job_id)
    # As the watch over the logs does once a second.
    await asyncio.to_thread(bench.keeper.keep)
    await running

    job = bench.get(job_id)
    assert (job.status, job.stop_reason) == (JobStatus.SUCCEEDED, StopReason.HARVESTED)
    assert job.answer_text == "4"
    check_invariants(bench.engine)


async def test_a_job_told_to_finish_in_the_queue_is_ended_by_its_next_worker(bench: Any) -> None:
    job_id = bench.submit("j")
    claim = bench.claim(job_id)
    bench.leases.release(claim.lease, "drain")
    bench.jobs.request_finish(bench.tenant_id, job_id)
    model = ScriptedChatModel(["Answer: 4"])
    await bench.make_solver(model).solve(bench.claim(job_id), time.monotonic())

    job = bench.get(job_id)
    assert (job.status, job.stop_reason) == (JobStatus.SUCCEEDED, StopReason.HARVESTED)
    assert job.outcome is SolveOutcome.NO_ANSWER
    check_invariants(bench.engine)


async def test_a_search_ends_when_its_money_is_spent(bench: Any) -> None:
    prices = {"per_mtok_in": 0.0, "per_mtok_out": 1.0}
    answers = [f"Answer: {number}" for number in range(64)]
    job_id = bench.submit(
        "j",
        pins={"settings": {"samples": 64}},
        told={"prices": prices},
        budget=Budget(money=0.00002),
    )
    await bench.make_solver(ScriptedChatModel(answers)).solve(
        bench.claim(job_id), time.monotonic()
    )

    job = bench.get(job_id)
    assert job.stop_reason is StopReason.BUDGET
    assert job.spent.cost >= 0.00002
    check_invariants(bench.engine)
