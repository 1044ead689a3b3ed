"""Reaction equations: read, balanced exactly, and written.

Balancing is the null space, over the rational numbers, of the matrix that counts atoms and charge
in each species (Smith and Missen, Chemical Reaction Stoichiometry).
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from tools.kernels.arithmetic import shorten
from tools.kernels.chemistry_formula import Formula, parse_formula
from tools.kernels.kernel_error import KernelError

MAX_CHARS = 600
MAX_SPECIES = 20

_ARROW = re.compile(r"<=+>|<-+>|⇌|⇄|↔|-+>|=+>|→|⟶|=+")
_COEFFICIENT = re.compile(r"^(?:[0-9]+/[0-9]+|[0-9]*\.[0-9]+|[0-9]+)\s*(?=[A-Z(\[e])")
_TIGHT_PLUS = re.compile(r"\+(?=[0-9]*[A-Z(\[])")
_LOOSE_PLUS = re.compile(r"\s+\+\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Equation:
    """An equation that was read; coefficients in it are left out.

    Attributes:
        left: Reactants.
        right: Products.
    """

    left: tuple[Formula, ...]
    right: tuple[Formula, ...]

    @property
    def species(self) -> tuple[Formula, ...]:
        """All of them, reactants first."""
        return self.left + self.right


@dataclass(frozen=True, slots=True, kw_only=True)
class Balanced:
    """A balanced equation.

    Attributes:
        equation: What was balanced.
        coefficients: Of each species, reactants first; whole, positive, without common factor.
    """

    equation: Equation
    coefficients: tuple[int, ...]

    @property
    def text(self) -> str:
        """The equation, written."""
        n_left = len(self.equation.left)
        terms = [
            f"{n} {each.text}" if n > 1 else each.text
            for n, each in zip(self.coefficients, self.equation.species, strict=True)
        ]
        return f"{' + '.join(terms[:n_left])} -> {' + '.join(terms[n_left:])}"


def parse_equation(text: str) -> Equation:
    """Read `C3H8 + O2 -> CO2 + H2O`.

    Raises:
        KernelError: Where there is no arrow, or a species cannot be read or stands twice.
    """
    if len(text) > MAX_CHARS:
        raise KernelError(f"the equation has {len(text)} characters; at most {MAX_CHARS} fit")
    sides = _ARROW.split(text)
    if len(sides) != 2:  # noqa: PLR2004 - reactants and products
        raise KernelError(
            f"{shorten(text)!r} is no equation: write reactants -> products, each joined by ' + '"
        )
    left, right = (tuple(_parse_side(side)) for side in sides)
    species = left + right
    if len(species) > MAX_SPECIES:
        raise KernelError(f"the equation has {len(species)} species; at most {MAX_SPECIES} fit")
    names = [each.text for each in species]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise KernelError(f"{', '.join(repeated)} stands twice: write each species once")
    return Equation(left=left, right=right)


def balance_equation(equation: Equation) -> Balanced:
    """Find the coefficients.

    Raises:
        KernelError: Where there are none, or more than one set.
    """
    _check_elements(equation)
    basis = find_null_space(_count_matrix(equation))
    if not basis:
        raise KernelError(
            "no coefficients balance this equation: a species is missing or miswritten; check "
            "for H2O, H+, OH- or e- that was left out"
        )
    if len(basis) > 1:
        ways = "; ".join(_describe(equation, vector) for vector in basis)
        raise KernelError(
            f"the equation is {len(basis)} independent reactions at once, so that its "
            f"coefficients are not determined: {ways}. Balance each alone, or leave out a species"
        )
    coefficients = _to_whole(basis[0])
    wrong = [each.text for n, each in zip(coefficients, equation.species, strict=True) if n < 0]
    idle = [each.text for n, each in zip(coefficients, equation.species, strict=True) if n == 0]
    if wrong or idle:
        words = [f"{', '.join(wrong)} would stand on the other side"] if wrong else []
        words += [f"{', '.join(idle)} takes no part"] if idle else []
        raise KernelError(f"the equation cannot be balanced as written: {'; '.join(words)}")
    return Balanced(equation=equation, coefficients=tuple(coefficients))


def find_null_space(matrix: Sequence[Sequence[int]]) -> list[list[Fraction]]:
    """Return a basis of the vectors that the matrix takes to zero, by exact elimination."""
    rows = [[Fraction(value) for value in row] for row in matrix]
    width = len(rows[0])
    pivots: list[int] = []
    for column in range(width):
        rank = len(pivots)
        pivot = next((i for i in range(rank, len(rows)) if rows[i][column]), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        lead = rows[rank][column]
        rows[rank] = [value / lead for value in rows[rank]]
        for i, row in enumerate(rows):
            if i != rank and row[column]:
                factor = row[column]
                rows[i] = [a - factor * b for a, b in zip(row, rows[rank], strict=True)]
        pivots.append(column)
    free = [column for column in range(width) if column not in pivots]
    return [_basis_vector(rows, pivots, column, width) for column in free]


def _basis_vector(
    rows: Sequence[Sequence[Fraction]], pivots: Sequence[int], free: int, width: int
) -> list[Fraction]:
    vector = [Fraction(0)] * width
    vector[free] = Fraction(1)
    for rank, pivot in enumerate(pivots):
        vector[pivot] = -rows[rank][free]
    return vector


def _parse_side(side: str) -> list[Formula]:
    pieces = [
        piece for loose in _LOOSE_PLUS.split(side.strip()) for piece in _TIGHT_PLUS.split(loose)
    ]
    if not any(piece.strip() for piece in pieces):
        raise KernelError("one side of the equation is empty")
    return [parse_formula(_COEFFICIENT.sub("", piece.strip())) for piece in pieces]


def _count_matrix(equation: Equation) -> list[list[int]]:
    """Return a row for each element, and one for the charge; products count negative."""
    elements = list(dict.fromkeys(e for each in equation.species for e in each.counts))
    signs = [1] * len(equation.left) + [-1] * len(equation.right)
    signed = list(zip(signs, equation.species, strict=True))
    rows = [[sign * each.counts.get(element, 0) for sign, each in signed] for element in elements]
    return [*rows, [sign * each.charge for sign, each in signed]]


def _check_elements(equation: Equation) -> None:
    left = {element for each in equation.left for element in each.counts}
    right = {element for each in equation.right for element in each.counts}
    if left != right:
        sides = [f"{', '.join(sorted(left - right))} only on the left"] if left - right else []
        sides += [f"{', '.join(sorted(right - left))} only on the right"] if right - left else []
        raise KernelError(f"the equation cannot be balanced: {'; '.join(sides)}")


def _to_whole(vector: Sequence[Fraction]) -> list[int]:
    """Scale to whole numbers without common factor, most of them positive."""
    scale = math.lcm(*(value.denominator for value in vector))
    whole = [int(value * scale) for value in vector]
    divisor = math.gcd(*whole)
    # Most species stay on their side; where neither sign does better, the first one does.
    balance = sum((value > 0) - (value < 0) for value in whole) or next(filter(None, whole))
    sign = 1 if balance > 0 else -1
    return [sign * value // divisor for value in whole]


def _describe(equation: Equation, vector: Sequence[Fraction]) -> str:
    """Write one reaction of a basis, species of negative coefficient on the other side."""
    n_left = len(equation.left)
    sides: tuple[list[str], list[str]] = ([], [])
    for index, (n, each) in enumerate(zip(_to_whole(vector), equation.species, strict=True)):
        if n:
            is_right = (index >= n_left) == (n > 0)
            sides[is_right].append(f"{abs(n)} {each.text}" if abs(n) > 1 else each.text)
    return " -> ".join(" + ".join(side) for side in sides)
