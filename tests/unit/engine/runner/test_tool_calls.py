"""Steps that call tools, the runs of those calls, and programs whose value is an answer."""

from __future__ import annotations

import asyncio

import pytest

from engine.domain.canonical import digest
from engine.domain.errors import UnknownToolError
from engine.domain.event import EventType
from engine.domain.outcome import OutcomeStatus
from engine.domain.record import read_outcome
from engine.domain.tool import ToolCall, ToolResult, ToolStatus
from engine.domain.trial import PathEnd, Work
from engine.ports import CancelReason
from engine.search.direct import Direct
from engine.search.tree import Branch
from tests.fakes.scripted_model import ScriptedChatModel
from tests.fakes.tokens import HeldToken
from tests.unit.engine.runner.harness import Bench, types
from tests.unit.engine.runner.ladder import Ladder

CALL = 'I add them up.\n```tool\n{"name": "add", "arguments": {"a": 1, "b": 2}}\n```\n'
PROGRAM = "```python\nanswer = 1 + 2\n```"


class OneTool:
    """Implements the port `ToolRunner` with one result for every call."""

    def __init__(self, result=None):
        self.result = result or ToolResult(status=ToolStatus.OK, output="3", version="add/1")
        self.calls: list[ToolCall] = []

    async def run(self, call):
        self.calls.append(call)
        if isinstance(self.result, Exception):
            raise self.result
        return self.result


def run_call_of(state, trial):
    outcome = state.outcome_of(trial)
    if outcome.call is None:
        return None
    end = PathEnd(node_id=trial.node_id)
    return Branch(work=Work.TOOL, at=end, depth=2, prompt="tools", sampling=trial.sampling)


def tool_bench(text=CALL, tools=None, **changes):
    def say(request, _index):
        last = request.prompt[-1]
        return text if last.role == "user" else "So it is 3.\nAnswer: 3"

    algorithm = Ladder(max_steps=3, prompt="tools", then=run_call_of)
    model = ScriptedChatModel(say)
    tools = tools or OneTool()
    fields = {"model": model, "algorithm": algorithm, "tools": tools, "tools_text": "add(a, b)"}
    return Bench(**{**fields, **changes})


def run(bench):
    return asyncio.run(bench.run())


def outcomes(bench):
    return [read_outcome(e) for e in bench.log.events if e.type is EventType.TRIAL_ENDED]


def test_a_step_that_ends_with_a_call_names_its_tool_and_is_not_final():
    bench = tool_bench()
    run(bench)

    step = outcomes(bench)[0]
    assert (step.call, step.is_final, step.reason) == ("add", False, "call")


def test_the_observation_is_part_of_the_path():
    bench = tool_bench()
    end = run(bench)

    seen = bench.model.requests[-1].prompt[-1].content
    assert seen == f"{CALL}\n\n```output\n3\n```\n\n"
    assert bench.tools.calls == [ToolCall(name="add", arguments={"a": 1, "b": 2})]
    assert end.standing.answer.text == "3"


def test_a_run_is_an_event_before_the_end_of_its_trial():
    bench = tool_bench()
    run(bench)

    at = types(bench.log.events).index("tool.ended")
    tool, ended = bench.log.events[at : at + 2]
    assert ended.type is EventType.TRIAL_ENDED
    assert (tool.data["tool"], tool.data["output"]) == ("add", "3")
    assert b'"arguments":{"a":1,"b":2}' in bench.log.bodies[tool.draft.body_ref]


def test_a_tool_s_prompt_tells_of_the_tools_and_stops_before_their_output():
    bench = tool_bench()
    run(bench)

    first = bench.model.requests[0]
    assert "add(a, b)" in first.prompt[0].content
    assert first.stop == ("```output",)


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (ToolResult(status=ToolStatus.INVALID, error="b is missing"), "b is missing"),
        (ToolResult(status=ToolStatus.TIMEOUT, error="too slow"), "too slow"),
        (UnknownToolError("no tool 'add'; there are: plot"), "there are: plot"),
    ],
    ids=["refused", "timeout", "unknown"],
)
def test_a_run_that_fails_is_observed_so_that_the_model_can_mend_it(result, said):
    bench = tool_bench(tools=OneTool(result))
    run(bench)

    observed = outcomes(bench)[1]
    assert (observed.status, observed.reason) == (OutcomeStatus.COMPLETE, "tool-error")
    assert said in observed.error
    assert said in bench.model.requests[-1].prompt[-1].content


