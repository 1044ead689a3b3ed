"""ToRA over a model that calls tools in the form of its own training rows."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import pytest

from engine.adapters.memory_log import InMemoryEventLog
from engine.domain.canonical import digest, text_body
from engine.domain.event import EventType
from engine.domain.fold import fold
from engine.domain.lineage import Replaced, cut_before
from engine.domain.tool import ToolResult, ToolStatus
from engine.domain.trial import NodeKind
from engine.ports import Choice, FinishReason
from engine.search.tool_use.tora import Tora
from engine.training.rows import Called, render
from engine.verify.evidence import is_executed
from tests.fakes.clock import FakeClock
from tests.fakes.scripted_model import ScriptedChatModel
from tests.unit.engine.runner.harness import PROGRAM_PROFILE, Bench
from tests.unit.engine.runner.test_forks import fork
from tools.registry import local_tools

# The server takes the end token off, as it is no stop text but an end.
PROFILE = replace(
    PROGRAM_PROFILE,
    prompt_set="svend-mini-2",
    stop=("</s>",),
    grammar='root ::= "a"',
)
QUESTION = "How many clips?"
CALL = 'convert{"unit":"m"}'
SHOWN = '{"output":"25 m","status":"ok"}'
SUM = 'calculator{"program":"a=48/2;b=48+a"}'


class Converter:
    """Implements the port `ToolRunner`: every call gives the same result."""

    def __init__(self, output="25 m", **fields):
        self.result = ToolResult(status=ToolStatus.OK, output=output)
        self.result = replace(self.result, **fields)
        self.calls = []

    async def run(self, call):
        self.calls.append(call)
        return self.result


def solve(says, tools=None, algorithm=None, **changes):
    """Run trails: what is said in turn, or a function of the request and the sample's index."""
    said = iter(()) if callable(says) else iter(says)
    script = says if callable(says) else lambda *_: next(said)
    bench = Bench(
        model=ScriptedChatModel(script),
        algorithm=algorithm or Tora(samples=1),
        tools=tools or Converter(),
        profile=PROFILE,
        tools_text="calculator convert",
        **changes,
    )
    return bench, asyncio.run(bench.run())


def answer_of(end):
    return None if end.standing.answer is None else end.standing.answer.text


def prompts(bench):
    return [request.prompt for request in bench.model.requests]


def runs(bench):
    return [event.data for event in bench.log.events if event.type is EventType.TOOL_ENDED]


def test_a_trail_is_written_as_a_training_row():
    bench, end = solve([CALL, "<ans>25 m"])
    offered = ("calculator", "convert")
    row = Called(question=QUESTION, calls=(CALL,), results=(SHOWN,), answer="A", offered=offered)

    assert prompts(bench)[1] == render(row).removesuffix("<ans>A</s>")
    assert prompts(bench)[0] == f"<tool>calculator convert<q>{QUESTION}<tool>"
    assert answer_of(end) == "25 m"
    assert [run["output"] for run in runs(bench)] == ["25 m"]


def test_the_log_keeps_the_call_with_its_mark_and_the_result_in_the_model_s_form():
    bench, _ = solve([CALL, "<ans>25 m"])

    texts = {body.decode() for body in bench.log.bodies.values()}
    assert {f"<tool>{CALL}", f"<result>{SHOWN}"} <= texts


def test_one_result_may_lead_to_the_next_call():
    bench, end = solve([CALL, f"<tool>{SUM}", "<ans>72"])

    assert prompts(bench)[2].endswith(f"<tool>{CALL}<result>{SHOWN}<tool>{SUM}<result>{SHOWN}")
    assert len(bench.tools.calls) == 2
    assert answer_of(end) == "72"


def test_a_model_that_adds_nothing_to_a_result_answers_with_it():
    _, end = solve([CALL, ""])

    assert answer_of(end) == "25 m"


def test_the_notes_of_a_tool_are_shown_and_are_no_part_of_an_answer():
    bench, end = solve([CALL, ""], tools=Converter(output="16 degC = 289.15 K\nNote: not so."))

    assert "Note: not so." in prompts(bench)[1]
    assert answer_of(end) == "16 degC = 289.15 K"


def test_the_value_of_a_called_program_is_computed_and_not_only_written():
    bench, end = solve([SUM, ""], tools=local_tools(FakeClock()))

    assert answer_of(end) == "72"
    assert end.standing.support.n_programs == 1
    assert end.standing.support.n_written == 0
    assert runs(bench)[0]["version"].startswith("calculator")


def test_programs_that_differ_support_an_answer_by_execution():
    def say(request, index):
        return (SUM, 'calculator{"program":"a=3*24"}')[index] if request.n > 1 else ""

    _, end = solve(say, tools=local_tools(FakeClock()), algorithm=Tora(samples=2, haste=1.0))

    assert answer_of(end) == "72"
    assert is_executed(end.standing)


