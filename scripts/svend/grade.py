"""Answers beside the expected ones: graded, counted and shown. Pure.

Equality is the engine's own, hence three-valued: what could not be compared is not wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from engine.answers.compare import compare_answers
from engine.domain.job_status import JobStatus
from engine.domain.verdict import Verdict
from scripts.svend.event_line import printable, render_error
from scripts.svend.problem_file import PosedProblem
from scripts.svend.render import render_confidence, render_votes
from scripts.svend.wire import Job, Result


class Grade(StrEnum):
    """What became of one problem."""

    RIGHT = "right"
    WRONG = "wrong"
    UNCHECKED = "could not be compared"
    UNGRADED = "nothing to compare with"
    NO_ANSWER = "no answer"
    NO_SUCCESS = "ended without success"
    NOT_ENDED = "did not end"


MAX_NAME_CHARS = 40
MAX_TABLE_VOTES = 3
GRADE_STYLES = {
    Grade.RIGHT: "green",
    Grade.WRONG: "bold red",
    Grade.UNCHECKED: "yellow",
    Grade.UNGRADED: "",
    Grade.NO_ANSWER: "yellow",
    Grade.NO_SUCCESS: "red",
    Grade.NOT_ENDED: "bold red",
}
GRADE_OF_VERDICT = {
    Verdict.RIGHT: Grade.RIGHT,
    Verdict.WRONG: Grade.WRONG,
    Verdict.UNCHECKED: Grade.UNCHECKED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One problem and what became of its job.

    Attributes:
        problem: The problem.
        job: The job as it was last seen; ``None`` when it could not even be submitted.
        result: Its result, if it succeeded.
        fault: Why it was not followed to its end, if it was not.
    """

    problem: PosedProblem
    job: Job | None = None
    result: Result | None = None
    fault: str | None = None

    @property
    def is_ended(self) -> bool:
        """Whether the job has reached a terminal state."""
        return self.job is not None and self.job.status.is_terminal


def grade_attempt(attempt: Attempt) -> Grade:
    """Return what became of a problem."""
    if attempt.job is None or not attempt.is_ended:
        return Grade.NOT_ENDED
    if attempt.job.status is not JobStatus.SUCCEEDED:
        return Grade.NO_SUCCESS
    answer = None if attempt.result is None else attempt.result.answer
    if answer is None:
        return Grade.NO_ANSWER
    if attempt.problem.expected is None:
        return Grade.UNGRADED
    return GRADE_OF_VERDICT[compare_answers(answer, attempt.problem.expected)]


def render_attempt(attempt: Attempt) -> Text:
    """Return one problem's end as a line, its grade first."""
    grade = grade_attempt(attempt)
    line = Text(f"{printable(attempt.problem.name, MAX_NAME_CHARS)}: ")
    line.append(grade.value, style=GRADE_STYLES[grade])
    return line.append(f"  {_describe_end(attempt)}")


def render_attempts(attempts: Sequence[Attempt]) -> RenderableType:
    """Return all problems as a table, in the order of the file."""
    table = Table(box=None, pad_edge=False)
    for heading in ("id", "problem", "answer", "expected", "", "votes", "confidence"):
        table.add_column(heading, overflow="fold")
    table.add_column("tokens", justify="right")
    for attempt in attempts:
        grade, result = grade_attempt(attempt), attempt.result
        table.add_row(
            Text(printable(attempt.problem.name, MAX_NAME_CHARS)),
            Text(printable(attempt.problem.text, 44)),
            Text(_describe_answer(attempt)),
            Text(printable(attempt.problem.expected or "", 24)),
            Text(grade.value, style=GRADE_STYLES[grade]),
            "" if result is None else render_votes(result, MAX_TABLE_VOTES),
            "" if result is None else render_confidence(result),
            "" if result is None else f"{result.tokens_out:,}",
        )
    return table


def render_summary(attempts: Sequence[Attempt], total_s: float) -> str:
    """Return the counts as one line: right ones of the graded, then whatever else there was."""
    counts = Counter(grade_attempt(attempt) for attempt in attempts)
    n_graded = sum(attempt.problem.expected is not None for attempt in attempts)
    others = [
        f"{counts[grade]} {grade.value}"
        for grade in Grade
        if grade is not Grade.RIGHT and counts[grade]
    ]
    n_ended = sum(attempt.is_ended for attempt in attempts)
    n_tokens = sum(attempt.result.tokens_out for attempt in attempts if attempt.result)
    parts = [f"{counts[Grade.RIGHT]} of {n_graded} right", *others]
    return (
        f"{', '.join(parts)}. {n_ended} of {len(attempts)} jobs ended in {total_s:.1f} s; "
        f"{n_tokens:,} tokens generated."
    )


def _describe_end(attempt: Attempt) -> str:
    result, expected = attempt.result, attempt.problem.expected
    if result is None:
        return _describe_answer(attempt)
    wanted = "" if expected is None else f", expected {printable(expected, 40)}"
    return (
        f"{_describe_answer(attempt)}{wanted} | votes {render_votes(result)} "
        f"| {result.tokens_out:,} tokens | confidence {render_confidence(result)}"
    )


def _describe_answer(attempt: Attempt) -> str:
    if attempt.result is not None:
        return printable(attempt.result.answer or "-", 40)
    if attempt.fault is not None:
        return printable(attempt.fault, 200)
    if attempt.job is None:
        return "-"
    reason = f": {render_error(attempt.job.error)}" if attempt.job.error else ""
    return f"{attempt.job.status.value}{reason}"