def test_a_call_that_cannot_be_read_is_answered_with_a_correction():
    bench = tool_bench("I add.\n```tool\n{not json\n```")
    run(bench)

    step, observed = outcomes(bench)[:2]
    assert (step.call, observed.reason) == ("malformed", "malformed-call")
    assert "could not be read" in bench.model.requests[-1].prompt[-1].content
    assert not bench.tools.calls


def test_a_run_under_way_when_a_search_is_stopped_is_dropped():
    class Hanging(OneTool):
        async def run(self, call):
            self.calls.append(call)
            cancel.set(CancelReason.CANCEL)
            await asyncio.Event().wait()

    cancel = HeldToken()
    bench = tool_bench(tools=Hanging(), cancel=cancel)
    run(bench)

    assert [outcome.status for outcome in outcomes(bench)][1:] == [OutcomeStatus.DROPPED]


def test_the_value_of_a_program_is_the_answer():
    result = ToolResult(status=ToolStatus.OK, output="3\nlog", detail={"answer": "3"})
    bench = Bench(
        model=ScriptedChatModel([PROGRAM]),
        tools=OneTool(result),
        algorithm=Ladder(max_steps=1, prompt="program", first=Work.SAMPLE),
    )
    end = run(bench)

    (outcome,) = outcomes(bench)
    assert end.standing.answer.text == "3"
    assert bench.tools.calls[0].arguments == {"code": "answer = 1 + 2"}
    assert outcome.program_ref == digest(b"answer = 1 + 2")


@pytest.mark.parametrize(
    ("text", "result", "reason"),
    [
        ("I would rather not.", None, "no-answer"),
        ("```python\nanswer = ", None, "malformed-call"),
        (PROGRAM, ToolResult(status=ToolStatus.FAILED, error="ZeroDivision"), "tool-error"),
        (PROGRAM, ToolResult(status=ToolStatus.OK, output="x", detail={}), "no-answer"),
    ],
    ids=["no-program", "cut", "fails", "no-value"],
)
def test_a_program_without_a_value_abstains(text, result, reason):
    bench = Bench(
        model=ScriptedChatModel([text]),
        tools=OneTool(result),
        algorithm=Ladder(max_steps=1, prompt="program", first=Work.SAMPLE),
    )
    end = run(bench)

    assert end.standing.answer is None
    assert outcomes(bench)[0].reason == reason


def test_a_call_in_a_text_that_may_not_call_is_only_text():
    bench = Bench(model=ScriptedChatModel([f"Answer: 3\n{CALL}"]), algorithm=Direct())
    end = run(bench)

    assert outcomes(bench)[0].call is None
    assert end.standing.answer.text == "3"


class Workshop(OneTool):
    """Ends no run before a number of them has begun, or never."""

    def __init__(self, n_together=None):
        super().__init__(ToolResult(status=ToolStatus.OK, output="3", detail={"answer": "3"}))
        self.n_together = n_together
        self.may_end = asyncio.Event()
        self.begun = asyncio.Event()

    async def run(self, call):
        self.calls.append(call)
        self.begun.set()
        if len(self.calls) == self.n_together:
            self.may_end.set()
        await self.may_end.wait()
        return self.result


def program_bench(tools, **changes):
    algorithm = Ladder(width=3, max_steps=1, prompt="program", first=Work.SAMPLE)
    return Bench(model=ScriptedChatModel([PROGRAM]), tools=tools, algorithm=algorithm, **changes)


def test_programs_of_one_request_run_side_by_side():
    bench = program_bench(Workshop(n_together=3))

    assert run(bench).standing.answer.text == "3"


@pytest.mark.parametrize(
    ("reason", "n_ended"), [(CancelReason.HARVEST, 3), (CancelReason.DRAIN, 0)], ids=str
)
async def test_a_program_under_way_when_a_search_is_stopped_is_cut(reason, n_ended):
    tools, cancel = Workshop(), HeldToken()
    bench = program_bench(tools, cancel=cancel)
    running = asyncio.create_task(bench.run())
    await tools.begun.wait()
    cancel.set(reason)
    end = await running

    assert [o.status for o in outcomes(bench)] == [OutcomeStatus.DROPPED] * n_ended
    # What the samples cost is counted, whether their trials have ended or stay open.
    assert end.spent.tokens_out == 3 * len(PROGRAM.split())


async def test_a_search_torn_down_leaves_no_program_waited_for():
    tools = Workshop()
    running = asyncio.create_task(program_bench(tools).run())
    await tools.begun.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert asyncio.all_tasks() == {asyncio.current_task()}
