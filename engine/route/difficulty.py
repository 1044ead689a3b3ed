"""How hard a problem looks before anything was tried: a rough prior from its text alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

# Words and numbers of a problem at which it looks as hard as it can by that feature alone.
MANY_WORDS = 120
MANY_NUMBERS = 10


class QuestionKind(StrEnum):
    """What kind of answer a problem asks for, as far as its wording tells."""

    NUMBER = "number"
    YES_NO = "yes_no"
    CHOICE = "choice"
    EXPRESSION = "expression"
    PROOF = "proof"
    CODE = "code"


# A guess costs nothing in a closed question, so agreement says less there.
_HARDNESS = {
    QuestionKind.NUMBER: 0.0,
    QuestionKind.YES_NO: 0.2,
    QuestionKind.CHOICE: 0.2,
    QuestionKind.EXPRESSION: 0.3,
    QuestionKind.CODE: 0.4,
    QuestionKind.PROOF: 0.6,
}

# Each is bounded, so that no text makes the search for it more than a pass.
_PATTERNS = (
    (QuestionKind.PROOF, re.compile(r"\b(?:prove|show that|disprove)\b", re.IGNORECASE)),
    (
        QuestionKind.CODE,
        re.compile(r"```|\b(?:write|implement) a (?:function|program)\b", re.IGNORECASE),
    ),
    (
        QuestionKind.CHOICE,
        re.compile(r"(?:^|\s)\(?A[.)]\s.{0,500}?\s\(?B[.)]\s", re.DOTALL),
    ),
    (
        QuestionKind.EXPRESSION,
        re.compile(
            r"\b(?:simplify|factor|expand|integrate|differentiate|in terms of)\b", re.IGNORECASE
        ),
    ),
    (
        QuestionKind.YES_NO,
        re.compile(
            r"(?:^|[.!]\s{1,4})(?:is|are|does|do|can|will|was|has|have)\b[^.!?]{0,500}\?\s{0,9}$",
            re.IGNORECASE,
        ),
    ),
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Difficulty:
    """What the text of a problem tells.

    Attributes:
        n_words: Its words.
        n_numbers: The numbers written in digits.
        kind: What it asks for.
        estimate: From 0, looks easy, to 1.
    """

    n_words: int
    n_numbers: int
    kind: QuestionKind
    estimate: float


def estimate_difficulty(text: str) -> Difficulty:
    """Return how hard a problem looks. Only the pilot samples tell how hard it is."""
    n_words, n_numbers = len(text.split()), len(_NUMBER.findall(text))
    kind = find_kind(text)
    size = 0.3 * min(1.0, n_words / MANY_WORDS) + 0.3 * min(1.0, n_numbers / MANY_NUMBERS)
    return Difficulty(
        n_words=n_words,
        n_numbers=n_numbers,
        kind=kind,
        estimate=min(1.0, size + _HARDNESS[kind]),
    )


def find_kind(text: str) -> QuestionKind:
    """Return what a problem asks for; a number where nothing else shows."""
    return next((kind for kind, shape in _PATTERNS if shape.search(text)), QuestionKind.NUMBER)
