"""Each strategy goes on from a path that another has written, with a model that errs."""

from __future__ import annotations

import asyncio

import pytest

from engine.adapters.memory_log import InMemoryEventLog
from engine.domain.canonical import digest, text_body
from engine.domain.event import EventDraft, EventType, Position, check_chain, seal_events
from engine.domain.fold import fold
from engine.domain.footing import find_obstacle
from engine.domain.ids import NodeId
from engine.domain.lineage import Replaced, cut_at, cut_before, inherit, keep_path
from engine.domain.trace_digest import trace_digest
from engine.domain.trial import PathEnd
from engine.search.registry import create_algorithm, list_strategies
from engine.search.strategy import Offered
from tests.fakes.scripted_model import ScriptedChatModel
from tests.unit.engine.runner.test_every_strategy import (
    BUDGET,
    NAMES,
    OFFERED,
    CountingLog,
    OneAnswer,
    count_asked,
    make_bench,
    run,
)
from tests.unit.engine.runner.test_forks import PROGRAM_PROFILE, program_bench

PROGRAMS = Offered(
    sampling=PROGRAM_PROFILE.to_sampling(),
    prompts=frozenset({"solve", "step"}),
    tools=frozenset({"calculator"}),
    answers_by_program=True,
)


@pytest.fixture(scope="module")
def source():
    """A search by steps that has ended."""
    bench = make_bench("beam", 2)
    asyncio.run(run(bench))
    return bench


def find_inner(bench):
    """Return the deepest node that can be gone on from."""
    nodes = fold(bench.log.events).nodes.values()
    return max((n for n in nodes if find_obstacle(n) is None), key=lambda node: node.depth)


def graft(bench, node_id, *, text=None):
    """Return a log that begins with the path to a node of the bench's."""
    events, ref = bench.log.events, None if text is None else digest(text_body(text))
    cut = (
        cut_at(events, node_id) if text is None else cut_before(events, node_id, Replaced.THOUGHT)
    )
    change = {} if ref is None else {"thought": {"ref": ref, "n_chars": len(text)}}
    forked = EventDraft(type=EventType.SEARCH_FORKED, data={"node": node_id, "change": change})
    drafts = [events[0].draft, *inherit(keep_path(cut, node_id)), forked]
    sealed = seal_events(Position(job_id="child"), drafts, "2026-01-01T00:00:00Z")[1]
    log = CountingLog("child", events=sealed)
    log.bodies = {**bench.log.bodies, **({} if ref is None else {ref: text_body(text)})}
    return log


def go_on(source, name, log, node_id):
    start = PathEnd(node_id=NodeId(node_id))
    return make_bench(name, 7, log=log, algorithm=create_algorithm(name, {}, OFFERED, start))


def test_all_others_go_on_from_a_path():
    published = {one.name: one.to_data(OFFERED) for one in list_strategies(OFFERED)}

    assert all(published[name]["midway"]["is_available"] for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
async def test_a_strategy_goes_on_from_a_path_at_its_own_cost_alone(source, name):
    node = find_inner(source)
    before = list(source.log.events)
    bench = go_on(source, name, graft(source, node.node_id), node.node_id)
    end = await run(bench)

    check_chain(bench.log.events)
    view = fold(bench.log.events)
    assert bench.log.events[-1].type is EventType.SEARCH_DECIDED
    assert all(one.ended_seq is not None for one in view.nodes.values())
    assert end.spent.nodes == len(view.nodes) - node.depth <= BUDGET.nodes
    assert list(view.nodes)[: node.depth][-1] == node.node_id
    text = source.log.bodies[node.body_ref].decode().strip()
    assert all(text in str(request.prompt) for request in bench.model.requests)
    assert source.log.events == before


@pytest.mark.parametrize("name", NAMES)
async def test_a_grafted_strategy_resumes_and_asks_for_nothing_twice(source, name):
    node = find_inner(source)
    log = graft(source, node.node_id)
    begun = len(log.events)
    whole = go_on(source, name, log, node.node_id)
    end = await run(whole)
    events, expected = log.events, trace_digest(fold(log.events))

    for n_kept in (begun, *log.lengths[:-1:4]):
        resumed = InMemoryEventLog("child", events=events[:n_kept])
        resumed.bodies.update(whole.log.bodies)
        bench = go_on(source, name, resumed, node.node_id)
        again = await run(bench)
        assert again.standing.answer == end.standing.answer
        assert trace_digest(fold(resumed.events)) == expected
        n_asked = sum(request.n for request in bench.model.requests)
        assert n_asked == count_asked(events) - count_asked(events[:n_kept])


def program_graft(log, node_id, name="self_consistency", write=None):
    start = PathEnd(node_id=NodeId(node_id))
    algorithm = create_algorithm(name, {"samples": 3}, PROGRAMS, start)
    changes = {} if write is None else {"model": ScriptedChatModel(write)}
    return program_bench(log=log, algorithm=algorithm, **changes)


@pytest.mark.parametrize("name", ["self_consistency", "pal"])
async def test_a_program_is_completed_from_its_first_statements(name):
    source = program_bench()
    await source.run()
    node = find_inner(source)
    bench = program_graft(graft(source, node.node_id), node.node_id, name)
    end = await bench.run()

    asked = {request.prompt.partition("<prog>")[2] for request in bench.model.requests}
    assert asked == {"v=48/2;w=48+v;"}
    assert (end.standing.answer.text, end.standing.n_ended) == ("72", 2)


class NotingTools(OneAnswer):
    """Notes the programs that it is given."""

    def __init__(self):
        self.programs = []

    async def run(self, call):
        self.programs.append(call.arguments["code"])
        return await super().run(call)


async def test_a_program_is_shown_what_was_begun_in_prose_and_run_alone(source):
    node, tools = find_inner(source), NotingTools()
    algorithm = create_algorithm("pal", {"cot_share": 0}, OFFERED, PathEnd(node_id=node.node_id))
    bench = make_bench("pal", 7, log=graft(source, node.node_id), algorithm=algorithm, tools=tools)
    bench.model = ScriptedChatModel(["```python\nanswer = 72\n```"])
    await run(bench)

    begun = source.log.bodies[node.body_ref].decode().strip()
    lasts = {request.prompt[-1] for request in bench.model.requests}
    assert [last.role for last in lasts] == ["user"]
    assert all(begun in last.content for last in lasts)
    assert set(tools.programs) == {"answer = 72"}


async def test_another_thought_is_gone_on_from_by_another_strategy():
    source = program_bench()
    await source.run()
    node = find_inner(source)
    bench = program_graft(graft(source, node.node_id, text="w=50+v"), node.node_id)
    end = await bench.run()

    asked = {request.prompt.partition("<prog>")[2] for request in bench.model.requests}
    assert asked == {"v=48/2;w=50+v;"}
    assert end.standing.answer.text == "74"
