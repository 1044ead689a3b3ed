"""The questions of a file put to a scripted model, and what is reported of its choices."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from engine.answers.call import render_call
from engine.bench.tool_choice import Grade
from engine.bench.tool_choice_file import parse_questions
from engine.bench.tool_choice_report import render_table, score_questions, to_report
from engine.bench.tool_choice_run import ToolChoicePlan, ask_questions, to_native, write_prompt
from engine.domain.tool import ToolCall
from engine.ports import CancelReason, Choice, FinishReason
from tests.fakes.scripted_model import ScriptedChatModel
from tests.fakes.tokens import HeldToken

FOLDER = Path(__file__).parents[3] / "fixtures" / "tool_choice"
QUESTIONS = parse_questions(
    (FOLDER / "questions.jsonl").read_text().splitlines(),
    (FOLDER / "possible_answer" / "questions.jsonl").read_text().splitlines(),
)


def _write(*calls):
    return "\n".join(render_call(ToolCall(name=name, arguments=args)) for name, args in calls)


GOOD = {
    "walk": _write(("walk.duration", {"distance": 7.5, "speed": 5})),
    "tulips": _write(("order_flowers", {"kinds": ["Daffodils", "tulips"], "garden": "harbour"})),
    "clocks": _write(("wind_clock", {"room": "kitchen"}), ("wind_clock", {"room": "hall"})),
    "paint": "None of the tools knows what paint costs.",
}


def _ask(texts, cancel=None, **changes):
    def say(request, _index):
        asked = request.prompt[-1].content
        return next(text for word, text in texts.items() if word in asked)

    model = ScriptedChatModel(say)
    plan = ToolChoicePlan(questions=QUESTIONS, **changes)
    return model, asyncio.run(ask_questions(model, plan, cancel or HeldToken()))


def test_a_model_that_chooses_well_gets_every_point():
    _, graded = _ask(GOOD)
    scores = score_questions(graded)

    assert {each.grade for each in graded} == {Grade.RIGHT}
    assert (scores["all"].arguments.n_hits, scores["all"].arguments.n_cases) == (3, 3)
    assert (scores["all"].restraint.n_hits, scores["all"].restraint.n_cases) == (1, 1)
    assert list(scores) == ["simple", "multiple", "parallel", "irrelevance", "all"]


def test_a_model_that_always_calls_the_clock_is_told_where_it_is_wrong():
    clock = _write(("wind_clock", {"room": "hall"}))
    _, graded = _ask(dict.fromkeys(GOOD, clock))

    assert [each.grade for each in graded] == [
        Grade.WRONG_TOOL,
        Grade.WRONG_TOOL,
        Grade.WRONG_COUNT,
        Grade.NEEDLESS_CALL,
    ]


def test_the_tools_are_told_behind_the_questions_own_system():
    garden = next(question for question in QUESTIONS if question.category == "multiple")
    system, user = write_prompt(garden)

    assert system.content.startswith("You plan gardens.")
    assert "- kinds (array of string, required)" in system.content
    assert user.role == "user"


def test_a_server_that_reads_calls_gets_the_tools_beside_the_question():
    model, graded = _ask(GOOD, is_native=True)
    walk = next(request for request in model.requests if "walk" in request.prompt[-1].content)

    assert walk.prompt == QUESTIONS[0].messages
    assert walk.tools[0]["function"]["name"] == "walk_duration"
    assert {each.grade for each in graded} == {Grade.RIGHT}


def test_types_become_those_of_json_schema():
    parameters = {
        "type": "dict",
        "properties": {
            "type": {"type": "float"},
            "pair": {"type": "tuple", "items": {"type": "any"}},
            "kind": {"type": "string", "enum": ["float"]},
        },
    }

    assert to_native({"name": "a.b", "parameters": parameters})["function"] == {
        "name": "a_b",
        "parameters": {
            "type": "object",
            "properties": {
                "type": {"type": "number"},
                "pair": {"type": "array", "items": {}},
                "kind": {"type": "string", "enum": ["float"]},
            },
        },
    }


@pytest.mark.parametrize("reason", [FinishReason.LENGTH, FinishReason.ERROR], ids=str)
def test_a_text_that_did_not_end_counts_nowhere(reason):
    cut = Choice(index=0, text=GOOD["walk"], finish_reason=reason, error="away")
    _, graded = _ask({**GOOD, "walk": cut})
    scores = score_questions(graded)

    assert graded[0].grade is Grade.UNANSWERED
    assert scores["simple"].arguments.ratio is None
    assert scores["all"].arguments.n_cases == 2


def test_what_is_called_off_is_unanswered():
    cancel = HeldToken()
    cancel.set(CancelReason.CANCEL)
    _, graded = _ask(GOOD, cancel)

    assert {each.grade for each in graded} == {Grade.UNANSWERED}


def test_the_questions_come_back_in_their_order():
    _, graded = _ask(GOOD, n_in_flight=1)

    assert [each.question for each in graded] == list(QUESTIONS)


def test_the_report_is_json_and_names_each_question():
    _, graded = _ask(GOOD)
    report = to_report(graded, model="m")

    assert json.loads(json.dumps(report))["questions"][0]["id"] == "simple_0"
    assert report["scores"]["all"]["right_call"]["ratio"] == 1.0


def test_the_table_shows_shares_with_their_intervals():
    _, graded = _ask(GOOD)
    table = render_table(score_questions(graded))

    assert "| all | 100.0% (43.9% to 100.0%), 3 of 3 |" in table
    assert "| irrelevance | - | - |" in table
