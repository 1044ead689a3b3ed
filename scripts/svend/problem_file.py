"""A file of problems: JSON Lines with a question each, and the expected answer where one is known.

Field names are those of common benchmark files: ``problem`` or ``question``, ``answer``, ``id``.
An ``answer`` in GSM8K's style, a worked solution that ends in ``#### 72``, counts as ``72``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.domain.problem import MAX_PROBLEM_CHARS
from scripts.svend.errors import ProblemFileError

QUESTION_FIELDS = ("problem", "question")
FINAL_ANSWER_MARK = "####"


@dataclass(frozen=True, slots=True, kw_only=True)
class PosedProblem:
    """One line of the file.

    Attributes:
        name: Its ``id``, or its line number.
        text: The question.
        expected: The right answer, or ``None`` where the file gives none.
    """

    name: str
    text: str
    expected: str | None


def read_problems(path: Path) -> tuple[PosedProblem, ...]:
    """Read a file of problems, whole, so that a fault shows before anything is submitted.

    Raises:
        ProblemFileError: Naming the first line that cannot be used, and why.
    """
    try:
        with path.open(encoding="utf-8-sig") as file:
            problems = parse_problems(file, str(path))
    except OSError as error:
        raise ProblemFileError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ProblemFileError(f"{path} is not UTF-8 text: {error.reason}.") from error
    return problems


def parse_problems(lines: Iterable[str], source: str) -> tuple[PosedProblem, ...]:
    """Parse lines of JSON; blank ones are passed over.

    Args:
        lines: The lines.
        source: What to call the file in messages.

    Raises:
        ProblemFileError: Naming the first line that cannot be used, or that there is none.
    """
    problems: list[PosedProblem] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            problems.append(_parse_line(line, number))
        except (_LineError, RecursionError) as error:
            raise ProblemFileError(f"{source}, line {number}: {error}.") from error
    if not problems:
        raise ProblemFileError(f"{source} holds no problem.")
    return tuple(problems)


class _LineError(Exception):
    """What is wrong with a line."""


def _parse_line(line: str, number: int) -> PosedProblem:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise _LineError(f"not JSON ({error.msg} at column {error.colno})") from error
    if not isinstance(row, Mapping):
        raise _LineError(f"an object is needed, not {type(row).__name__}")
    return PosedProblem(
        name=str(row.get("id", number)), text=_read_text(row), expected=_read_expected(row)
    )


def _read_text(row: Mapping[str, Any]) -> str:
    name = next((name for name in QUESTION_FIELDS if name in row), None)
    if name is None:
        raise _LineError('neither "problem" nor "question" is there')
    text = row[name]
    if not isinstance(text, str) or not text.strip():
        raise _LineError(f'"{name}" is not a text, or is blank')
    if len(text) > MAX_PROBLEM_CHARS:
        raise _LineError(
            f'"{name}" has {len(text):,} characters; the most is {MAX_PROBLEM_CHARS:,}'
        )
    return text


def _read_expected(row: Mapping[str, Any]) -> str | None:
    answer = row.get("answer")
    if answer is None:
        return None
    if isinstance(answer, bool) or not isinstance(answer, str | int | float):
        raise _LineError('"answer" is neither a text nor a number')
    return str(answer).rpartition(FINAL_ANSWER_MARK)[2].strip() or None
