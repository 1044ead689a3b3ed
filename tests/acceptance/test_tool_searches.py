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
from engine.answers.extract import NOT_TOLD
from engine.domain.event import EventType
from engine.domain.fold import fold
from engine.domain.pins import Serving
from engine.domain.problem import Problem
from engine.domain.program import render_number
from engine.domain.trial import NodeKind
from engine.domain.verdict import Verdict
from engine.library import NeverCancelled
from engine.prompts.prompt_set import load_prompt_set
from engine.runner import SearchPorts, SearchRequest, run_search
from engine.search.registry import create_algorithm
from engine.search.strategy import Offered
from tests.acceptance.conftest import MODEL_FOLDER
from tools.registry import all_tools, local_tools
from tools.sandbox.sandbox import Sandbox
from tools.sandbox.settings import SandboxSettings
from tools.sandboxed import list_kernels

pytestmark = pytest.mark.timeout(900)
ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples" / "word_problems.jsonl"
TOOL_PROBLEMS = ROOT / "tests" / "fixtures" / "tool_problems.jsonl"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolTask:
    """A problem of a kind that is taught with a tool.

    Attributes:
        question: What is asked.
        template: Its id.
        tool: The tool that answers it.
        answers: The answer, with and without its unit.
    """

    question: str
    template: str
    tool: str
    answers: tuple[str, ...]


def _read_tool_tasks() -> list[ToolTask]:
    rows = [json.loads(line) for line in TOOL_PROBLEMS.read_text(encoding="utf-8").splitlines()]
    return [
        ToolTask(
            question=row["problem"],
            template=row["id"],
            tool=row["tool"],
            answers=tuple(row["answers"]),
        )
        for row in rows
    ]


@pytest.fixture(name="every_tool")
async def _every_tool():
    """Return every tool, over a real sandbox."""
    sandbox = Sandbox(SandboxSettings(modules=list_kernels()))
    try:
        await sandbox.start()
        yield all_tools(MonotonicClock(), sandbox)
    finally:
        await sandbox.aclose()


@pytest.fixture(name="solve")
async def _solve(vllm_server):
    """Return a search for a problem's answer by a strategy; its end, and its log."""
    profile = load_profile(str(MODEL_FOLDER))
    prompts = load_prompt_set(profile.prompt_set)
    async with create_client() as client:
        model = OpenAIChatModel(
            vllm_server.server, client=client, clock=MonotonicClock(), rng=Random(1)
        )

        async def solve(strategy, problem, tools=None, **settings):
            tools = tools or local_tools(MonotonicClock())
            offered = Offered(
                sampling=profile.to_sampling(),
                prompts=frozenset(prompts.prompts),
                tools=frozenset(tools.names),
                answers_by_program=True,
            )
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
                tools_text=" ".join(tools.names),
            )
            ports = SearchPorts(
                model=model,
                tools=tools,
                equality=KeyEquality(),
                log=log,
                clock=MonotonicClock(),
            )
            return await run_search(request, ports, NeverCancelled()), log

        yield solve


def _says(text, task):
    """Tell whether a text gives the value; `1 km = 1 km` is true, and converts nothing."""
    said = text.rpartition("= ")[2]
    return said in task.answers or compare_answers(said, task.answers[0]) is Verdict.RIGHT


def _read(log, node):
    return log.bodies[node.body_ref].decode()


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
    for end, log in ends:
        runs = [event for event in log.events if event.type is EventType.TOOL_ENDED]
        # A question that is declined has no program to run.
        computed = [vote for vote in end.standing.votes if vote.answer.text != NOT_TOLD]
        classes = {vote.answer.class_id for vote in computed}
        evidence = [one for one in end.standing.evidence if one.class_id in classes]
        n_votes = sum(vote.n_votes for vote in computed)
        assert len([run for run in runs if run.data["status"] == "ok"]) >= n_votes
        assert len(evidence) == len(classes)
        assert all(one.n_programs and not one.n_written for one in evidence)


async def test_certainty_weighs_votes_and_cuts_unsure_samples_short(solve):
    settings = {"mode": "online", "samples": 24, "warmups": 8, "keep": 0.5, "group_tokens": 4}
    ends = await asyncio.gather(
        *(
            solve("deepconf", problem, temperature=1.5, haste=1.0, consensus=1.0, **settings)
            for problem in PROBLEMS[:8]
        )
    )
    nodes = [node for _, log in ends for node in fold(log.events).nodes.values()]
    reasons = [node.reason for node in nodes]

    assert all("of the certainty" in end.standing.why for end, _ in ends if end.standing.answer)
    assert "unsure" in reasons
    assert all(end.standing.is_decided for end, _ in ends)


async def test_trails_of_the_model_call_tools_and_answer_with_what_they_found(solve, every_tool):
    tasks = _read_tool_tasks()
    ends = await asyncio.gather(
        *(solve("tora", task, every_tool, samples=4, temperature=0.3, haste=1.0) for task in tasks)
    )
    found = [
        (end, log, task)
        for (end, log), task in zip(ends, tasks, strict=True)
        if end.standing.answer is not None and _says(end.standing.answer.text, task)
    ]

    assert len(found) >= len(tasks) / 2
    called = {name for end, log, _ in found for name in _list_called(log, end.standing.answer)}
    assert called >= {task.tool for task in tasks}


def _list_called(log, answer):
    """Return the tools behind an answer; each left its call, its evidence and its result."""
    nodes = fold(log.events).nodes
    ended = [node for node in nodes.values() if node.kind != NodeKind.TOOL and node.answer]
    for last in [node for node in ended if node.answer["class"] == answer.class_id]:
        run = nodes[last.parent_id]
        (made,) = run.tools
        assert made["status"] == "ok"
        assert _read(log, nodes[run.parent_id]).startswith(f"<tool>{made['tool']}{{")
        assert _read(log, run).startswith('<result>{"output":')
        # The calculator is a grammar of our own, and needs no sandbox.
        assert ("evidence" in made) == (made["tool"] != "calculator")
        yield made["tool"]
