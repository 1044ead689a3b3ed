"""Questions with their answers: drawn from templates never trained, or read from published files.

| layout | question | answer |
|---|---|---|
| GSM8K | `question` | `answer`, behind `####`; its marks count the operations |
| SVAMP | `Body` and `Question` | `Answer` |
| MAWPS, AddSub, SingleEq, MultiArith | `sQuestion` or `question` | `lSolutions` or `answer` |
| ASDiv, DRAW, others | `body` and `question`, `original_text`, `problem` | `answer`, `ans` |
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any, Final

from engine.answers.extract import NOT_TOLD
from engine.answers.key import canonical_key
from engine.domain.errors import InvalidInputError
from engine.domain.program import parse_program, render_number
from engine.training.generate import draw_held_out, draw_problem
from engine.training.human import HumanProblem, untokenised
from engine.training.problem import Split, UnanswerableProblem, WordProblem
from engine.training.screen import Screen
from engine.training.stories.draw import draw_story_problem

SHORT_PROBLEMS: Final = Path(__file__).with_name("short_problems.json")

_BODIES: Final = ("Body", "body")
_QUESTIONS: Final = ("question", "problem", "Question", "sQuestion", "original_text", "text")
_ANSWERS: Final = ("answer", "Answer", "lSolutions", "final_ans", "ans")
_MARK: Final = re.compile(r"<<[^<>]*>>")
_NUMBER: Final = re.compile(r"-?\d+(?:\.\d+)?")
_MAX_TRIES: Final = 1_000


class InvalidSetError(InvalidInputError):
    """The file holds no questions with answers that can be read."""

    code = "invalid-set"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One question.

    Attributes:
        question: The text, on one line.
        answer: A number as it was published, or that the question cannot be answered.
        n_operations: How many operations its solution takes; None where that is not known.
        distracted: Whether a number in it does not matter; None where that is not known.
    """

    question: str
    answer: str
    n_operations: int | None = None
    distracted: bool | None = None

    def accepts(self, said: str | None) -> bool:
        """Whether an answer is right.

        A number is right when it is equal; where one was published with decimals, it may have
        been rounded to them.
        """
        if said is None or NOT_TOLD in (said, self.answer):
            return said == self.answer
        published, given = Fraction(self.answer), Fraction(said)
        n_decimals = len(self.answer.partition(".")[2])
        tolerance = Fraction(1, 2 * 10**n_decimals) if n_decimals else Fraction(0)
        return abs(published - given) <= tolerance


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationSet:
    """Questions that are reported together.

    Attributes:
        name: How the report calls them.
        about: What they are, in a few words.
        items: The questions.
        n_unread: Rows of a file that hold no number for an answer.
    """

    name: str
    about: str
    items: tuple[Item, ...]
    n_unread: int = 0


def draw_items(
    draw: Callable[[Random], WordProblem | UnanswerableProblem],
    n_items: int,
    *,
    rng: Random,
    screen: Screen,
) -> tuple[Item, ...]:
    """Questions of a generator, none twice, none that the screen holds back."""
    found: dict[str, Item] = {}
    for _ in range(n_items * _MAX_TRIES):
        if len(found) == n_items:
            break
        problem = draw(rng)
        if not screen.hits(problem.question):
            found.setdefault(problem.question, to_item(problem))
    return tuple(found.values())


def drawn_sets(n_items: int, *, seed: int, screen: Screen) -> tuple[EvaluationSet, ...]:
    """What is drawn from templates and families that training never saw."""
    draws: tuple[tuple[str, str, Callable[[Random], WordProblem | UnanswerableProblem]], ...] = (
        ("test", "families trained, templates not", lambda rng: draw_problem(rng, Split.TEST)),
        ("held-out", "families never trained", draw_held_out),
        ("stories", "stories, wordings not trained", _draw_test_story),
    )
    return tuple(
        EvaluationSet(
            name=name,
            about=about,
            items=draw_items(draw, n_items, rng=Random(f"{name}:{seed}"), screen=screen),
        )
        for name, about, draw in draws
    )


