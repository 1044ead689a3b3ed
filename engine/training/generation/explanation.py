"""Whether an explanation holds: its equations are true, and it ends with the answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Final

from engine.answers.extract import extract_answer
from engine.domain.profile import AnswerProtocol
from engine.domain.program import ProgramError, run_program
from engine.training.generation.reply import Reason, RejectedError, is_refusal
from engine.training.generation.sketch import read_value

MAX_CHARS: Final = 4_000

# A decimal that was rounded is right to half of its last place.
_HALF: Final = Fraction(1, 2)
_LEFT: Final = re.compile(r"[\d\s.,()+*/-]*\Z")
_RIGHT: Final = re.compile(r"\s*((?>-?\d+(?:,\d{3})*(?:\.\d+)?))(?!\s*[-+*/(\d])")
_CALCULATION: Final = re.compile(r"[\d)]\s*[-+*/]")
_SIGNS: Final = str.maketrans({"\u00d7": "*", "\u00f7": "/", "\u2212": "-", "$": None})


def check_explanation(text: str, answer: Fraction) -> None:
    """Run the equations of an explanation, and compare the answer that it marks.

    Raises:
        RejectedError: An equation is false, another answer is marked, or it is no explanation.
    """
    if len(text) > MAX_CHARS:
        raise RejectedError(Reason.TRUNCATED)
    if is_refusal(text):
        raise RejectedError(Reason.REFUSED)
    marked = marked_value(text)
    if marked is not None and marked != answer:
        raise RejectedError(Reason.EXPLANATION)
    if not all(_holds(left, right) for left, right in _equations(text.translate(_SIGNS))):
        raise RejectedError(Reason.EXPLANATION)


def marked_value(text: str) -> Fraction | None:
    """The answer that a text marks, where it is a number."""
    marked = extract_answer(text, AnswerProtocol.MARKED)
    return None if marked is None else read_value(marked.text.strip().rstrip("."))


def _equations(text: str) -> Iterator[tuple[str, str]]:
    """What stands on both sides of each `=` that has a calculation before and a number behind."""
    for before, behind in pairwise(text.split("=")):
        left, right = _LEFT.search(before), _RIGHT.match(behind)
        # Digits behind a letter belong to a name, such as `x2`.
        if left is None or right is None or _is_in_name(before, left.start()):
            continue
        # A full stop or a comma before the calculation belongs to the sentence before, and a minus
        # may be a dash or take something off that is told in words.
        source = left.group().strip().lstrip(".,) ").strip()
        if _CALCULATION.search(source) and not source.startswith("-"):
            yield source, right.group(1)


def _is_in_name(text: str, start: int) -> bool:
    return text[max(0, start - 1) : start].isalnum() and text[start : start + 1].isdigit()


def _holds(left: str, right: str) -> bool:
    try:
        value = run_program(f"value={_ungrouped(left)}").value
    except ProgramError:
        # No calculation after all, such as a list of numbers; it states nothing that is false.
        return True
    stated = _ungrouped(right)
    places = len(stated.partition(".")[2])
    return abs(value - Fraction(stated)) <= (_HALF / 10**places if places else Fraction(0))


def _ungrouped(text: str) -> str:
    return re.sub(r"(?<=\d),(?=\d{3})", "", text)
