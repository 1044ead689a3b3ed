"""What is left of a whole search once its retention has ended."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from sqlalchemy import select, update

from db.models import jobs, metadata
from db.purge import PurgeStore
from engine.adapters.key_equality import KeyEquality
from engine.adapters.monotonic_clock import MonotonicClock
from engine.config import Settings
from engine.domain.event import EventType
from engine.domain.job_status import JobStatus
from engine.domain.profile import CHAT_PROFILE, AnswerProtocol
from engine.prompts.prompt_set import load_prompt_set
from tests.fakes.scripted_model import ScriptedChatModel
from tools.registry import local_tools
from workers.offer import make_offer
from workers.solve import SolvePorts, Solver

CANARY = "canarytext"
QUESTION = f"What is 2 + 2, {CANARY}?"
PROGRAM = f"{CANARY}=2+2; a={CANARY}"
BROKEN = f"{CANARY}=2; a={CANARY}/0"


async def test_no_table_holds_problem_prompt_output_or_program(bench: Any) -> None:
    job_id = await _solve(bench, [BROKEN, f"<{CANARY}>", PROGRAM, PROGRAM])
    runs = [e.data for e in bench.list_events(job_id) if e.type is EventType.TOOL_ENDED]
    assert {run["status"] for run in runs} == {"ok", "invalid"}
    assert _find_tables(bench, CANARY) == {"bodies", "jobs"}

    with bench.engine.begin() as connection:
        connection.execute(update(jobs).values(retain_until=jobs.c.created_at))
    assert PurgeStore(bench.engine).purge_expired(1) == [job_id]

    assert _find_tables(bench, CANARY) == set()


async def _solve(bench: Any, texts: list[str]) -> str:
    profile = replace(CHAT_PROFILE, answer_protocol=AnswerProtocol.PROGRAM)
    offer = make_offer(
        profile=profile,
        prompts=load_prompt_set(profile.prompt_set),
        canonicaliser=KeyEquality().canonicaliser,
        model="scripted@0123456789ab",
        version="unpinned",
    )
    ports = SolvePorts(
        model=lambda _asker: ScriptedChatModel(texts),
        tools=local_tools(MonotonicClock()),
        equality=KeyEquality(),
        clock=MonotonicClock(),
        log=bench.log_ports,
        keeper=bench.keeper,
    )
    solver = Solver(ports, Settings())
    solver.offer = offer
    job_id = bench.submit("kept", question=QUESTION, pins={"serving": offer.serving})
    await solver.solve(bench.claim(job_id), time.monotonic())
    assert bench.get(job_id).status is JobStatus.SUCCEEDED
    return job_id


def _find_tables(bench: Any, canary: str) -> set[str]:
    """Return the tables of which any column, of whatever type, holds the text."""
    found: set[str] = set()
    with bench.engine.connect() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(select(table)):
                if any(canary in _read(value) for value in row):
                    found.add(table.name)
    return found


def _read(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
