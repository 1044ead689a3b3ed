"""Problems with solutions: OpenMathInstruct-2, CodeAlpaca, GSM8K, MAWPS, answers of MATH."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from engine.domain.program import render_number
from engine.training.datasets.field import filled_field, text_field
from engine.training.datasets.published.layout import Credit, Row, exchange, origin_of
from engine.training.errors import DatasetError
from engine.training.example import Conversation
from engine.training.human import convert_equation

_MARK: Final = re.compile(r"<<[^<>]*>>")
_ANSWER_MARK: Final = "####"


def read_openmath(row: Row, credit: Credit) -> Iterator[Conversation]:
    """`problem`, `generated_solution`, `expected_answer`; `problem_source` becomes the family."""
    problem = filled_field(row, "problem")
    yield exchange(
        problem,
        filled_field(row, "generated_solution"),
        origin_of(problem, credit),
        answer=text_field(row, "expected_answer", "").strip(),
    )


def read_codealpaca(row: Row, credit: Credit) -> Iterator[Conversation]:
    """`instruction`, `input` (often empty) and `output`."""
    given = text_field(row, "input", "").strip()
    question = "\n\n".join(part for part in (filled_field(row, "instruction"), given) if part)
    yield exchange(question, filled_field(row, "output"), origin_of(question, credit))


def read_gsm8k(row: Row, credit: Credit) -> Iterator[Conversation]:
    """`question` and `answer`, whose last line is `#### 42`; the calculator marks are cut out."""
    question = filled_field(row, "question")
    solution, mark, final = filled_field(row, "answer").rpartition(_ANSWER_MARK)
    answer = final.strip().replace(",", "")
    if not mark or not answer:
        raise DatasetError(f"`answer` marks no final answer with {_ANSWER_MARK}")
    reply = f"{_MARK.sub('', solution).strip()}\n{_ANSWER_MARK} {answer}"
    yield exchange(question, reply, origin_of(question, credit), answer=answer)


def read_mawps(row: Row, credit: Credit) -> Iterator[Conversation]:
    """`question`, `equation` solved for `x`, `answer`; the two must agree."""
    question, equation = filled_field(row, "question"), filled_field(row, "equation")
    published = row.get("answer")
    if not isinstance(published, int | float):
        raise DatasetError("`answer` is no number")
    problem = convert_equation(question, equation, published)
    if problem is None:
        raise DatasetError("`equation` is no calculation that gives `answer`")
    answer = render_number(problem.answer)
    reply = f"{equation.strip()}\nx={answer}\n{_ANSWER_MARK} {answer}"
    yield exchange(problem.question, reply, origin_of(problem.question, credit), answer=answer)


def read_math_answers(row: Row, credit: Credit) -> Iterator[Conversation]:
    """`problem` and `final_answer` without a solution: for training by outcome, not by imitation.

    The reply is the boxed answer alone.
    """
    problem, answer = filled_field(row, "problem"), filled_field(row, "final_answer").strip()
    reply = f"\\boxed{{{answer}}}"
    yield exchange(problem, reply, origin_of(problem, credit), answer=answer)
