"""Checks the calculations that a text writes out, as in ``48 / 2 = 24``.

Only plain arithmetic between numbers is read: whatever holds a letter, a power or a percentage is
passed over, since what it means depends on what stands around it. A number that was rounded or cut
off at the digits it shows counts as right. Values are exact, and their size is bounded
(``engine.domain.program``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from engine.domain.program import ProgramError, run_program
from engine.domain.verdict import Verdict

MAX_EXPRESSION_CHARS = 200
MAX_CALCULATIONS = 200
MAX_WORD_CHARS = 16

_EXPRESSION_CHARS = frozenset("0123456789.,+-*/×÷()$ \t")
_OPERATORS = frozenset("+-*/×÷")
# No expression begins with one of these; the empty text is one that is not there.
_NO_BEGINNINGS = frozenset({*"+-*/×÷.,)", ""})
# Behind these what follows belongs to something that is no plain arithmetic: in "half of 30 - 5"
# it is not 25 that is meant.
_BINDS_LEFT = frozenset("^%_\\{}[]|~≈–−")
_BINDING_WORDS = frozenset(
    {
        *("of", "half", "twice", "thrice", "double", "triple", "x", "times", "by", "over", "per"),
        *("plus", "minus", "less", "than", "from", "to", "mod", "square", "squared", "root"),
        *("sqrt", "log", "ln", "sin", "cos", "tan"),
    }
)
_RESULT = re.compile(r"[ \t]*\$?(-?(?:\d{1,3}(?:,\d{3})+|\d{1,30})(?:\.\d{1,30})?)(?!\d)")
# Behind a result these make it the beginning of something longer, or of another unit.
_GOES_ON = re.compile(r"[ \t]*(?:[-+*/×÷^%(\\]|\.\d|,\d|cents?\b|and[ \t]+\(?\d)|[A-Za-z_²³]")
# Written like this, 60 / 3/4 may mean 60 divided by three quarters.
_CHAINED_DIVISION = re.compile(r"[/÷][ \t]*\d+(?:\.\d+)?[ \t]*[/÷]")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")


@dataclass(frozen=True, slots=True, kw_only=True)
class Calculation:
    """One calculation, as it was written.

    Attributes:
        expression: What was calculated.
        stated: The result that was stated.
    """

    expression: str
    stated: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CalculationCheck:
    """What was found of the calculations of a text.

    Attributes:
        verdict: ``WRONG`` when one is wrong, ``RIGHT`` when there are some and all hold,
            ``UNCHECKED`` when there is none.
        error: The first wrong one, and what it comes to.
    """

    verdict: Verdict
    error: str | None = None


def check_calculations(text: str) -> CalculationCheck:
    """Recalculate what a text calculates."""
    verdict = Verdict.UNCHECKED
    for calculation in list_calculations(text):
        value = _evaluate(calculation.expression)
        if value is None:
            continue
        if not _agrees(value, calculation.stated):
            shown = f"{calculation.expression} is {_show(value)}, not {calculation.stated}"
            return CalculationCheck(verdict=Verdict.WRONG, error=shown)
        verdict = Verdict.RIGHT
    return CalculationCheck(verdict=verdict)


def list_calculations(text: str) -> tuple[Calculation, ...]:
    """Return the calculations of a text, in order: the first 200, in time linear in the text."""
    found: list[Calculation] = []
    at = text.find("=")
    while at >= 0 and len(found) < MAX_CALCULATIONS:
        calculation = _read_at(text, at)
        if calculation is not None:
            found.append(calculation)
        at = text.find("=", at + 1)
    return tuple(found)


def _read_at(text: str, at: int) -> Calculation | None:
    """Read the calculation around an equals sign, if there is one."""
    result = _RESULT.match(text, at + 1)
    if result is None or _GOES_ON.match(text, result.end()):
        return None
    begin = at
    while begin > max(0, at - MAX_EXPRESSION_CHARS) and text[begin - 1] in _EXPRESSION_CHARS:
        begin -= 1
    is_cut = begin == at - MAX_EXPRESSION_CHARS
    if is_cut or not _is_whole(text[begin:at], text[max(0, begin - MAX_WORD_CHARS) : begin]):
        return None
    return Calculation(expression=text[begin:at].strip(), stated=result[1])


def _is_whole(found: str, before: str) -> bool:
    """Whether what was found is an expression, and not the end of a longer one before it."""
    expression = found.strip()
    word = before.rpartition(" ")[2].casefold() if found.startswith(" ") else before[-1:]
    # Behind a word only a number can begin: in "x - 3" the whole begins with the word.
    begins_within = (
        expression[:1] in _NO_BEGINNINGS
        or word[-1:] in _BINDS_LEFT
        or word in _BINDING_WORDS
        or (word[-1:].isalnum() and (found[:1] != " " or expression[:1] == "("))
        or (word[-1:] == ":" and found[:1] != " ")
        or _CHAINED_DIVISION.search(expression) is not None
    )
    return not begins_within and any(sign in _OPERATORS for sign in expression[1:])


def _evaluate(expression: str) -> Fraction | None:
    plain = _THOUSANDS.sub("", expression).replace("$", "")
    plain = plain.replace("×", "*").replace("÷", "/")
    try:
        return run_program(f"a={plain}").bindings["a"]
    except ProgramError:
        return None


def _agrees(value: Fraction, stated: str) -> bool:
    plain = stated.replace(",", "")
    n_decimals = len(plain.partition(".")[2])
    # Rounded, or cut off: either way it is less than one unit of its last digit away. A result
    # without decimals is taken as exact, or as rounded to the nearest.
    unit = Fraction(1, 10**n_decimals)
    distance = abs(value - Fraction(Decimal(plain)))
    return distance < unit if n_decimals else distance <= unit / 2


def _show(value: Fraction) -> str:
    return str(value) if value.denominator == 1 else f"{float(value):.6g}"