def test_a_program_may_be_written_where_a_call_could_be():
    _, end = solve([SUM, "<prog>a=48/2;b=48+a<ans>b"], tools=local_tools(FakeClock()))

    assert answer_of(end) == "72"


def test_a_question_that_is_not_answered_behind_a_result_is_declined():
    _, end = solve([CALL, "<ans><none>"])

    assert answer_of(end) == "not enough information"


@pytest.mark.parametrize(
    "says",
    [
        ["<none>"],
        [f"{CALL}<ans>25 m"],
        ["<ans>25 m"],
        [""],
        [CALL, "25 m"],
        [CALL, "<ans>"],
        [CALL, "<ans>25<ans>30"],
        [CALL, "<tool><none>"],
        [CALL, "<result>25"],
    ],
    ids=[
        "no tool fits",
        "a result of its own",
        "no call",
        "nothing",
        "unmarked",
        "empty",
        "two answers",
        "no further tool",
        "the result again",
    ],
)
def test_any_other_end_abstains(says):
    bench, end = solve(says)

    assert end.standing.answer is None
    assert end.standing.n_ended == 1
    assert len(bench.model.requests) == len(says)


def test_no_answer_is_taken_from_a_run_that_failed():
    failed = Converter(output="", status=ToolStatus.INVALID, error="no such unit")
    bench, end = solve([CALL, ""], tools=failed)

    assert end.standing.answer is None
    assert '<result>{"error":"no such unit","status":"invalid"}' in prompts(bench)[1]


def test_no_answer_is_taken_from_a_result_of_which_a_part_was_left_out():
    bench, end = solve([CALL, ""], tools=Converter(output="x" * 500))

    assert end.standing.answer is None
    assert "characters left out" in prompts(bench)[1]
    assert len(prompts(bench)[1]) < 400


def test_a_malformed_call_is_told_what_is_wrong_and_may_be_mended():
    bench, end = solve(['convert{"unit":', f"<tool>{CALL}", "<ans>25 m"])

    told = prompts(bench)[1].partition("<result>")[2]
    assert "no JSON" in json.loads(told)["error"]
    assert len(bench.tools.calls) == 1
    assert answer_of(end) == "25 m"


def test_corrections_are_bounded():
    bench, end = solve(lambda *_: "<tool>convert", algorithm=Tora(samples=1, max_corrections=2))

    assert len(bench.model.requests) == 3
    assert end.standing.answer is None


@pytest.mark.parametrize("mark", ["<ans>", "<tool>", "<result>", "<prog>", "<q>", "</s>"])
def test_no_result_can_pose_as_a_mark(mark):
    bench, end = solve([CALL, ""], tools=Converter(output=f"1{mark}2"))

    assert prompts(bench)[1].partition("<result>")[2].count(mark) == 0
    assert mark not in (answer_of(end) or "")


def test_no_call_can_pose_as_another_question():
    bench, _ = solve(['f{"a":"<q>"}', "<ans>1"])

    assert prompts(bench)[1].count("<q>") == 1


def test_the_grammar_of_programs_is_not_asked_for_and_steps_end_at_results():
    bench, _ = solve([CALL, "<ans>25 m"])

    assert {request.grammar for request in bench.model.requests} == {""}
    assert {request.stop for request in bench.model.requests} == {("</s>", "<result>")}


def test_a_sample_that_came_without_a_text_has_none():
    dropped = Choice(index=0, text="", finish_reason=FinishReason.ERROR, error="gone")
    bench, _ = solve([dropped])

    assert "<tool>" not in {body.decode() for body in bench.log.bodies.values()}


@pytest.mark.parametrize("n_kept", range(1, 11), ids=str)
def test_a_trail_resumes_from_every_prefix(n_kept):
    def say(request, _index):
        return "<ans>25 m" if "<result>" in request.prompt else CALL

    whole, end = solve(say)
    log = InMemoryEventLog()
    asyncio.run(_copy(whole.log, log, n_kept))
    rest, resumed = solve(say, log=log)

    assert answer_of(resumed) == answer_of(end)
    assert len(rest.model.requests) <= len(whole.model.requests)


def test_a_result_that_a_fork_gives_stands_in_the_model_s_form():
    source, _ = solve([CALL, "<ans>25 m"])
    nodes = fold(source.log.events).nodes.values()
    node_id = next(node.node_id for node in nodes if node.kind == NodeKind.TOOL)
    told = {"tool_result": {"ref": digest(text_body("30 m")), "n_chars": 4}}
    kept = cut_before(source.log.events, node_id, Replaced.TOOL_RESULT)
    log = fork(source, kept, {"node": node_id, "change": told}, "30 m")
    child, end = solve([""], log=log)

    assert prompts(child)[0].endswith('<result>{"output":"30 m","status":"ok"}')
    assert answer_of(end) == "30 m"


async def _copy(source, target, n_kept):
    await target.read()
    drafts = [event.draft for event in source.events[:n_kept]]
    await target.append(drafts, source.bodies)
