"""A claimed call of a tool: run once, told in the log, ended whatever happens."""

from __future__ import annotations

import asyncio
import base64
import time
from typing import Any

from sqlalchemy import text

from db.records import NewJob
from engine.adapters.key_equality import KeyEquality
from engine.adapters.monotonic_clock import MonotonicClock
from engine.config import Settings
from engine.domain.budget import Budget
from engine.domain.canonical import canonical_bytes, digest
from engine.domain.event import EventDraft, EventType
from engine.domain.ids import JobId
from engine.domain.job_status import JobStatus
from engine.domain.job_type import JobType
from engine.domain.standing import SolveOutcome
from engine.domain.tool import ToolCall, ToolEvidence, ToolResult, ToolStatus
from tests.fakes.scripted_model import ScriptedChatModel
from tests.integration.workers.conftest import QUEUE
from tests.invariants import check_invariants
from tools.registry import local_tools
from workers.cancel import JobCancel
from workers.event_log import PostgresEventLog
from workers.solve import SolvePorts, Solver
from workers.tool_job import ToolJob

PNG = b"\x89PNG drawn"
DRAWN = ToolResult(
    status=ToolStatus.OK,
    output="a line",
    detail={"images": [{"media_type": "image/png", "data": base64.b64encode(PNG).decode()}]},
    version="plot/1",
)


class Tools:
    """Answers each call by the next of its results, or waits for ever."""

    def __init__(self, *results: ToolResult) -> None:
        self._results = list(results)
        self.calls: list[ToolCall] = []
        self.asked = asyncio.Event()

    async def run(self, call: ToolCall) -> ToolResult:
        self.calls.append(call)
        self.asked.set()
        if not self._results:
            await asyncio.Event().wait()
        return self._results.pop(0)


def submit(bench: Any, tool: str = "calculator", **arguments: Any) -> JobId:
    encoded = canonical_bytes(arguments)
    data = {
        "problem": {"ref": digest(encoded), "n_chars": len(encoded)},
        "budget": {},
        "tool": {"name": tool, "version": f"{tool}/1"},
    }
    bench.jobs.submit(
        NewJob(
            job_id=JobId("j"),
            tenant_id=bench.tenant_id,
            type=JobType.TOOL,
            problem_text=encoded.decode(),
            strategy=tool,
            budget=Budget(),
            first=EventDraft(type=EventType.JOB_SUBMITTED, data=data),
            queue=QUEUE,
            max_attempts=2,
        )
    )
    return JobId("j")


def make_solver(bench: Any, tools: Any) -> Solver:
    ports = SolvePorts(
        model=lambda _asker: ScriptedChatModel([]),
        tools=tools,
        equality=KeyEquality(),
        clock=MonotonicClock(),
        log=bench.log_ports,
        keeper=bench.keeper,
    )
    # No model has been found: a tool needs none.
    return Solver(ports, Settings())


async def call(bench: Any, tools: Any, tool: str = "calculator", **arguments: Any) -> Any:
    job_id = submit(bench, tool, **arguments)
    await make_solver(bench, tools).solve(bench.claim(job_id), time.monotonic())
    check_invariants(bench.engine)
    return bench.get(job_id)


def end_pause(bench: Any, job_id: JobId) -> None:
    with bench.engine.begin() as connection:
        connection.execute(
            text("UPDATE jobs SET not_before = now() WHERE job_id = :j"), {"j": job_id}
        )


def broken() -> ToolResult:
    evidence = ToolEvidence(
        input_digest="i",
        output_digest="o",
        seed=1,
        tier="full",
        outcome="sandbox_error",
        cpu_ms=0,
        wall_ms=0,
    )
    return ToolResult(status=ToolStatus.FAILED, error="it died", evidence=evidence)


async def test_a_call_ends_with_its_result(bench: Any) -> None:
    job = await call(bench, local_tools(MonotonicClock()), program="v=48/2;a=48+v")
    result = bench.jobs.get_result(bench.tenant_id, job.job_id)

    assert (job.status, job.answer_text) == (JobStatus.SUCCEEDED, "72")
    assert job.outcome is SolveOutcome.UNVERIFIED
    assert result.body["status"] == "ok"
    assert result.body["detail"]["bindings"] == {"v": "24", "a": "72"}
    assert result.body["version"] == "calculator/1"


