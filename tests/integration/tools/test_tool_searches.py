"""PAL and ToRA over generated problems: their programs run behind the wall."""

from __future__ import annotations

import re
from dataclasses import replace
from random import Random

import pytest

from engine.answers.call_description import describe_tools
from engine.answers.compare import compare_answers
from engine.domain.event import EventType
from engine.domain.program import render_number, render_program
from engine.domain.verdict import Verdict
from engine.search.tool_use.pal import Pal
from engine.search.tool_use.tora import Tora
from engine.training.generate import draw_problem
from engine.training.problem import Split
from engine.verify.evidence import is_executed
from tests.fakes.scripted_model import ScriptedChatModel
from tests.unit.engine.runner.harness import PROGRAM_PROFILE, Bench

PROBLEMS = [draw_problem(Random(seed), Split.TRAIN) for seed in range(8)]
EVERY = pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.template)


def _write_python(problem, *, is_exact):
    """Return the problem's program as a model would write it, with fractions or with decimals."""
    lines = render_program(problem.program).split(";")
    if is_exact:
        lines = [re.sub(r"(?<![\w.])(\d+)(?![\w.])", r"Fraction(\1)", line) for line in lines]
        lines.insert(0, "from fractions import Fraction")
    name = lines[-1].partition("=")[0]
    return "```python\n" + "\n".join([*lines, f"answer = {name}"]) + "\n```"


def _solve(tools, say, algorithm, **changes):
    fields = {"tools_text": describe_tools(tools.registry.list_schemas()), **changes}
    bench = Bench(
        model=ScriptedChatModel(say), algorithm=algorithm, tools=tools.registry, **fields
    )
    return bench, tools.wait(bench.run())


def _runs(bench):
    return [event.data for event in bench.log.events if event.type is EventType.TOOL_ENDED]


def _is_right(end, problem):
    expected = render_number(problem.answer)
    return compare_answers(end.standing.answer.text, expected) is Verdict.RIGHT


@EVERY
def test_two_programs_that_differ_compute_and_verify_the_answer(tools, problem):
    def say(_request, index):
        return _write_python(problem, is_exact=index % 2 == 0)

    bench, end = _solve(tools, say, Pal(samples=3, cot_share=0.0, haste=1.0))

    assert _is_right(end, problem)
    assert is_executed(end.standing)
    assert {run["status"] for run in _runs(bench)} == {"ok"}
    assert all(run["evidence"]["tier"] and run["evidence"]["input_digest"] for run in _runs(bench))


@EVERY
def test_a_tool_loop_mends_its_program_and_answers_with_what_it_printed(tools, problem):
    def say(request, _index):
        written = request.prompt[-1].content if request.prompt[-1].role == "assistant" else ""
        if not written:
            return "I compute it.\n```python\nanswer = total\n```"
        found = re.findall(r"Value: (\S+)", written)
        return f"Answer: {found[-1]}" if found else _write_python(problem, is_exact=True)

    bench, end = _solve(tools, say, Tora(samples=1))

    assert _is_right(end, problem)
    assert [run["status"] for run in _runs(bench)] == ["failed", "ok"]
    assert "'total' is not defined" in bench.model.requests[1].prompt[-1].content


def test_what_the_wall_holds_back_is_an_observation(tools):
    def say(request, _index):
        if request.prompt[-1].role == "assistant":
            return "I cannot look it up.\nAnswer: unknown"
        return "```python\nimport urllib.request as u\nu.urlopen('http://192.0.2.1')\n```"

    bench, _ = _solve(tools, say, Tora(samples=1))

    assert [run["status"] for run in _runs(bench)] == ["failed"]
    assert "Error:" in bench.model.requests[1].prompt[-1].content


def test_a_call_with_wrong_arguments_is_told_what_the_tool_takes(tools):
    def say(request, _index):
        if request.prompt[-1].role == "assistant":
            return "Answer: 5"
        return '```tool\n{"name": "execute_python", "arguments": {"program": "1"}}\n```'

    bench, _ = _solve(tools, say, Tora(samples=1))

    assert "It takes: code" in bench.model.requests[1].prompt[-1].content


def test_a_call_in_the_form_of_training_rows_is_run_and_its_result_shown_in_that_form(tools):
    call = 'unit_convert{"from_unit":"km/h","operation":"convert","to_unit":"m/s","value":90}'
    bench, end = _solve(
        tools,
        lambda request, _index: "" if "<result>" in request.prompt else call,
        Tora(samples=1),
        profile=replace(PROGRAM_PROFILE, prompt_set="svend-mini-2"),
        tools_text=" ".join(tools.registry.names),
    )

    row = '<result>{"output":"90 km/h = 25 m/s","status":"ok"}'
    assert bench.model.requests[1].prompt == f"<q>How many clips?<tool>{call}{row}"
    assert compare_answers(end.standing.answer.text, "25 m/s") is Verdict.RIGHT
    assert _runs(bench)[0]["evidence"]["output_digest"]
