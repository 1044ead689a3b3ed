"""Searches by steps: what each trial's prompt holds, when a path ends, and what it concludes."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest

from engine.adapters.memory_log import InMemoryEventLog
from engine.domain.errors import CorruptLogError
from engine.domain.event import EventType
from engine.domain.fold import fold
from engine.domain.profile import CHAT_PROFILE
from engine.domain.record import read_outcome
from engine.domain.trace_digest import trace_digest
from engine.domain.trial import Work
from engine.ports import Choice, FinishReason
from tests.fakes.scripted_model import ScriptedChatModel
from tests.unit.engine.runner.harness import PROGRAM_PROFILE, Bench, ScriptedTools, computed
from tests.unit.engine.runner.ladder import Ladder

PROGRAM = "v=48/2;w=48+v;u=w*1<ans>u"


def write_program(request, _index):
    """Write the rest of one program, as a model does that goes on from what stands there."""
    return PROGRAM.removeprefix(request.prompt.partition("<prog>")[2])


def write_prose(request, _index):
    steps = ["First, halve.", "Then add.", "Answer: 72"]
    last = request.prompt[-1]
    n_before = last.content.count("\n\n") if last.role == "assistant" else 0
    return "\n\n".join(steps[n_before:])


def program_bench(script=write_program, **changes):
    return Bench(
        **{
            "model": ScriptedChatModel(script),
            "tools": ScriptedTools({"v=48/2;w=48+v;u=w*1": computed("72")}),
            "profile": PROGRAM_PROFILE,
            "algorithm": Ladder(width=2, max_steps=5),
            **changes,
        }
    )


def chat_bench(script=write_prose, **changes):
    return Bench(model=ScriptedChatModel(script), algorithm=Ladder(**changes))


def run(bench):
    return asyncio.run(bench.run())


def outcomes(bench):
    return [read_outcome(e) for e in bench.log.events if e.type is EventType.TRIAL_ENDED]


def prompts(bench):
    return [request.prompt for request in bench.model.requests]


def test_each_step_goes_on_from_the_steps_before_it():
    bench = program_bench()
    end = run(bench)

    assert prompts(bench) == [
        "<q>How many clips?<prog>",
        "<q>How many clips?<prog>v=48/2;",
        "<q>How many clips?<prog>v=48/2;w=48+v;",
    ]
    assert end.standing.answer.text == "72"


def test_the_program_of_the_whole_path_is_run():
    bench = program_bench()
    run(bench)

    assert {call.arguments["program"] for call in bench.tools.calls} == {"v=48/2;w=48+v;u=w*1"}
    assert [o.is_final for o in outcomes(bench)] == [False] * 4 + [True] * 2


def test_a_step_that_ended_at_its_mark_has_no_answer_and_is_not_final():
    bench = program_bench()
    run(bench)

    first = outcomes(bench)[0]
    assert (first.reason, first.answer, first.is_final) == ("step", None, False)


def test_siblings_share_a_request_and_their_prompt_s_body():
    bench = program_bench()
    run(bench)

    opened = [e for e in bench.log.events if e.type is EventType.TRIAL_OPENED]
    assert [request.n for request in bench.model.requests] == [2, 2, 2]
    assert len({event.draft.body_ref for event in opened}) == 3
    assert all(event.draft.body_ref in bench.log.bodies for event in opened)


def test_a_longer_path_s_prompt_begins_with_the_shorter_one_s():
    bench = program_bench()
    run(bench)

    shown = prompts(bench)
    assert all(b.startswith(a) for a, b in pairwise(shown))


def test_the_steps_of_a_chat_are_the_assistant_s_own_words():
    bench = chat_bench()
    end = run(bench)

    first, second, third = prompts(bench)
    assert [message.role for message in first] == ["system", "user"]
    assert (second[-1].role, second[-1].content) == ("assistant", "First, halve.\n\n")
    assert third[-1].content == "First, halve.\n\nThen add.\n\n"
    assert end.standing.answer.text == "72"


def test_a_whole_answer_goes_on_past_the_ends_of_steps():
    bench = chat_bench(max_steps=1, last=Work.SAMPLE)
    end = run(bench)

    assert bench.model.requests[-1].stop == CHAT_PROFILE.stop
    assert end.standing.answer.text == "72"
    assert len(bench.model.requests) == 2


def test_an_answer_marked_at_a_step_s_end_ends_the_path():
    bench = chat_bench(lambda *_: "So it is 72.\nAnswer: 72\n\nAnd another thing")
    end = run(bench)

    assert len(bench.model.requests) == 1
    assert end.standing.answer.text == "72"


def test_an_answer_spoken_of_on_the_way_does_not_end_it():
    bench = chat_bench(lambda *_: "The answer is the sum of both.\n\nmore", max_steps=2)
    run(bench)

    assert [outcome.is_final for outcome in outcomes(bench)] == [False] * 2


@pytest.mark.parametrize("text", ["", " \n"], ids=["nothing", "blank"])
def test_an_empty_step_is_the_last(text):
    bench = chat_bench(lambda *_: Choice(index=0, text=text, finish_reason=FinishReason.STOP))
    run(bench)

    (outcome,) = outcomes(bench)
    assert (outcome.is_final, outcome.reason) == (True, "no-answer")


@pytest.mark.parametrize(
    ("is_told", "is_final"), [(True, True), (False, False)], ids=["told", "not-told"]
)
def test_a_step_that_ended_by_itself_is_the_last_if_the_server_says_so(is_told, is_final):
    said = Choice(index=0, text="Done.", finish_reason=FinishReason.STOP, is_stop_told=is_told)
    bench = chat_bench(lambda *_: said, max_steps=1)
    run(bench)

    assert outcomes(bench)[0].is_final is is_final


def test_a_step_cut_by_its_length_is_truncated():
    cut = Choice(index=0, text="Answer: 9", finish_reason=FinishReason.LENGTH)
    bench = chat_bench(lambda *_: cut)
    end = run(bench)

    assert outcomes(bench)[0].status.value == "truncated"
    assert end.standing.answer is None


def test_a_search_by_steps_resumes_from_every_prefix_of_its_log():
    whole = program_bench()
    end = run(whole)
    expected = trace_digest(fold(whole.log.events))

    for n_events in range(1, len(whole.log.events)):
        log = InMemoryEventLog(events=whole.log.events[:n_events])
        log.bodies.update(whole.log.bodies)
        again = program_bench(log=log)
        assert run(again).standing.answer == end.standing.answer
        assert trace_digest(fold(log.events)) == expected


def test_a_resumed_search_asks_for_nothing_twice():
    whole = program_bench()
    run(whole)
    events = whole.log.events
    ended = [i for i, event in enumerate(events, start=1) if event.type is EventType.TRIAL_ENDED]
    log = InMemoryEventLog(events=events[: ended[3]])
    log.bodies.update(whole.log.bodies)
    again = program_bench(log=log)
    run(again)

    assert prompts(again) == ["<q>How many clips?<prog>v=48/2;w=48+v;"]


def test_a_path_whose_text_was_purged_cannot_be_gone_on_with():
    whole = program_bench()
    run(whole)
    ended = [i for i, e in enumerate(whole.log.events, 1) if e.type is EventType.TRIAL_ENDED]
    purged = InMemoryEventLog(events=whole.log.events[: ended[1]])

    with pytest.raises(CorruptLogError, match="may have been purged"):
        run(program_bench(log=purged))
