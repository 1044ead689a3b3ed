"""What a story is, once its file has been read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

from engine.domain.program import Program
from engine.training.blueprint import Draw
from engine.training.expression import names_in

_CENTS: Final = 100
_THOUSANDTHS: Final = 1_000
_CAP: Final = 1_000_000


class Exactness(StrEnum):
    """Which values the programs of a story may compute; all are positive."""

    WHOLE = "whole"
    MONEY = "money"
    ANY = "any"

    def allows(self, value: Fraction, *, final: bool = False) -> bool:
        """Whether a value may occur; one that is the answer must have a short decimal form."""
        if not 0 < value <= _CAP:
            return False
        if self is Exactness.ANY:
            return not final or _THOUSANDTHS % value.denominator == 0
        return (_CENTS if self is Exactness.MONEY else 1) % value.denominator == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberRule:
    """How a number of a story is drawn.

    Attributes:
        name: Its slot.
        draw: Sees the numbers before it; None rejects the attempt.
        computed: It follows from the others, so it must be a value that a program may compute.
    """

    name: str
    draw: Draw
    computed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WordRule:
    """The plurals of which a story chooses one for a slot."""

    name: str
    choices: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryQuestion:
    """One question that the facts of a story answer, or do not.

    Attributes:
        source: The program as it is written in the file; `none` for one that has no answer.
        program: Over the numbers of the story; None when the facts do not give the answer.
        wordings: Sentence forms that ask for the same thing.
    """

    source: str
    program: Program | None
    wordings: tuple[str, ...]

    @property
    def needed(self) -> frozenset[str]:
        """The names that the program uses: numbers of the story, and its own statements."""
        if self.program is None:
            return frozenset()
        statements = self.program.statements
        return frozenset(name for s in statements for name in names_in(s.expression))


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A small world: its numbers, ways to tell it, and what may be asked.

    Attributes:
        domain: The name of its file.
        name: Its table in the file.
        numbers: In the order in which they are drawn.
        words: Slots of things.
        phrasings: Sentence forms; each tells all the facts.
        questions: What may be asked.
        exact: Which values the programs may compute.
    """

    domain: str
    name: str
    numbers: tuple[NumberRule, ...]
    words: tuple[WordRule, ...]
    phrasings: tuple[str, ...]
    questions: tuple[StoryQuestion, ...]
    exact: Exactness = Exactness.WHOLE

    @property
    def path(self) -> str:
        """The family of its problems."""
        return f"stories.{self.domain}.{self.name}"
