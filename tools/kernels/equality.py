"""The kernel of symbolic equality: does an answer mean the same as one of others?"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import sympy

from tools.kernels.equality_molecule import compare_molecules, compare_quantities
from tools.kernels.equality_reading import Reading, Shape, read_answer, to_words
from tools.kernels.equality_value import Same, compare_values
from tools.kernels.kernel_error import KernelError
from tools.kernels.math_build import to_set

MAX_FORM_CHARS = 400

# What SymPy raises where two values are of kinds that it cannot bring together.
_UNFIT = (KernelError, TypeError, ValueError, AttributeError, NotImplementedError, RecursionError)


def run(arguments: dict[str, Any]) -> dict[str, Any]:
    """Compare `text` with each of `others`.

    Each verdict is also printed as it is found, a line each, so that those found before a limit
    is reached are not lost.
    """
    verdicts: list[str] = []
    for other in arguments["others"]:
        verdict = compare(arguments["text"], other)
        verdicts.append(verdict.value)
        sys.stdout.write(json.dumps(verdict.value) + "\n")
    return {"form": describe(arguments["text"]), "verdicts": verdicts}


def warm() -> None:
    """Do once what is slow the first time."""
    compare(r"\frac{x}{2} + 1", "0.5x + 1")
    compare("CCO", "OCC")


def describe(text: str) -> str | None:
    """Return how an answer was read; ``None`` for words."""
    reading = read_answer(text)
    if reading.shape is Shape.WORDS:
        return None
    return f"{reading.shape}:{_form(reading)}"[:MAX_FORM_CHARS]


def compare(a: str, b: str) -> Same:
    """Compare two answers."""
    # Before the words, since case tells benzene from cyclohexane.
    found = compare_molecules(a, b)
    if found is None and to_words(a) and to_words(a) == to_words(b):
        return Same.RIGHT
    found = found or compare_quantities(a, b)
    if found is not None:
        return found
    left, right = read_answer(a), read_answer(b)
    if Shape.WORDS in {left.shape, right.shape}:
        return Same.UNCHECKED
    try:
        return compare_readings(left, right)
    except _UNFIT:
        return Same.UNCHECKED


def compare_readings(a: Reading, b: Reading) -> Same:
    """Compare two answers that were read."""
    if Shape.NAMED in {a.shape, b.shape}:
        return _compare_named(a, b)
    if a.shape is b.shape:
        return _ALIKE[a.shape](a, b)
    for first, second in ((a, b), (b, a)):
        compare_mixed = _MIXED.get((first.shape, second.shape))
        if compare_mixed is not None:
            return compare_mixed(first, second)
    return Same.UNCHECKED


def _form(reading: Reading) -> str:
    if reading.parts:
        shown = ", ".join(_form(part) for part in reading.parts)
        return f"{'/'.join(reading.names)}({shown})"
    return sympy.sstr(reading.value)


def _all(found: Sequence[Same]) -> Same:
    if Same.WRONG in found:
        return Same.WRONG
    return Same.UNCHECKED if Same.UNCHECKED in found else Same.RIGHT


def _compare_ordered(a: Reading, b: Reading) -> Same:
    if len(a.parts) != len(b.parts):
        return Same.WRONG
    pairs = zip(a.parts, b.parts, strict=True)
    found = _all([compare_readings(one, other) for one, other in pairs])
    if found is Same.UNCHECKED and all(_is_formula(part) for part in (*a.parts, *b.parts)):
        # Part by part nobody knows whether x and y are two names for one thing; together, both
        # answers may use the same names.
        return compare_values(_add_up(a), _add_up(b))
    return found


def _is_formula(part: Reading) -> bool:
    return part.shape is Shape.VALUE and part.n_decimals is None


def _add_up(reading: Reading) -> Reading:
    """Make one formula of several, each times a letter of its own."""
    terms = [part.value * sympy.Symbol(f"part_{n}") for n, part in enumerate(reading.parts)]
    return Reading(shape=Shape.VALUE, value=sympy.Add(*terms))


def _compare_many(a: Reading, b: Reading) -> Same:
    """Compare values in any order, each as often as it likes."""
    found: list[Same] = []
    for these, those in ((a.parts, b.parts), (b.parts, a.parts)):
        for one in these:
            seen = {compare_readings(one, other) for other in those}
            found.append(
                Same.RIGHT
                if Same.RIGHT in seen
                else Same.UNCHECKED
                if Same.UNCHECKED in seen
                else Same.WRONG
            )
    return _all(found)


def _compare_named(a: Reading, b: Reading) -> Same:
    if a.shape is b.shape:
        return _compare_names(a, b)
    named, other = (a, b) if a.shape is Shape.NAMED else (b, a)
    if len(named.parts) == 1:
        if other.shape is Shape.EQUATION:
            return _compare_equations(named, other)
        return compare_readings(named.parts[0], other)
    # Without the names nobody can tell which value is whose, unless all stand in order.
    bare = Reading(shape=Shape.ORDERED, parts=named.parts)
    if other.shape in {Shape.ORDERED, Shape.MANY}:
        same = _compare_ordered(bare, Reading(shape=Shape.ORDERED, parts=other.parts))
        return same if same is Same.RIGHT else Same.UNCHECKED
    return Same.WRONG if other.shape is Shape.VALUE else Same.UNCHECKED


def _compare_names(a: Reading, b: Reading) -> Same:
    if len(a.parts) != len(b.parts):
        return Same.WRONG
    if set(a.names) == set(b.names):
        others = dict(zip(b.names, b.parts, strict=True))
        pairs = zip(a.names, a.parts, strict=True)
        return _all([compare_readings(part, others[name]) for name, part in pairs])
    if len(a.parts) == 1:
        return _compare_equations(a, b)
    return Same.UNCHECKED


def _compare_sets(a: Reading, b: Reading) -> Same:
    if a.value == b.value:
        return Same.RIGHT
    difference = sympy.SymmetricDifference(a.value, b.value)
    found = difference.is_empty
    if found is None and isinstance(difference, sympy.FiniteSet):
        found = not difference.args
    if found is None:
        return Same.UNCHECKED
    return Same.RIGHT if found else Same.WRONG


def _compare_matrices(a: Reading, b: Reading) -> Same:
    if a.value.shape != b.value.shape:
        return Same.WRONG
    return _compare_ordered(_entries(a), _entries(b))


def _entries(reading: Reading) -> Reading:
    parts = tuple(Reading(shape=Shape.VALUE, value=entry) for entry in reading.value)
    return Reading(shape=Shape.ORDERED, parts=parts)


def _compare_equations(a: Reading, b: Reading) -> Same:
    """Compare two equations: the same where one is the other times a number."""
    left, right = (each.value.lhs - each.value.rhs for each in (a, b))
    if left.free_symbols != right.free_symbols:
        return Same.UNCHECKED
    ratio = sympy.cancel(sympy.together(left / right))
    if ratio.is_number and ratio != 0:
        return Same.RIGHT
    return Same.UNCHECKED


def _compare_ratios(a: Reading, b: Reading) -> Same:
    return Same.RIGHT if a.value == b.value else Same.WRONG


def _compare_ratio_with_value(a: Reading, b: Reading) -> Same:
    return Same.RIGHT if a.value == b.value else Same.UNCHECKED


def _compare_one_with_many(a: Reading, b: Reading) -> Same:
    if len(b.parts) == 1:
        return compare_readings(a, b.parts[0])
    return Same.WRONG


def _compare_in_order(a: Reading, b: Reading) -> Same:
    if b.shape is Shape.LISTED and len(b.parts) == 2:  # noqa: PLR2004 - the two ends
        # As intervals they differ at their ends, as pairs they do not.
        return Same.UNCHECKED
    same = _compare_ordered(a, b)
    return same if same is Same.RIGHT else Same.UNCHECKED


def _compare_region(a: Reading, b: Reading) -> Same:
    """Compare a set with two ends in brackets, which may be an interval."""
    return _compare_sets(a, Reading(shape=Shape.SET, value=to_set(b.value)))


def _compare_vector(a: Reading, b: Reading) -> Same:
    if 1 not in a.value.shape:
        return Same.WRONG
    return _compare_ordered(_entries(a), b)


def _compare_matrix_with_rows(a: Reading, b: Reading) -> Same:
    rows = [part.parts or (part,) for part in b.parts]
    if len({len(row) for row in rows}) != 1 or (len(rows), len(rows[0])) != a.value.shape:
        return _compare_vector(a, b)
    flat = tuple(entry for row in rows for entry in row)
    return _compare_ordered(_entries(a), Reading(shape=Shape.ORDERED, parts=flat))


def _different(a: Reading, b: Reading) -> Same:  # noqa: ARG001 - like its neighbours
    return Same.WRONG


Comparison = Callable[[Reading, Reading], Same]
_ALIKE: Mapping[Shape, Comparison] = {
    Shape.VALUE: compare_values,
    Shape.MATRIX: _compare_matrices,
    Shape.SET: _compare_sets,
    Shape.ORDERED: _compare_ordered,
    Shape.LISTED: _compare_ordered,
    Shape.MANY: _compare_many,
    Shape.EQUATION: _compare_equations,
    Shape.RATIO: _compare_ratios,
}
_MIXED: Mapping[tuple[Shape, Shape], Comparison] = {
    (Shape.VALUE, Shape.MANY): _compare_one_with_many,
    (Shape.VALUE, Shape.MATRIX): _different,
    (Shape.VALUE, Shape.ORDERED): _different,
    (Shape.VALUE, Shape.SET): _different,
    (Shape.RATIO, Shape.VALUE): _compare_ratio_with_value,
    (Shape.LISTED, Shape.MANY): _compare_many,
    (Shape.ORDERED, Shape.MANY): _compare_in_order,
    (Shape.ORDERED, Shape.LISTED): _compare_in_order,
    (Shape.SET, Shape.ORDERED): _compare_region,
    (Shape.SET, Shape.LISTED): _compare_region,
    (Shape.SET, Shape.MANY): _different,
    (Shape.MATRIX, Shape.ORDERED): _compare_vector,
    (Shape.MATRIX, Shape.LISTED): _compare_matrix_with_rows,
}
