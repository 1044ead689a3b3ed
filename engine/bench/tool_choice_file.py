"""Questions about tools from files in the format of the Berkeley Function Calling Leaderboard.

A row of the question file holds ``id``, ``question`` (turns of messages) and ``function`` (the
tools). The calls that are right stand under ``ground_truth``, in the row itself or in the row with
the same ``id`` of a second file. Where the name says ``irrelevance`` no tool fits, and no row of
right calls is needed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias, cast

from engine.bench.tool_choice import Expected, ToolQuestion
from engine.domain.errors import InvalidInputError
from engine.ports import Message

NO_TOOL_FITS = "irrelevance"
Row: TypeAlias = Mapping[str, Any]

_NUMBER = re.compile(r"[_-]\d[\d_-]*$")


def parse_questions(
    question_lines: Iterable[str], answer_lines: Iterable[str] = ()
) -> tuple[ToolQuestion, ...]:
    """Read questions, and the right calls where they stand in a file of their own.

    Raises:
        InvalidInputError: Naming the line, and what it lacks.
    """
    truths = {row["id"]: row.get("ground_truth") for _, row in _read_rows(answer_lines)}
    return tuple(
        _read_question(place, row, row.get("ground_truth", truths.get(row["id"])))
        for place, row in _read_rows(question_lines)
    )


def _read_rows(lines: Iterable[str]) -> Iterable[tuple[str, Mapping[str, Any]]]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        place = f"line {number}"
        try:
            row: Any = json.loads(line)
        except ValueError as error:
            raise InvalidInputError(f"{place} is no JSON: {error}") from error
        if not isinstance(row, Mapping) or not isinstance(cast("Row", row).get("id"), str):
            raise InvalidInputError(f"{place} needs an object with an `id`")
        yield place, cast("Row", row)


def _read_question(place: str, row: Row, truth: Any) -> ToolQuestion:
    question_id: str = row["id"]
    category = _NUMBER.sub("", question_id) or question_id
    return ToolQuestion(
        question_id=question_id,
        category=category,
        messages=_read_messages(place, row.get("question")),
        functions=_read_functions(place, row.get("function")),
        expected=() if NO_TOOL_FITS in category else _read_expected(place, truth),
    )


def _read_messages(place: str, turns: Any) -> tuple[Message, ...]:
    if isinstance(turns, str):
        return (Message(role="user", content=turns),)
    listed = _as_list(turns)
    if len(listed) > 1 and isinstance(listed[0], list):
        raise InvalidInputError(f"{place} has several turns; only single ones can be graded")
    rows = _list_objects(listed[0] if listed and isinstance(listed[0], list) else turns)
    if not rows or not all({"role", "content"} <= row.keys() for row in rows):
        raise InvalidInputError(f"{place} needs a `question`: messages with role and content")
    return tuple(Message(role=str(row["role"]), content=str(row["content"])) for row in rows)


def _read_functions(place: str, functions: Any) -> tuple[Row, ...]:
    rows = _list_objects(functions)
    if not rows or not all(isinstance(row.get("name"), str) for row in rows):
        raise InvalidInputError(f"{place} needs a `function`: tools, each with a name")
    return rows


def _read_expected(place: str, truth: Any) -> tuple[Expected, ...]:
    rows = _list_objects(truth)
    if not rows:
        raise InvalidInputError(
            f"{place} has no `ground_truth`; give the file of the right calls as well"
        )
    return tuple(_read_call(place, row) for row in rows)


def _read_call(place: str, row: Row) -> Expected:
    if len(row) != 1 or not isinstance(next(iter(row.values())), Mapping):
        raise InvalidInputError(f"{place} has a `ground_truth` that is no {{tool: arguments}}")
    name, values = next(iter(row.items()))
    fields = cast("Row", values)
    return Expected(
        name=name, values={field: _as_list(value) or (value,) for field, value in fields.items()}
    )


def _list_objects(value: Any) -> tuple[Row, ...]:
    """Return one object or a list of them; nothing where anything else stands among them."""
    if isinstance(value, Mapping):
        return (cast("Row", value),)
    items = _as_list(value)
    rows = tuple(cast("Row", item) for item in items if isinstance(item, Mapping))
    return rows if len(rows) == len(items) else ()


def _as_list(value: Any) -> Sequence[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else ()
