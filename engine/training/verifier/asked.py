"""Questions that models are asked, with what is needed to judge what they write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Final

from engine.domain.program import ProgramError, parse_program, render_number
from engine.training.datasets.json_lines import read_rows
from engine.training.emission.chain import emit_chains
from engine.training.emission.origin import origin_of
from engine.training.errors import DatasetError
from engine.training.example import Category, JudgedChain, Origin
from engine.training.human import as_problem, convert_gsm8k
from engine.training.problem import WordProblem

FINAL_MARK: Final = "####"

_QUESTION_FIELDS: Final = ("question", "problem")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question, and what answers it.

    Attributes:
        question: The text.
        answer: The right answer as text.
        origin: Where the question comes from.
        problem: The same with a program, which step labels and mutations need; None without one.
    """

    question: str
    answer: str
    origin: Origin
    problem: WordProblem | None = None

    def mutate(self, rng: Random) -> tuple[JudgedChain, ...]:
        """A right chain and wrong ones made of it; none where there is no program."""
        return () if self.problem is None else emit_chains(self.problem, rng)


def ask(problem: WordProblem) -> Asked:
    """The question of a problem whose program is known."""
    return Asked(
        question=problem.question,
        answer=render_number(problem.answer),
        origin=origin_of(problem),
        problem=problem,
    )


def read_asked(path: Path) -> tuple[Asked, ...]:
    """Questions of a file of JSON lines: `question` or `problem`, `answer`, `program` if known.

    An answer that ends in `#### 42` is one of GSM8K's solutions, whose marks become a program.

    Raises:
        DatasetError: Naming the file and the line that is no question.
    """
    found: list[Asked] = []
    for number, row in read_rows(path):
        try:
            found.append(_read(row, path.stem))
        except (DatasetError, ProgramError) as error:
            raise DatasetError(f"{path}, line {number}: {error}") from error
    if not found:
        raise DatasetError(f"{path} holds no question")
    return tuple(found)


def _read(row: Mapping[str, Any], source: str) -> Asked:
    question = next((row[name] for name in _QUESTION_FIELDS if name in row), None)
    answer = row.get("answer")
    if not isinstance(question, str) or not isinstance(answer, str | int | float):
        raise DatasetError("a question needs `question` or `problem`, and `answer`")
    text = str(answer)
    problem = _find_problem(row, question, text, source)
    if problem is not None:
        return ask(problem)
    return Asked(
        question=question,
        answer=text.rpartition(FINAL_MARK)[2].strip(),
        origin=Origin(source=source, licence="unknown", category=Category.MATH),
    )


def _find_problem(
    row: Mapping[str, Any], question: str, answer: str, source: str
) -> WordProblem | None:
    if isinstance(row.get("program"), str):
        return as_problem(question, parse_program(row["program"]), source=source)
    return convert_gsm8k(question, answer) if FINAL_MARK in answer else None