async def test_the_log_tells_of_submission_run_and_end(bench: Any) -> None:
    await call(bench, local_tools(MonotonicClock()), program="a=1")

    assert [event.type for event in bench.list_events(JobId("j"))] == [
        EventType.JOB_SUBMITTED,
        EventType.JOB_CLAIMED,
        EventType.TOOL_ENDED,
        EventType.JOB_SUCCEEDED,
    ]


async def test_a_refused_call_succeeds_with_the_words_that_mend_it(bench: Any) -> None:
    job = await call(bench, local_tools(MonotonicClock()), program="a=sin(1)")
    result = bench.jobs.get_result(bench.tenant_id, job.job_id)

    assert (job.status, job.outcome) == (JobStatus.SUCCEEDED, SolveOutcome.NO_ANSWER)
    assert result.body["status"] == "invalid"
    assert result.body["error"]


async def test_a_picture_is_kept_apart_from_the_log(bench: Any) -> None:
    job = await call(bench, Tools(DRAWN), "plot")
    result = bench.jobs.get_result(bench.tenant_id, job.job_id)
    (made,) = result.body["artefacts"]

    assert made == {"media_type": "image/png", "digest": digest(PNG), "n_bytes": len(PNG)}
    assert result.body["detail"]["images"] == [made]
    assert bench.events.find_body(bench.tenant_id, job.job_id, digest(PNG)) == PNG


async def test_a_run_that_was_written_is_not_repeated(bench: Any) -> None:
    tools = Tools(DRAWN)
    job_id, solver = submit(bench, "plot"), make_solver(bench, tools)
    claim = bench.claim(job_id)
    cancel = JobCancel(asyncio.get_running_loop())
    log = PostgresEventLog(claim, bench.log_ports, cancel)
    # This process is lost after it has written the run, and before it can end the job.
    await ToolJob(tools, MonotonicClock()).run(log, cancel, None)
    bench.expire_lease(job_id)
    await solver.solve(bench.claim(job_id), time.monotonic())

    assert bench.get(job_id).status is JobStatus.SUCCEEDED
    assert len(tools.calls) == 1


async def test_a_broken_sandbox_is_tried_again(bench: Any) -> None:
    tools = Tools(broken(), DRAWN)
    job_id, solver = submit(bench, "plot"), make_solver(bench, tools)
    await solver.solve(bench.claim(job_id), time.monotonic())
    assert bench.get(job_id).status is JobStatus.QUEUED
    end_pause(bench, job_id)
    await solver.solve(bench.claim(job_id), time.monotonic())

    assert bench.get(job_id).status is JobStatus.SUCCEEDED


async def test_a_sandbox_that_stays_broken_fails_the_call(bench: Any) -> None:
    tools = Tools(broken(), broken())
    job_id, solver = submit(bench, "plot"), make_solver(bench, tools)
    await solver.solve(bench.claim(job_id), time.monotonic())
    end_pause(bench, job_id)
    await solver.solve(bench.claim(job_id), time.monotonic())
    job = bench.get(job_id)

    assert (job.status, job.error["code"]) == (JobStatus.FAILED, "tool")
    assert job.error["detail"] == "it died"


async def test_a_tool_that_this_worker_lacks_fails_the_call(bench: Any) -> None:
    job = await call(bench, local_tools(MonotonicClock()), "plot")

    assert (job.status, job.error["code"]) == (JobStatus.FAILED, "tool")
    assert "plot" in job.error["detail"]


async def test_a_cancelled_call_ends_at_once(bench: Any) -> None:
    tools = Tools()
    job_id, solver = submit(bench, "plot"), make_solver(bench, tools)
    running = asyncio.ensure_future(solver.solve(bench.claim(job_id), time.monotonic()))
    await tools.asked.wait()
    bench.jobs.request_cancel(bench.tenant_id, job_id)
    await asyncio.to_thread(bench.keeper.keep)
    await running

    assert bench.get(job_id).status is JobStatus.CANCELLED
