"""PAL and ToRA driven by the runner: what the model is shown, what is run, what the log keeps."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from engine.adapters.memory_log import InMemoryEventLog
from engine.answers.call_description import describe_tools
from engine.domain.canonical import digest
from engine.domain.event import EventType
from engine.domain.tool import ToolResult, ToolStatus
from engine.ports import Choice, FinishReason
from engine.search.tool_use.pal import Pal
from engine.search.tool_use.tora import Tora
from engine.search.tool_use.trail import OnFailure
from engine.verify.evidence import is_executed
from tests.fakes.clock import FakeClock
from tests.fakes.scripted_model import ScriptedChatModel
from tests.unit.engine.runner.harness import PROGRAM_PROFILE, Bench
from tools.registry import local_tools

ADD = {"type": "function", "function": {"name": "add"}}
TOOLS = describe_tools([{"name": "execute_python", "description": "Runs a program."}])


class Python:
    """Implements the port `ToolRunner`: knows what a few programs print."""

    def __init__(self, **values):
        self.values = values
        self.codes: list[str] = []

    async def run(self, call):
        code = call.arguments["code"]
        self.codes.append(code)
        value = self.values.get(code.partition(" ")[0])
        if value is None:
            return ToolResult(status=ToolStatus.FAILED, error="NameError: x", version="py/1")
        detail = {"answer": value}
        return ToolResult(status=ToolStatus.OK, output=value, detail=detail, version="py/1")


def _solve(model, algorithm, tools, **changes):
    bench = Bench(
        model=ScriptedChatModel(model),
        algorithm=algorithm,
        tools=tools,
        tools_text=TOOLS,
        **changes,
    )
    return bench, asyncio.run(bench.run())


def _tool_events(bench):
    return [event for event in bench.log.events if event.type is EventType.TOOL_ENDED]


def _block(code):
    return f"I compute it.\n```python\n{code}\n```"


def _system(request):
    return request.prompt[0].content


def test_programs_of_a_small_model_vote_with_their_values():
    script = ["v=48/2;a=48+v<ans>a", "b=48+24<ans>b", "c=48*2<ans>c", "a=48/0<ans>a"]
    bench, end = _solve(
        script,
        Pal(samples=4, prompt="solve", cot_share=0.0, haste=1.0),
        local_tools(FakeClock()),
        profile=PROGRAM_PROFILE,
    )

    assert end.standing.answer.text == "72"
    assert is_executed(end.standing)
    assert end.standing.why.endswith("2 different programs computed it")
    assert [event.data["status"] for event in _tool_events(bench)] == ["ok"] * 3 + ["invalid"]


def test_programs_and_prose_of_a_chat_model_vote_in_one_pool():
    def say(request, _index):
        return _block("good") if "Python" in _system(request) else "So.\nAnswer: 72 clips"

    bench, end = _solve(say, Pal(samples=4, haste=1.0), Python(good="72"))

    assert end.standing.votes[0].n_votes == end.standing.n_ended
    support = end.standing.support
    assert support.n_programs == 1
    assert support.n_written >= 1
    assert is_executed(end.standing)
    assert bench.log.bodies[digest(b"good")] == b"good"


def test_one_program_against_the_prose_verifies_nothing():
    def say(request, _index):
        return _block("good") if "Python" in _system(request) else "So.\nAnswer: 5"

    _, end = _solve(say, Pal(samples=3, cot_share=0.67, haste=1.0), Python(good="72"))

    assert not is_executed(end.standing)


def test_an_error_is_shown_to_the_model_which_mends_its_program():
    def say(request, _index):
        written = request.prompt[-1].content if request.prompt[-1].role == "assistant" else ""
        if not written:
            return _block("bad")
        return "Answer: 72" if "\n72\n" in written else _block("good")

    bench, end = _solve(say, Tora(samples=1), Python(good="72"))
    last = bench.model.requests[-1].prompt[-1].content

    assert end.standing.answer.text == "72"
    assert bench.tools.codes == ["bad", "good"]
    assert last.index("```python\nbad") < last.index("NameError") < last.index("```python\ngood")
    assert [event.data["status"] for event in _tool_events(bench)] == ["failed", "ok"]


def test_a_dropped_step_leaves_no_trace_in_what_the_model_reads():
    said = iter([_block("bad"), _block("good"), "Answer: 72"])
    bench, end = _solve(
        lambda *_: next(said),
        Tora(samples=1, on_failure=OnFailure.DROP),
        Python(good="72"),
    )
    last = bench.model.requests[-1].prompt[-1].content

    assert end.standing.answer.text == "72"
    assert "bad" not in last
    assert "NameError" not in last


def test_a_malformed_call_is_corrected_and_the_corrections_are_bounded():
    bench, end = _solve(
        lambda *_: "```tool\n{oops\n```", Tora(samples=1, max_corrections=2), Python()
    )
    last = bench.model.requests[-1].prompt[-1].content

    assert last.count("could not be read") == 2
    assert end.standing.answer is None
    assert not _tool_events(bench)


def test_an_unknown_tool_is_an_observation_with_the_known_ones():
    said = iter(['```tool\n{"name": "oracle", "arguments": {}}\n```', "Answer: 72"])
    bench, end = _solve(lambda *_: next(said), Tora(samples=1), local_tools(FakeClock()))

    assert "calculator" in bench.model.requests[-1].prompt[-1].content
    assert end.standing.answer.text == "72"


def test_trails_start_as_one_request_and_vote():
    def say(request, index):
        if request.prompt[-1].role == "user":
            return _block("good")
        return f"Answer: {'72' if 'good' in request.prompt[-1].content else '5'}"

    bench, end = _solve(say, Tora(samples=3, haste=1.0), Python(good="72"))

    assert bench.model.requests[0].n == 3
    assert end.standing.answer.text == "72"
    assert "Runs a program." in _system(bench.model.requests[0])


def test_trails_whose_programs_differ_verify_what_they_computed():
    def say(request, index):
        if request.prompt[-1].role == "user":
            return _block(("good", "fine", "good")[index])
        return "Answer: 72"

    _, end = _solve(say, Tora(samples=3, haste=1.0), Python(good="72", fine="72.0"))

    assert end.standing.support.n_programs == 2
    assert end.standing.support.n_written == 0
    assert is_executed(end.standing)


def test_a_trail_that_repeats_its_own_program_verifies_nothing():
    def say(request, _index):
        return _block("good") if request.prompt[-1].role == "user" else "Answer: 72"

    _, end = _solve(say, Tora(samples=3, haste=1.0), Python(good="72"))

    assert end.standing.support.n_programs == 1
    assert not is_executed(end.standing)


def test_a_step_that_was_cut_off_ends_its_trail():
    def say(request, index):
        if request.prompt[-1].role == "user":
            return Choice(index=index, text=_block("good"), finish_reason=FinishReason.LENGTH)
        return "Answer: 72"

    bench, end = _solve(say, Tora(samples=2, haste=1.0), Python(good="72"))

    assert not bench.tools.codes
    assert end.standing.answer is None


@pytest.mark.parametrize("n_kept", range(1, 12), ids=str)
def test_a_tool_loop_resumes_from_every_prefix_without_running_a_tool_twice(n_kept):
    def say(request, _index):
        written = request.prompt[-1].content if request.prompt[-1].role == "assistant" else ""
        return "Answer: 72" if "\n72\n" in written else _block("good")

    whole, end = _solve(say, Tora(samples=2, haste=1.0), Python(good="72"))
    log = InMemoryEventLog()
    asyncio.run(_copy(whole.log, log, n_kept))
    rest, resumed = _solve(say, Tora(samples=2, haste=1.0), Python(good="72"), log=log)

    assert resumed.standing.answer == end.standing.answer
    kept = whole.log.events[:n_kept]
    n_run = sum(e.type is EventType.TRIAL_ENDED and e.draft.kind == "tool" for e in kept)
    assert len(rest.tools.codes) == len(whole.tools.codes) - n_run


class NativeBench(Bench):
    """A search whose server is told of the tools, and the prompt not."""

    def request(self):
        return replace(super().request(), tools=(ADD,), tools_text="")


def test_a_server_that_reads_calls_is_told_of_the_tools_and_the_prompt_is_not():
    said = iter([_block("good"), "Answer: 72"])
    bench = NativeBench(
        model=ScriptedChatModel(lambda *_: next(said)),
        algorithm=Tora(samples=1),
        tools=Python(good="72"),
    )
    end = asyncio.run(bench.run())

    assert [request.tools for request in bench.model.requests] == [(ADD,), (ADD,)]
    assert "```tool" not in _system(bench.model.requests[0])
    assert end.standing.answer.text == "72"


def test_only_steps_that_may_call_are_told_of_tools():
    bench = NativeBench(
        model=ScriptedChatModel([_block("good")]),
        algorithm=Pal(samples=2),
        tools=Python(good="72"),
    )
    asyncio.run(bench.run())

    assert {request.tools for request in bench.model.requests} == {()}


async def _copy(source, target, n_kept):
    await target.read()
    drafts = [event.draft for event in source.events[:n_kept]]
    await target.append(drafts, source.bodies)