def short_set() -> EvaluationSet:
    """Short problems of one or two operations, told by hand for this and never trained."""
    rows = json.loads(SHORT_PROBLEMS.read_text(encoding="utf-8"))
    items = tuple(_read_short(row) for row in rows)
    return EvaluationSet(name="short", about="short problems told by hand", items=items)


def human_set(name: str, held: Iterable[HumanProblem]) -> EvaluationSet:
    """Published problems that were kept from training."""
    items = tuple(to_item(one.problem) for one in held)
    return EvaluationSet(name=name, about="published training rows, held out", items=items)


def to_item(problem: WordProblem | UnanswerableProblem) -> Item:
    """A drawn problem as a question with its answer."""
    if isinstance(problem, UnanswerableProblem):
        return Item(question=problem.question, answer=NOT_TOLD)
    return Item(
        question=problem.question,
        answer=render_exact(problem.answer),
        n_operations=problem.n_operations,
        distracted=problem.distracted,
    )


def render_exact(value: Fraction) -> str:
    """A value so that no tolerance is read into it."""
    text = render_number(value)
    return f"{value.numerator}/{value.denominator}" if "." in text else text


def read_set(path: Path) -> EvaluationSet:
    """Read a file of JSON lines, or of one JSON list.

    Raises:
        InvalidSetError: No row can be read.
    """
    try:
        rows = _read_json(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InvalidSetError(f"{path} is not JSON: {error}") from error
    items = [read_item(row) for row in rows]
    found = tuple(item for item in items if item is not None)
    if not found:
        raise InvalidSetError(f"{path} holds no question with a number for its answer")
    n_unread = len(items) - len(found)
    return EvaluationSet(name=path.stem, about="file", items=found, n_unread=n_unread)


def read_item(row: Mapping[str, Any]) -> Item | None:
    """A row of any of the layouts; None when its answer is no number and no refusal."""
    question = _first(row, _QUESTIONS)
    answer = _answer_of(row)
    if not isinstance(question, str) or answer is None:
        return None
    body = _first(row, _BODIES) or ""
    text = " ".join(f"{body} {question}".split())
    marks = _MARK.findall(str(row.get("answer", "")))
    return Item(
        question=untokenised(text), answer=answer, n_operations=len(marks) if marks else None
    )


def _read_short(row: Mapping[str, str]) -> Item:
    problem = WordProblem(
        question=untokenised(row["question"]),
        program=parse_program(row["program"]),
        source="short",
        family=row["kind"],
        template="",
    )
    return to_item(problem)


def _draw_test_story(rng: Random) -> WordProblem | UnanswerableProblem:
    return draw_story_problem(rng, Split.TEST)


def _read_json(text: str) -> list[Mapping[str, Any]]:
    if text.lstrip().startswith("["):
        return json.loads(text)
    # `splitlines` would also break at the line separators that questions hold.
    return [json.loads(line) for line in text.split("\n") if line.strip()]


def _first(row: Mapping[str, Any], names: Iterable[str]) -> Any:
    return next((row[name] for name in names if row.get(name) not in (None, "")), None)


def _answer_of(row: Mapping[str, Any]) -> str | None:
    given = _first(row, _ANSWERS)
    if isinstance(given, list):
        given = given[0] if len(given) == 1 else None
    text = str(given).rpartition("####")[2].strip().replace(",", "").replace("$", "")
    if canonical_key(text) == "x:unknown":
        return NOT_TOLD
    match = _NUMBER.match(text)
    if match is None or (match.end() < len(text) and text[match.end()] in "/:"):
        return None
    whole, point, decimals = match[0].partition(".")
    decimals = decimals.rstrip("0")
    return f"{whole}{point}{decimals}" if decimals else whole
