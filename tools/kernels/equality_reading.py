"""Reads an answer: is it a number, a formula, several values, a set, an equation, or words?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sympy

from tools.kernels.kernel_error import KernelError
from tools.kernels.latex_text import is_latex, to_plain_text
from tools.kernels.math_build import is_list, is_matrix
from tools.kernels.math_names import CONSTANTS, FUNCTIONS
from tools.kernels.math_text import read_math

MAX_PARTS = 60


class Shape(StrEnum):
    """What an answer is."""

    VALUE = "value"
    MATRIX = "matrix"
    SET = "set"
    ORDERED = "ordered"
    LISTED = "listed"
    MANY = "many"
    NAMED = "named"
    EQUATION = "equation"
    RATIO = "ratio"
    WORDS = "words"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An answer, read.

    Attributes:
        shape: What it is.
        value: Of SymPy's for a value, matrix, set or equation; words as text.
        parts: Those of an ordered tuple, of a list in brackets, of several values in any order.
        names: For ``NAMED``: the name of each part.
        n_decimals: For a value written as a decimal: its digits after the point.
    """

    shape: Shape
    value: Any = None
    parts: Sequence[Reading] = ()
    names: tuple[str, ...] = ()
    n_decimals: int | None = None


_DECIMAL = re.compile(r"\s*[-+]?[0-9]*\.([0-9]+)\s*")
_RATIO = re.compile(r"\s*([0-9.]+)\s*:\s*([0-9.]+)\s*")
_LETTER = re.compile(r"[A-Za-z](_[A-Za-z0-9]+)?'*|[A-Za-z][0-9]*")
_GREEK_NAMES = """
alpha beta gamma delta epsilon varepsilon zeta eta theta iota kappa lambda mu nu xi rho sigma tau
phi varphi chi psi omega Gamma Delta Theta Lambda Sigma Phi Psi Omega
"""
_GREEK = frozenset(_GREEK_NAMES.split())
# Two or three letters that touch a digit or an operator are factors, `2ab` and `xy^2`.
_FACTORS = re.compile(
    r"(?<=[0-9)^*/+=(-])[a-z]{2,3}(?![A-Za-z0-9(_])|(?<![A-Za-z0-9_])[a-z]{2,3}(?=[\^*/])"
)
_OPTION = re.compile(r"\(?([a-j])[).]")
_ARTICLES = re.compile(r"\b(the|a|an)\b")


def read_answer(text: str) -> Reading:
    """Read an answer. What is no mathematics is words."""
    cleaned = _clean(text)
    try:
        plain = to_plain_text(cleaned) if is_latex(cleaned) else cleaned
        return _read_plain(plain.strip())
    except KernelError:
        return Reading(shape=Shape.WORDS, value=to_words(text))


def to_words(text: str) -> str:
    """Return the words of a text: without markup, articles, case and punctuation at its ends."""
    bare = re.sub(r"\\(?:text|mathrm|mathbf|textbf|boxed)\b|[{}$_\\]", "", text)
    bare = _ARTICLES.sub(" ", bare.lower())
    words = " ".join(bare.split()).strip(" .,;:!?\"'`*")
    option = _OPTION.fullmatch(words)
    return option[1] if option else words


def _clean(text: str) -> str:
    cleaned = text.strip().strip("$").strip()
    # A full stop ends a sentence, where it stands behind something.
    return re.sub(r"(?<=[\w)\]}])\.$", "", cleaned)


def _read_plain(plain: str) -> Reading:
    if "±" in plain:
        signs = [plain.replace("±", sign, 1).replace("±", sign) for sign in "+-"]
        return Reading(shape=Shape.MANY, parts=tuple(_read_plain(each) for each in signs))
    parts = _split(plain)
    if len(parts) > MAX_PARTS:
        raise KernelError("too many parts")
    if len(parts) == 1:
        return _read_part(_FACTORS.sub(_set_apart, plain))
    read = [_read_part(_FACTORS.sub(_set_apart, part)) for part in parts]
    if all(part.shape is Shape.SET for part in read):
        # `x < 2 or x > 3` is one region; `x > 1, x < 3` is one too.
        join = sympy.Union if re.search(r"\bor\b", plain) else sympy.Intersection
        return Reading(shape=Shape.SET, value=join(*(part.value for part in read)))
    return _join(read)


