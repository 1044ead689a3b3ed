"""A question that the model declines, and samples that are held to a grammar."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from engine.domain.event import EventType
from engine.search.direct import Direct
from engine.search.self_consistency import SelfConsistency
from tests.fakes.scripted_model import ScriptedChatModel
from tests.unit.engine.runner.harness import PROGRAM_PROFILE, Bench, ScriptedTools, computed

DECLINED = "<ans><none>"


def test_most_samples_that_decline_win_the_vote():
    bench = Bench(
        model=ScriptedChatModel([DECLINED, DECLINED, "a=48/2<ans>a", DECLINED]),
        tools=ScriptedTools({"a=48/2": computed("24")}),
        profile=PROGRAM_PROFILE,
        algorithm=SelfConsistency(),
    )
    end = asyncio.run(bench.run())
    assert end.standing.answer is not None
    assert end.standing.answer.text == "not enough information"
    assert end.standing.answer.key == "x:unknown"


def test_what_is_declined_runs_no_tool():
    bench = Bench(
        model=ScriptedChatModel([DECLINED]),
        tools=ScriptedTools({}),
        profile=PROGRAM_PROFILE,
        algorithm=Direct(),
    )
    asyncio.run(bench.run())
    assert bench.tools.calls == []
    ended = next(e for e in bench.log.events if e.type is EventType.TRIAL_ENDED)
    assert (ended.data["status"], ended.data["reason"]) == ("complete", "stop")


def test_answers_are_asked_for_with_the_profile_s_grammar():
    bench = Bench(
        model=ScriptedChatModel([DECLINED]),
        profile=replace(PROGRAM_PROFILE, grammar='root ::= "a"'),
        algorithm=Direct(),
    )
    asyncio.run(bench.run())
    assert [request.grammar for request in bench.model.requests] == ['root ::= "a"']
