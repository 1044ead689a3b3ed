"""Searches that run programs or look at certainty, with the project's own model on a real vLLM."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest

from engine.adapters.key_equality import KeyEquality
from engine.adapters.memory_log import InMemoryEventLog
from engine.adapters.monotonic_clock import MonotonicClock
from engine.adapters.openai_http import OpenAIChatModel, create_client
from engine.adapters.profile_file import load_profile
from engine.answers.compare import compare_answers
from engine.domain.event import EventType
from engine.domain.fold import fold
from engine.domain.pins import Serving
from engine.domain.problem import Problem
from engine.domain.program import render_number
from engine.domain.verdict import Verdict
from engine.library import NeverCancelled
from engine.prompts.prompt_set import load_prompt_set
from engine.runner import SearchPorts, SearchRequest, run_search
from engine.search.registry import create_algorithm
from engine.search.strategy import Offered
from tests.acceptance.conftest import MODEL_FOLDER
from tools.registry import local_tools

pytestmark = pytest.mark.timeout(900)
EXAMPLES = Path(__file__).parents[2] / "examples" / "word_problems.jsonl"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A problem of the kind that the shipped weights have learnt."""

    question: str
    template: str
    answer: Fraction


def _read_tasks() -> list[Task]:
    rows = [json.loads(line) for line in EXAMPLES.read_text(encoding="utf-8").splitlines()]
    return [
        Task(question=row["problem"], template=row["id"], answer=Fraction(row["answer"]))
        for row in rows
    ]


PROBLEMS = _read_tasks()
N_PROBLEMS = len(PROBLEMS)


@pytest.fixture(name="solve")
async def _solve(vllm_server):
    """Return a search for a problem's answer by a strategy; its end, and its events."""
    profile = load_profile(str(MODEL_FOLDER))
    prompts = load_prompt_set(profile.prompt_set)
    tools = local_tools(MonotonicClock())
    offered = Offered(
        sampling=profile.to_sampling(),
        prompts=frozenset(prompts.prompts),
        tools=frozenset(tools.names),
        answers_by_program=True,
    )
    async with create_client() as client:
        model = OpenAIChatModel(
            vllm_server.server, client=client, clock=MonotonicClock(), rng=Random(1)
        )

        async def solve(strategy, problem, **settings):
            algorithm = create_algorithm(strategy, settings, offered)
            log = InMemoryEventLog()
            request = SearchRequest(
                problem=Problem(text=problem.question, root_search_id=problem.template),
                algorithm=algorithm,
                settings=algorithm.settings(),
                profile=profile,
                prompts=prompts,
                serving=Serving(
                    model="svend-mini",
                    model_fingerprint="test",
                    profile=profile.name,
                    prompt_ids=prompts.prompt_ids(),
                    canonicaliser=KeyEquality().canonicaliser,
                ),
            )
            ports = SearchPorts(
                model=model,
                tools=tools,
                equality=KeyEquality(),
                log=log,
                clock=MonotonicClock(),
            )
            return await run_search(request, ports, NeverCancelled()), log.events

        yield solve


def _is_right(end, problem):
    answer = end.standing.answer
    expected = render_number(problem.answer)
    return answer is not None and compare_answers(answer.text, expected) is Verdict.RIGHT


async def test_programs_of_the_model_solve_problems_and_leave_their_evidence(solve):
    ends = await asyncio.gather(
        *(solve("pal", problem, samples=6, temperature=1.0, haste=1.0) for problem in PROBLEMS)
    )
    n_right = sum(
        _is_right(end, problem) for (end, _), problem in zip(ends, PROBLEMS, strict=True)
    )

    assert n_right >= N_PROBLEMS // 2
    for end, events in ends:
        runs = [event for event in events if event.type is EventType.TOOL_ENDED]
        n_votes = sum(vote.n_votes for vote in end.standing.votes)
        assert len([run for run in runs if run.data["status"] == "ok"]) >= n_votes
        assert all(one.n_programs and not one.n_written for one in end.standing.evidence)


async def test_certainty_weighs_votes_and_cuts_unsure_samples_short(solve):
    settings = {"mode": "online", "samples": 24, "warmups": 8, "keep": 0.5, "group_tokens": 4}
    ends = await asyncio.gather(
        *(
            solve("deepconf", problem, temperature=1.5, haste=1.0, consensus=1.0, **settings)
            for problem in PROBLEMS[:8]
        )
    )
    nodes = [node for _, events in ends for node in fold(events).nodes.values()]
    reasons = [node.reason for node in nodes]

    assert all("of the certainty" in end.standing.why for end, _ in ends if end.standing.answer)
    assert "unsure" in reasons
    assert all(end.standing.is_decided for end, _ in ends)
