"""What a word problem is, and which split its template belongs to."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Final

from engine.domain.program import Program, execute
from engine.training.expression import count_operations

N_BUCKETS: Final = 23

_LAST_TRAIN_BUCKET: Final = 16
_LAST_DEV_BUCKET: Final = 18
_LAST_CALIBRATION_BUCKET: Final = 20


class Split(StrEnum):
    """Which problems a template may serve; a template belongs to exactly one."""

    TRAIN = "train"
    DEV = "dev"
    CALIBRATION = "calibration"
    TEST = "test"


@dataclass(frozen=True, slots=True, kw_only=True)
class WordProblem:
    """A question, a program that answers it, and where it comes from.

    Attributes:
        question: The text.
        program: Straight-line; the value of its last statement is the answer.
        source: `generated`, `stories`, `gsm8k` or `mawps`.
        family: The path of the family, `>` between the links of a chain.
        template: 16 hex digits that two problems share when only names and numbers differ.
        distracted: A sentence with a number that does not matter stands in the question.
        meanings: What the value of a statement is, as a question, by its name; a statement whose
            value has no name of its own is left out.
    """

    question: str
    program: Program
    source: str
    family: str
    template: str
    distracted: bool = False
    meanings: Mapping[str, str] = field(default_factory=dict[str, str], hash=False)

    @property
    def answer(self) -> Fraction:
        """The exact value of the program."""
        return execute(self.program).value

    @property
    def n_operations(self) -> int:
        """How many operations the program takes."""
        return sum(count_operations(statement.expression) for statement in self.program.statements)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnanswerableProblem:
    """A question that its own text does not tell enough to answer.

    Attributes:
        question: The text.
        family: The path of the family.
        template: 16 hex digits that two problems share when only names and numbers differ.
        why: What is missing, as a sentence.
    """

    question: str
    family: str
    template: str
    why: str


def template_digest(text: str) -> str:
    """The identity of a template: 16 hex digits of BLAKE2b."""
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def split_of(digest: str) -> Split:
    """Buckets 0-16 train, 17-18 develop, 19-20 calibrate, 21-22 test."""
    bucket = int(digest, 16) % N_BUCKETS
    if bucket <= _LAST_TRAIN_BUCKET:
        return Split.TRAIN
    if bucket <= _LAST_DEV_BUCKET:
        return Split.DEV
    return Split.CALIBRATION if bucket <= _LAST_CALIBRATION_BUCKET else Split.TEST
