"""What the results of putting values into equations say, in three values."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from engine.domain.verdict import Verdict

# A difference below this may be what rounding left of a zero that was not recognised.
SMALL = 1e-6

_RATIONAL = re.compile(r"-?\d{1,300}(?:/\d{1,300})?")


def judge_difference(result: str, decimal: str | None) -> Verdict:
    """Judge the difference of an equation's two sides.

    Args:
        result: The exact difference, as the tool writes it.
        decimal: Its decimal value, where it has one.

    Returns:
        ``RIGHT`` for a zero, ``WRONG`` for a finite number that is none, else ``UNCHECKED``.
    """
    text = result.strip()
    if text == "0":
        return Verdict.RIGHT
    if _RATIONAL.fullmatch(text):
        return Verdict.WRONG
    try:
        value = float(decimal or "nan")
    except ValueError:
        return Verdict.UNCHECKED
    is_other = math.isfinite(value) and abs(value) > SMALL
    return Verdict.WRONG if is_other else Verdict.UNCHECKED


def join_verdicts(verdicts: Iterable[Verdict]) -> Verdict:
    """Join the verdicts on the parts of one whole: one wrong part refutes it.

    ``RIGHT`` only where there are parts and all of them are right.
    """
    found = tuple(verdicts)
    if Verdict.WRONG in found:
        return Verdict.WRONG
    is_right = bool(found) and all(verdict is Verdict.RIGHT for verdict in found)
    return Verdict.RIGHT if is_right else Verdict.UNCHECKED