def _set_apart(found: re.Match[str]) -> str:
    name = found[0]
    return name if name in FUNCTIONS or name in CONSTANTS else f" {' '.join(name)} "


def _split(plain: str) -> list[str]:
    """Split at commas, semicolons, `and` and `or` that stand outside of brackets."""
    parts, depth, start = [], 0, 0
    for found in re.finditer(r"[(\[{]|[)\]}]|[,;]|\b(?:and|or)\b", plain):
        mark = found[0]
        if mark in "([{":
            depth += 1
        elif mark in ")]}":
            depth -= 1
        elif depth == 0:
            parts.append(plain[start : found.start()])
            start = found.end()
    parts.append(plain[start:])
    # `2, 3, and 5` leaves nothing between comma and word.
    return [part for part in parts if part.strip()]


def _join(parts: list[Reading]) -> Reading:
    names = tuple(part.names[0] if part.shape is Shape.NAMED else "" for part in parts)
    values = tuple(part.parts[0] if part.shape is Shape.NAMED else part for part in parts)
    if all(names) and len(set(names)) == len(names):
        return Reading(shape=Shape.NAMED, parts=values, names=names)
    if all(names) and len(set(names)) > 1:
        raise KernelError("some names have several values")
    return Reading(shape=Shape.MANY, parts=values)


def _read_part(plain: str) -> Reading:
    ratio = _RATIO.fullmatch(plain)
    if ratio is not None:
        below = sympy.Rational(ratio[2])
        if below == 0:
            raise KernelError("a ratio to nothing")
        return Reading(shape=Shape.RATIO, value=sympy.Rational(ratio[1]) / below)
    value = read_math(plain)
    _refuse_words(value)
    reading = _shape(value)
    decimal = _DECIMAL.fullmatch(plain)
    if decimal is not None:
        return Reading(shape=Shape.VALUE, value=reading.value, n_decimals=len(decimal[1]))
    return reading


def _refuse_words(value: Any) -> None:
    """Refuse what is words to a reader and a product of long names to the grammar."""
    for symbol in value.free_symbols:
        name = str(symbol)
        if not _LETTER.fullmatch(name) and name not in _GREEK:
            raise KernelError(f"{name} is a word")
    known = {*FUNCTIONS, *CONSTANTS}
    if isinstance(value, sympy.Symbol) and str(value) in known:
        raise KernelError("a name alone")


def _shape(value: Any) -> Reading:
    if isinstance(value, sympy.FiniteSet):
        return Reading(shape=Shape.MANY, parts=tuple(_shape(each) for each in value.args))
    if isinstance(value, sympy.Tuple):
        shape = Shape.LISTED if is_list(value) else Shape.ORDERED
        return Reading(shape=shape, value=value, parts=tuple(_shape(each) for each in value))
    if isinstance(value, sympy.Eq):
        return _shape_equation(value)
    return _shape_whole(value)


def _shape_whole(value: Any) -> Reading:
    if is_matrix(value):
        return Reading(shape=Shape.MATRIX, value=value)
    if isinstance(value, sympy.Contains):
        return Reading(shape=Shape.SET, value=value.args[1])
    if isinstance(value, sympy.Set):
        return Reading(shape=Shape.SET, value=value)
    if isinstance(value, sympy.Expr):
        return Reading(shape=Shape.VALUE, value=value.doit())
    return _shape_region(value)


def _shape_equation(value: Any) -> Reading:
    name, other = value.lhs, value.rhs
    if isinstance(name, sympy.Symbol) and name not in other.free_symbols:
        named = _shape(other)
        return Reading(shape=Shape.NAMED, value=value, parts=(named,), names=(str(name),))
    return Reading(shape=Shape.EQUATION, value=value)


def _shape_region(value: Any) -> Reading:
    """Read inequalities in one variable as the set that they describe."""
    symbols = list(value.free_symbols)
    if len(symbols) != 1:
        raise KernelError("not a region of one variable")
    real = sympy.Symbol("x", real=True)
    try:
        return Reading(shape=Shape.SET, value=value.subs(symbols[0], real).as_set())
    except (NotImplementedError, TypeError, ValueError, AttributeError) as error:
        raise KernelError("not a region that can be described") from error
