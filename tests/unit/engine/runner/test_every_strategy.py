"""Each registered strategy through the runner, with a model that errs in every way it can."""

from __future__ import annotations

import asyncio
import random

import pytest

from engine.adapters.memory_log import InMemoryEventLog
from engine.domain.budget import Budget
from engine.domain.canonical import digest
from engine.domain.event import EventType, check_chain
from engine.domain.fold import fold
from engine.domain.profile import CHAT_PROFILE
from engine.domain.tool import ToolResult, ToolStatus
from engine.domain.trace_digest import trace_digest
from engine.domain.trial import Work
from engine.ports import CancelReason, Choice, FinishReason
from engine.prompts.prompt_set import load_prompt_set
from engine.search.registry import create_algorithm, list_strategies
from engine.search.strategy import Offered
from tests.fakes.scripted_model import ScriptedChatModel
from tests.fakes.scripted_verifier import ScriptedVerifier
from tests.fakes.tokens import HeldToken
from tests.unit.engine.runner.harness import Bench

OFFERED = Offered(
    sampling=CHAT_PROFILE.to_sampling(),
    prompts=frozenset(load_prompt_set("chat").prompts),
    tools=frozenset({"execute_python", "calculator"}),
    has_verifier=True,
)
NAMES = sorted(
    one.name for one in list_strategies(OFFERED) if one.needs.find_lack(OFFERED) is None
)
# Searches that would go on for long are cut by it, as any search may be.
BUDGET = Budget(nodes=120)
MAX_S = 60.0

SAYINGS = (
    "Halve 48 to get 24.\n\nThen go on.",
    "So it is 72.\nAnswer: 72",
    "Add 24.\n\nmore",
    "Answer: 73",
    "1. Halve it.\n2. Double it.\nsure",
    "```python\nanswer = 72\n```",
    "I call.\n```tool\n{broken\n```",
    "The best choice is 1\nlikely",
    "",
    "It cannot be.\nimpossible",
)


def say(world):
    """Return a script: what a sample says depends on its prompt and seed, as a server's would."""

    def script(request, index):
        draw = random.Random(f"{world}/{request.prompt}/{request.seed + index}")
        if draw.random() < 0.1:
            finish = draw.choice([FinishReason.LENGTH, FinishReason.ERROR, FinishReason.UNSURE])
            return Choice(index=index, text="Answer: 9", finish_reason=finish, error="refused")
        return draw.choice(SAYINGS)

    return script


class OneAnswer:
    """Implements the port `ToolRunner`: every program comes to the same, or none does."""

    async def run(self, call):
        if digest(str(call.arguments).encode())[0] in "0123":
            return ToolResult(status=ToolStatus.FAILED, error="it failed")
        return ToolResult(status=ToolStatus.OK, output="72", detail={"answer": "72"})


def score(claim):
    """Return a score, or none, from the claim alone."""
    drawn = int(digest("".join(claim.steps).encode())[:2], 16)
    return None if drawn < 25 else drawn / 255


def make_bench(name, world, **changes):
    fields = {
        "model": ScriptedChatModel(say(world)),
        "tools": OneAnswer(),
        "verifier": ScriptedVerifier(score),
        "algorithm": create_algorithm(name, {}, OFFERED),
        "budget": BUDGET,
    }
    return Bench(**{**fields, **changes})


async def run(bench):
    return await asyncio.wait_for(bench.run(), MAX_S)


@pytest.mark.parametrize("world", range(4), ids=str)
@pytest.mark.parametrize("name", NAMES)
async def test_a_strategy_ends_decided_whatever_the_model_does(name, world):
    bench = make_bench(name, world)
    end = await run(bench)

    check_chain(bench.log.events)
    view = fold(bench.log.events)
    assert bench.log.events[-1].type is EventType.SEARCH_DECIDED
    assert all(node.ended_seq is not None for node in view.nodes.values())
    assert end.spent.nodes <= BUDGET.nodes
    if end.standing.answer is not None:
        assert end.standing.answer.text != "9"


class CountingLog(InMemoryEventLog):
    """Notes how long it was after each append: what a crash can leave behind."""

    def __init__(self, *given, **named):
        super().__init__(*given, **named)
        self.lengths: list[int] = []

    async def append(self, drafts, bodies):
        fresh = await super().append(drafts, bodies)
        self.lengths.append(len(self.events))
        return fresh


def count_asked(events):
    """Return how many trials that a model writes for have ended."""
    nodes = fold(events).nodes.values()
    return sum(node.ended_seq is not None and Work(node.work).asks_model for node in nodes)


@pytest.mark.parametrize("name", NAMES)
async def test_a_strategy_resumes_after_any_commit_and_asks_for_nothing_twice(name):
    whole = make_bench(name, 5, log=CountingLog())
    end = await run(whole)
    events, expected = whole.log.events, trace_digest(fold(whole.log.events))

    for n_kept in whole.log.lengths[:-1]:
        log = InMemoryEventLog(events=events[:n_kept])
        log.bodies.update(whole.log.bodies)
        bench = make_bench(name, 5, log=log)
        again = await run(bench)
        assert again.standing.answer == end.standing.answer
        assert trace_digest(fold(log.events)) == expected
        n_asked = sum(request.n for request in bench.model.requests)
        assert n_asked == count_asked(events) - count_asked(events[:n_kept])


@pytest.mark.parametrize("reason", [CancelReason.CANCEL, CancelReason.DRAIN], ids=str)
@pytest.mark.parametrize("name", NAMES)
async def test_a_strategy_stops_when_told_to(name, reason):
    cancel = HeldToken()

    def script(request, index):
        if len(bench.model.requests) == 3:
            cancel.set(reason)
        return say(6)(request, index)

    bench = make_bench(name, 6, cancel=cancel)
    bench.model = ScriptedChatModel(script)
    end = await run(bench)

    is_told = len(bench.model.requests) >= 3
    assert end.is_interrupted is (is_told and reason is CancelReason.DRAIN)
    check_chain(bench.log.events)
