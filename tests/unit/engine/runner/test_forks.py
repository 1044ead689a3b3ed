"""Searches that go on from a node of another in another way."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from engine.adapters.memory_log import InMemoryEventLog
from engine.domain.canonical import digest, text_body
from engine.domain.errors import CorruptLogError, InvalidInputError
from engine.domain.event import EventDraft, EventType, Position, seal_events
from engine.domain.fold import fold
from engine.domain.lineage import Replaced, cut_at, cut_before, inherit
from engine.domain.record import read_outcome, read_trial
from engine.domain.trial import Sampling
from engine.runner.dispatch import split_groups
from engine.search.self_consistency import SelfConsistency
from tests.fakes.scripted_model import ScriptedChatModel
from tests.unit.engine.runner.harness import PROGRAM_PROFILE, Bench, ScriptedTools, computed
from tests.unit.engine.runner.ladder import Ladder
from tests.unit.engine.runner.test_tool_calls import tool_bench

PROGRAM = "v=48/2;w=48+v;u=w*1<ans>u"
OTHER = "v=48/2;w=50+v;u=w*1"


def write_program(request, _index):
    """Go on with the program from where the prompt leaves it, whichever way it went."""
    steps = request.prompt.partition("<prog>")[2].count(";")
    return ";".join(PROGRAM.split(";")[steps:])


def program_bench(**changes):
    outputs = {"v=48/2;w=48+v;u=w*1": computed("72"), OTHER: computed("74")}
    return Bench(
        **{
            "model": ScriptedChatModel(write_program),
            "tools": ScriptedTools(outputs),
            "profile": PROGRAM_PROFILE,
            "algorithm": Ladder(max_steps=5),
            **changes,
        }
    )


def run(bench):
    return asyncio.run(bench.run())


def find_node(bench, depth):
    return next(n for n in fold(bench.log.events).nodes.values() if n.depth == depth).node_id


def fork(bench, kept, change, text=None):
    """Return a log that begins with what was kept of the bench's, forked."""
    forked = EventDraft(type=EventType.SEARCH_FORKED, data=change)
    drafts = [bench.log.events[0].draft, *inherit(kept), forked]
    start = Position(job_id="child")
    log = InMemoryEventLog("child", events=seal_events(start, drafts, "2026-01-01T00:00:00Z")[1])
    log.bodies = dict(bench.log.bodies)
    if text is not None:
        log.bodies[digest(text_body(text))] = text_body(text)
    return log


def replace_thought(bench, node_id, text, *, is_kept=True):
    kept = cut_before(bench.log.events, node_id, Replaced.THOUGHT)
    told = {"thought": {"ref": digest(text_body(text)), "n_chars": len(text)}}
    change = {"node": node_id, "change": told}
    return fork(bench, kept, change, text if is_kept else None)


def test_a_search_goes_on_from_another_thought():
    source = program_bench()
    run(source)
    log = replace_thought(source, find_node(source, 2), "w=50+v")
    child = program_bench(log=log)
    end = run(child)

    assert end.standing.answer.text == "74"
    assert [r.prompt.partition("<prog>")[2] for r in child.model.requests] == ["v=48/2;w=50+v;"]


def test_a_given_thought_costs_nothing_and_is_no_sample_of_the_model():
    source = program_bench()
    run(source)
    node_id = find_node(source, 2)
    child = program_bench(log=replace_thought(source, node_id, "w=50+v"))
    run(child)

    ended = [e for e in child.log.events if e.type is EventType.TRIAL_ENDED]
    given = next(read_outcome(e) for e in ended if e.draft.node_id == node_id)
    assert (given.tokens.tokens_out, given.likelihood, given.is_final) == (0, None, False)
    assert child.log.bodies[given.body_ref] == b"w=50+v"


def test_a_given_answer_votes_like_any_other():
    source = Bench(
        model=ScriptedChatModel(["Answer: 1", "Answer: 2", "Answer: 1", "Answer: 1"]),
        algorithm=SelfConsistency(samples=4),
    )
    run(source)
    first = next(iter(fold(source.log.events).nodes))
    child = Bench(
        model=ScriptedChatModel(["Answer: 2"]),
        algorithm=SelfConsistency(samples=4),
        log=replace_thought(source, first, "I know.\nAnswer: 2"),
    )
    end = run(child)

    assert end.standing.answer.text == "2"


def test_a_given_text_that_is_not_there_fails_visibly():
    source = program_bench()
    run(source)
    log = replace_thought(source, find_node(source, 2), "w=50+v", is_kept=False)

    with pytest.raises(CorruptLogError, match="given to the node"):
        run(program_bench(log=log))


def test_a_fork_resumes_from_every_prefix_of_its_log():
    source = program_bench()
    run(source)
    whole = program_bench(log=replace_thought(source, find_node(source, 2), "w=50+v"))
    expected = run(whole)
    kinds = [event.type for event in whole.log.events]
    begun = kinds.index(EventType.SEARCH_FORKED) + 1

    for length in range(begun, len(kinds)):
        log = InMemoryEventLog("child", events=whole.log.events[:length])
        log.bodies = dict(whole.log.bodies)
        assert run(program_bench(log=log)).standing == expected.standing


def test_another_seed_draws_what_follows_anew():
    source = Bench(
        model=ScriptedChatModel(["Answer: 1", "Answer: 2"]), algorithm=SelfConsistency(samples=4)
    )
    run(source)
    first = next(iter(fold(source.log.events).nodes))
    kept = cut_at(source.log.events, first)
    log = fork(source, kept, {"node": first, "change": {"seed": 8}})
    child = Bench(
        model=ScriptedChatModel(["Answer: 1"]), algorithm=SelfConsistency(samples=4), log=log
    )
    request = child.request()
    child.request = lambda: replace(request, problem=replace(request.problem, seed=8))
    run(child)

    drawn = {r.seed + i for r in source.model.requests for i in range(r.n)}
    opened = [read_trial(e) for e in kept if e.type is EventType.TRIAL_OPENED]
    still_open = {trial.seed for trial in opened if trial.node_id != first}
    anew = {r.seed + i for r in child.model.requests for i in range(r.n)}
    assert anew & drawn == still_open


def test_neighbours_with_seeds_of_their_own_are_no_one_request():
    source = Bench(model=ScriptedChatModel(["Answer: 1"]))
    run(source)
    opened = [read_trial(e) for e in source.log.events if e.type is EventType.TRIAL_OPENED]
    first, second = opened[:2]

    assert len(split_groups([first, second])) == 1
    assert len(split_groups([first, replace(second, group_seed=1)])) == 2
    assert len(split_groups([first, replace(second, sampling=Sampling(temperature=0.1))])) == 2


def test_a_text_is_replaced_only_where_there_is_one_of_its_kind():
    source = program_bench()
    run(source)

    with pytest.raises(InvalidInputError, match="holds no tool_result"):
        cut_before(source.log.events, find_node(source, 2), Replaced.TOOL_RESULT)


def test_a_search_goes_on_from_another_tool_result():
    source = tool_bench()
    run(source)
    ended = [e.draft for e in source.log.events if e.type is EventType.TRIAL_ENDED]
    node_id = next(draft.node_id for draft in ended if draft.kind == "tool")
    kept = cut_before(source.log.events, node_id, Replaced.TOOL_RESULT)
    change = {"tool_result": {"ref": digest(b"4"), "n_chars": 1}}
    child = tool_bench(log=fork(source, kept, {"node": node_id, "change": change}, "4"))
    run(child)

    assert child.tools.calls == []
    assert child.model.requests[0].prompt[-1].content.endswith("\n\n```output\n4\n```\n\n")
