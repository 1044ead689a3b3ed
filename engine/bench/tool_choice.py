"""Whether a model calls the right tool with the right arguments, and none where none fits.

The rules are those of the checker of the Berkeley Function Calling Leaderboard (Patil et al. 2025,
ICML): for each argument a list of values is right, an empty text among them says that it may be
left out, and an argument that is not listed is wrong. Texts are compared without case, blanks and
the marks ``,./-_*^``; a whole number stands for the same decimal number; several calls may stand
in any order.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from engine.answers.call_fault import MalformedCall
from engine.domain.tool import ToolCall
from engine.ports import Message

OPTIONAL = ""
_IGNORED = re.compile(r"[ ,./\-_*^]")


class Grade(StrEnum):
    """What became of one question. ``UNANSWERED``: the server gave no finished text."""

    RIGHT = "right"
    WRONG_TOOL = "wrong-tool"
    WRONG_ARGUMENTS = "wrong-arguments"
    WRONG_COUNT = "wrong-count"
    NO_CALL = "no-call"
    NEEDLESS_CALL = "needless-call"
    MALFORMED = "malformed"
    UNANSWERED = "unanswered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A call that is right.

    Attributes:
        name: The tool.
        values: For each argument the values that are right; an empty text among them says that
            the argument may be left out.
    """

    name: str
    values: Mapping[str, Sequence[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolQuestion:
    """A question with the tools on offer.

    Attributes:
        question_id: Its name in the file.
        category: Kind of question, from its name.
        messages: The question.
        functions: The tools, as function calling describes them.
        expected: The calls that answer it, in any order; none where no tool fits.
    """

    question_id: str
    category: str
    messages: tuple[Message, ...]
    functions: tuple[Mapping[str, Any], ...]
    expected: tuple[Expected, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """A question and what became of it.

    Attributes:
        question: The question.
        grade: What became of it.
        is_tool_right: Whether the tools called are those expected, arguments aside; for a question
            that needs none, whether none was called.
        fault: What is wrong, for people.
    """

    question: ToolQuestion
    grade: Grade
    is_tool_right: bool
    fault: str = ""


def grade_calls(question: ToolQuestion, calls: Sequence[ToolCall | MalformedCall]) -> Graded:
    """Compare the calls that a model made with those expected."""
    malformed = next((call for call in calls if isinstance(call, MalformedCall)), None)
    if malformed is not None:
        return _grade(question, Grade.MALFORMED, malformed.correction)
    made = [call for call in calls if isinstance(call, ToolCall)]
    if not question.expected:
        return _grade_needless(question, made)
    if not made:
        return _grade(question, Grade.NO_CALL, "no tool was called")
    names, wanted = sorted(map(_name_of, made)), sorted(_plain(e.name) for e in question.expected)
    if len(made) != len(wanted):
        fault = f"{len(made)} calls instead of {len(wanted)}"
        return _grade(question, Grade.WRONG_COUNT, fault)
    if names != wanted:
        fault = f"called {', '.join(names)} instead of {', '.join(wanted)}"
        return _grade(question, Grade.WRONG_TOOL, fault)
    return _grade_arguments(question, made)


def grade_unanswered(question: ToolQuestion, reason: str) -> Graded:
    """Return the grade of a question that the server did not answer to the end."""
    return _grade(question, Grade.UNANSWERED, reason)


def find_argument_fault(call: ToolCall, expected: Expected) -> str | None:
    """Return what is wrong with a call's arguments, or ``None``."""
    for name, value in call.arguments.items():
        if name not in expected.values:
            return f"{name} is not an argument"
        if not any(_is_same(value, right) for right in expected.values[name]):
            return f"{name} is {value!r}, not one of {list(expected.values[name])!r}"
    for name, values in expected.values.items():
        if name not in call.arguments and OPTIONAL not in values:
            return f"{name} is missing"
    return None


def _grade_needless(question: ToolQuestion, made: Sequence[ToolCall]) -> Graded:
    if made:
        fault = f"called {made[0].name}, although no tool fits"
        return _grade(question, Grade.NEEDLESS_CALL, fault)
    return _grade(question, Grade.RIGHT, is_tool_right=True)


def _grade_arguments(question: ToolQuestion, made: Sequence[ToolCall]) -> Graded:
    """Give each expected call one that was made; the names are known to agree."""
    left, fault = list(made), ""
    for expected in question.expected:
        faults = [
            (call, find_argument_fault(call, expected))
            for call in left
            if _name_of(call) == _plain(expected.name)
        ]
        match = next((call for call, wrong in faults if wrong is None), None)
        if match is None:
            fault = fault or f"{expected.name}: {faults[0][1] if faults else 'called too seldom'}"
        else:
            left.remove(match)
    grade = Grade.WRONG_ARGUMENTS if fault else Grade.RIGHT
    return _grade(question, grade, fault, is_tool_right=True)


def _grade(
    question: ToolQuestion, grade: Grade, fault: str = "", *, is_tool_right: bool = False
) -> Graded:
    return Graded(question=question, grade=grade, is_tool_right=is_tool_right, fault=fault)


def _name_of(call: ToolCall) -> str:
    return _plain(call.name)


def _plain(name: str) -> str:
    # Many servers allow no dot in a tool's name, so models write an underscore for it.
    return name.replace(".", "_")


def _is_same(value: Any, right: Any) -> bool:
    if isinstance(value, bool) or isinstance(right, bool):
        return value is right
    if isinstance(value, str) and isinstance(right, str):
        return _fold(value) == _fold(right)
    if isinstance(value, Sequence) and isinstance(right, Sequence):
        return _is_same_list(cast("Sequence[Any]", value), cast("Sequence[Any]", right))
    if isinstance(value, Mapping) and isinstance(right, Mapping):
        return _is_same_object(cast("Mapping[str, Any]", value), cast("Mapping[str, Any]", right))
    return value == right


def _is_same_list(value: Sequence[Any], right: Sequence[Any]) -> bool:
    if isinstance(value, str) or isinstance(right, str) or len(value) != len(right):
        return False
    return all(map(_is_same, value, right))


def _is_same_object(value: Mapping[str, Any], right: Mapping[str, Any]) -> bool:
    """Compare an object with one that lists, for each of its fields, the values that are right."""
    if not value.keys() <= right.keys():
        return False
    return all(
        any(_is_same(value[name], each) for each in _list_values(values))
        if name in value
        else OPTIONAL in _list_values(values)
        for name, values in right.items()
    )


def _list_values(values: Any) -> Sequence[Any]:
    return cast("list[Any]", values) if isinstance(values, list) else (values,)


def _fold(text: str) -> str:
    return _IGNORED.sub("", text).replace("'", '"').lower()
