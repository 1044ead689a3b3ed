"""Answers beside the expected ones."""

from __future__ import annotations

import pytest
from rich.console import Console

from scripts.svend.grade import (
    Attempt,
    Grade,
    grade_attempt,
    render_attempt,
    render_attempts,
    render_summary,
)
from scripts.svend.problem_file import PosedProblem
from scripts.svend.wire import read_job, read_result
from tests.unit.scripts.wire_samples import job_data, result_data


def attempt(
    answer: str | None = "72", expected: str | None = "72", status: str = "succeeded", **more
) -> Attempt:
    result = read_result(result_data(answer)) if status == "succeeded" else None
    problem = PosedProblem(name="p1", text="How many [bold]clips[/]?", expected=expected)
    return Attempt(problem=problem, job=read_job(job_data(status, **more)), result=result)


UNSENT = Attempt(problem=PosedProblem(name="p2", text="?", expected="1"), fault="refused")


@pytest.mark.parametrize(
    ("made", "grade"),
    [
        (attempt("72", "$72.00"), Grade.RIGHT),
        (attempt("71", "72"), Grade.WRONG),
        (attempt("a half", "the other"), Grade.UNCHECKED),
        (attempt("72", None), Grade.UNGRADED),
        (attempt(None, "72"), Grade.NO_ANSWER),
        (attempt(status="failed"), Grade.NO_SUCCESS),
        (attempt(status="running"), Grade.NOT_ENDED),
        (UNSENT, Grade.NOT_ENDED),
    ],
    ids=[
        "means the same",
        "another number",
        "text",
        "nothing expected",
        "none given",
        "failed",
        "running",
        "not submitted",
    ],
)
def test_each_end_has_its_grade(made, grade):
    assert grade_attempt(made) is grade


def test_a_line_tells_answer_expectation_votes_tokens_and_confidence():
    assert render_attempt(attempt("71", "72")).plain == (
        "p1: wrong  71, expected 72 | votes 71 ×5, 60 ×2 | 1,234 tokens "
        "| confidence not calibrated"
    )


def test_a_failed_job_tells_its_error():
    made = attempt(status="failed", error={"code": "model", "detail": "gone"})

    assert render_attempt(made).plain == "p1: ended without success  failed: gone (model)"


def test_the_summary_counts_every_grade():
    made = [attempt(), attempt("71", "72"), attempt(None), UNSENT]

    assert render_summary(made, 12.34) == (
        "1 of 4 right, 1 wrong, 1 no answer, 1 did not end. "
        "3 of 4 jobs ended in 12.3 s; 3,702 tokens generated."
    )


def test_a_problem_is_never_taken_for_markup():
    console = Console(width=200)
    with console.capture() as shown:
        console.print(render_attempts([attempt()]))

    assert "[bold]clips[/]" in shown.get()
