"""Which calls are right, in the rules of the published checker."""

from __future__ import annotations

import pytest

from engine.answers.call_fault import CallFault, refuse_call
from engine.bench.tool_choice import (
    Expected,
    Grade,
    ToolQuestion,
    find_argument_fault,
    grade_calls,
)
from engine.domain.tool import ToolCall
from engine.ports import Message

WALK = Expected(name="walk.duration", values={"km": [7.5], "speed": [5], "unit": ["km", ""]})
HALL = Expected(name="wind", values={"room": ["hall"]})
KITCHEN = Expected(name="wind", values={"room": ["kitchen"]})


def _question(*expected):
    return ToolQuestion(
        question_id="q",
        category="simple",
        messages=(Message(role="user", content="?"),),
        functions=({"name": "wind"},),
        expected=expected,
    )


def _call(name, **arguments):
    return ToolCall(name=name, arguments=arguments)


def _grade(expected, *calls):
    return grade_calls(_question(*expected), calls).grade


def test_the_right_call_is_right():
    assert _grade([WALK], _call("walk.duration", km=7.5, speed=5)) is Grade.RIGHT


def test_an_underscore_stands_for_a_dot():
    assert _grade([WALK], _call("walk_duration", km=7.5, speed=5)) is Grade.RIGHT


@pytest.mark.parametrize(
    ("calls", "grade"),
    [
        ([], Grade.NO_CALL),
        ([_call("sit", km=7.5, speed=5)], Grade.WRONG_TOOL),
        ([_call("walk.duration", km=8, speed=5)], Grade.WRONG_ARGUMENTS),
        ([_call("walk.duration", km=7.5, speed=5)] * 2, Grade.WRONG_COUNT),
        ([refuse_call(CallFault.EMPTY, "it is empty")], Grade.MALFORMED),
    ],
    ids=str,
)
def test_each_fault_has_its_grade(calls, grade):
    graded = grade_calls(_question(WALK), calls)

    assert graded.grade is grade
    assert graded.is_tool_right is (grade is Grade.WRONG_ARGUMENTS)
    assert graded.fault


def test_where_no_tool_fits_none_may_be_called():
    assert _grade([]) is Grade.RIGHT
    assert _grade([], _call("wind", room="hall")) is Grade.NEEDLESS_CALL


def test_several_calls_may_stand_in_any_order():
    made = (_call("wind", room="kitchen"), _call("wind", room="hall"))

    assert _grade([HALL, KITCHEN], *made) is Grade.RIGHT
    assert _grade([HALL, KITCHEN], *made[:1] * 2) is Grade.WRONG_ARGUMENTS


@pytest.mark.parametrize(
    ("values", "arguments", "is_right"),
    [
        ({"a": [5]}, {"a": 5.0}, True),
        ({"a": [5.0]}, {"a": 5}, True),
        ({"a": [5]}, {"a": "5"}, False),
        ({"a": [True]}, {"a": True}, True),
        ({"a": [True]}, {"a": 1}, False),
        ({"a": [1]}, {"a": True}, False),
        ({"a": ["New York, NY"]}, {"a": "new york NY"}, True),
        ({"a": ["it's"]}, {"a": 'it"s'}, True),
        ({"a": ["Rome", "Roma"]}, {"a": "roma"}, True),
        ({"a": ["Rome"]}, {"a": "Milan"}, False),
        ({"a": [["x", "y"]]}, {"a": ["X", "y"]}, True),
        ({"a": [["x", "y"]]}, {"a": ["y", "x"]}, False),
        ({"a": [["x"]]}, {"a": ["x", "x"]}, False),
        ({"a": [["x"]]}, {"a": "x"}, False),
        ({"a": [{"b": [1, 2], "c": ["", 3]}]}, {"a": {"b": 2}}, True),
        ({"a": [{"b": [1, 2], "c": ["", 3]}]}, {"a": {"b": 2, "c": 4}}, False),
        ({"a": [{"b": [1]}]}, {"a": {}}, False),
        ({"a": [{"b": [1]}]}, {"a": {"b": 1, "d": 1}}, False),
        ({"a": [[{"b": [1]}]]}, {"a": [{"b": 1}]}, True),
        ({"a": [1], "b": ["", 2]}, {"a": 1}, True),
        ({"a": [1], "b": [2]}, {"a": 1}, False),
        ({"a": [1]}, {"a": 1, "z": 1}, False),
        ({"a": [None]}, {"a": None}, True),
    ],
    ids=str,
)
def test_arguments_are_compared_by_the_published_rules(values, arguments, is_right):
    fault = find_argument_fault(_call("f", **arguments), Expected(name="f", values=values))

    assert (fault is None) is is_right
