"""What a model is asked about, or asked for: a question with its variables and its program."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any, Final, cast

from engine.domain.program import Program, ProgramError, execute, parse_program, render_number
from engine.training.datasets.json_lines import read_rows
from engine.training.errors import DatasetError
from engine.training.example import Category
from engine.training.frameworks.scope import bind
from engine.training.frameworks.slot import fill_exactly
from engine.training.problem import Split, split_of, template_digest

MAX_QUESTION_CHARS: Final = 2_000
MAX_VARIABLES: Final = 12

_RANGE: Final = re.compile(r"(-?\d{1,9})\s*\.\.\s*(-?\d{1,9})")
_DECIMAL: Final = re.compile(r"-?\d{1,18}(?:\.\d{1,9})?(?:/[1-9]\d{0,17})?")
_NAME: Final = re.compile(r"[A-Za-z_]\w{0,30}", re.ASCII)
# An operator between numbers or slots is a word; a hyphen within words is none.
_WORD: Final = re.compile(r"[\w{}]+|(?<![a-z])[-+*/^=<>](?![a-z])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The whole numbers that a variable may be, both ends included."""

    low: int
    high: int

    def holds(self, value: Fraction) -> bool:
        """Whether a value is one of them."""
        return value.denominator == 1 and self.low <= value <= self.high

    def render(self) -> str:
        """As it is written in a file: `3..20`."""
        return f"{self.low}..{self.high}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """A blueprint as plain data; a question without variables is the simplest one.

    Attributes:
        question: Its surface; `{n}` is the slot of the variable `n`.
        category: What a mixture balances.
        family: The framework's block it was asked under; empty for a question from elsewhere.
        variables: What each may be.
        values: One choice of them, with which the answer is stated.
        program: Straight-line text over the variables; empty where none is known.
        answer: Stated for the values; empty where none is.
        split: The split of the surface, or of the one that it rewords.
        stated: Of a question that was solved: the answer that its source states, if any.
    """

    question: str
    category: Category
    family: str = ""
    variables: Mapping[str, Span] = field(default_factory=dict[str, Span])
    values: Mapping[str, Fraction] = field(default_factory=dict[str, Fraction])
    program: str = ""
    answer: str = ""
    split: Split | None = None
    stated: str = ""

    @property
    def template(self) -> str:
        """16 hex digits of the surface's words.

        A question that a model writes under two blocks is one wording, and belongs to one split,
        so the family has no part in it.
        """
        return template_digest(fold_words(self.question))

    @property
    def home(self) -> Split:
        """The split that its examples belong to."""
        return self.split or split_of(self.template)

    def bound(self, values: Mapping[str, Fraction] | None = None) -> Program:
        """The program over numbers.

        Raises:
            ProgramError: When there is none, or it is none.
        """
        return bind(parse_program(self.program), dict(self.values if values is None else values))

    def asked(self, values: Mapping[str, Fraction] | None = None) -> str:
        """The question over numbers."""
        return fill_exactly(self.question, dict(self.values if values is None else values))

    @property
    def runs(self) -> bool:
        """Whether there is a program that runs over the values."""
        try:
            execute(self.bound())
        except ProgramError:
            return False
        return self.values.keys() == self.variables.keys()

    def known_answer(self) -> Fraction | None:
        """The value of the program, else the stated answer; None where neither is a number."""
        try:
            return execute(self.bound()).value
        except ProgramError:
            return read_value(self.answer)

    def draw(self, rng: Random) -> dict[str, Fraction]:
        """Other values for the variables."""
        return {
            name: Fraction(rng.randint(span.low, span.high))
            for name, span in self.variables.items()
        }


def fold_words(text: str) -> str:
    """A text without its case, its blanks and its punctuation; operators stay."""
    return " ".join(_WORD.findall(text.lower()))


def read_value(text: str) -> Fraction | None:
    """A number as it may be stated: digits, thousands commas, a decimal point, a fraction."""
    plain = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text.strip()).removeprefix("$").removesuffix("%")
    if not _DECIMAL.fullmatch(plain) or ("." in plain and "/" in plain):
        return None
    return Fraction(plain)


def to_row(sketch: Sketch) -> dict[str, Any]:
    """The sketch as a JSON object."""
    return {
        "question": sketch.question,
        "category": sketch.category.value,
        "family": sketch.family,
        "variables": {name: span.render() for name, span in sketch.variables.items()},
        "values": {name: render_number(value) for name, value in sketch.values.items()},
        "program": sketch.program,
        "answer": sketch.answer,
        "split": sketch.home.value,
    }


def from_row(row: Mapping[str, Any], *, category: Category | None = None) -> Sketch:
    """Read a sketch; only the question has to be there.

    Args:
        row: The fields of :func:`to_row`; numbers may be written as numbers.
        category: Taken where the row names none.

    Raises:
        DatasetError: For a field that is something else; the message names it.
    """
    split = _text(row, "split")
    named = _text(row, "category") or (category or Category.MATH).value
    try:
        return Sketch(
            question=_text(row, "question", is_needed=True),
            category=Category(named),
            family=_text(row, "family"),
            variables={name: _span(name, value) for name, value in _entries(row, "variables")},
            values={name: _number(name, value) for name, value in _entries(row, "values")},
            program=_text(row, "program"),
            answer=_text(row, "answer"),
            split=Split(split) if split else None,
        )
    except ValueError as error:
        raise DatasetError(str(error)) from error


def read_sketches(path: Path) -> tuple[Sketch, ...]:
    """Read the sketches of a JSON-lines file.

    Raises:
        DatasetError: For a row that is none; it names file and line.
    """
    found: list[Sketch] = []
    for number, row in read_rows(path):
        try:
            found.append(from_row(row))
        except DatasetError as error:
            raise DatasetError(f"{path}, line {number}: {error}") from error
    if not found:
        raise DatasetError(f"{path} holds no question")
    return tuple(found)


def _text(row: Mapping[str, Any], name: str, *, is_needed: bool = False) -> str:
    value = row.get(name, "")
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or len(value) > MAX_QUESTION_CHARS:
        raise DatasetError(f"`{name}` must be a text of at most {MAX_QUESTION_CHARS} characters")
    if is_needed and not value.strip():
        raise DatasetError(f"`{name}` is missing")
    return value.strip()


def _entries(row: Mapping[str, Any], name: str) -> Iterator[tuple[str, Any]]:
    value = row.get(name, {})
    if not isinstance(value, Mapping) or len(cast("Mapping[Any, Any]", value)) > MAX_VARIABLES:
        raise DatasetError(f"`{name}` must be an object of at most {MAX_VARIABLES} entries")
    for key, entry in cast("Mapping[str, Any]", value).items():
        if not _NAME.fullmatch(key):
            raise DatasetError(f"`{name}` holds {key[:40]!r}, which is no name")
        yield key, entry


def _span(name: str, value: object) -> Span:
    match = _RANGE.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None or int(match[1]) > int(match[2]):
        raise DatasetError(f"`variables` gives {name} no range such as 3..20")
    return Span(low=int(match[1]), high=int(match[2]))


def _number(name: str, value: object) -> Fraction:
    found = read_value(str(value))
    if found is None or isinstance(value, bool):
        raise DatasetError(f"`values` gives {name} no number")
    return found
