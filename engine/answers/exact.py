"""Exact values: finite sums of q * sqrt(r) * pi^k with q rational and r a square-free integer.

Square roots of different square-free integers are linearly independent over the rationals
(Besicovitch 1940) and pi is transcendental (Lindemann 1882), so a value has one such form only:
two values are equal exactly when their forms are. Nothing here ever rounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import gcd, isqrt

from engine.answers.refusal import UnreadableAnswerError

MAX_BITS = 1400
"""Bound on numerators and denominators, about 420 decimal digits."""

MAX_EXPONENT = 1400
MAX_PI_POWER = 9
MAX_TERMS = 8
MAX_RADICAND = 10**9
"""Bound on what is factored; a perfect square of any permitted size needs no factoring."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exact:
    """A value in canonical form.

    Attributes:
        terms: Coefficient by (power of pi, square-free radicand), sorted, without zeros.
    """

    terms: tuple[tuple[tuple[int, int], Fraction], ...]

    @property
    def rational(self) -> Fraction | None:
        """The value as a fraction, or None when a root or pi is part of it."""
        if not self.terms:
            return Fraction(0)
        basis, coefficient = self.terms[0]
        return coefficient if len(self.terms) == 1 and basis == (0, 1) else None


def exact_of(value: Fraction | int) -> Exact:
    """Make the exact value of a rational number."""
    return _exact({(0, 1): Fraction(value)})


def pi() -> Exact:
    """Make the number pi."""
    return _exact({(1, 1): Fraction(1)})


def add(left: Exact, right: Exact) -> Exact:
    """Add two values."""
    sums = dict(left.terms)
    for basis, coefficient in right.terms:
        sums[basis] = sums.get(basis, Fraction(0)) + coefficient
    return _exact(sums)


def negate(value: Exact) -> Exact:
    """Give the value the other sign."""
    return Exact(terms=tuple((basis, -coefficient) for basis, coefficient in value.terms))


def multiply(left: Exact, right: Exact) -> Exact:
    """Multiply two values."""
    sums: dict[tuple[int, int], Fraction] = {}
    for (left_pi, left_root), left_coefficient in left.terms:
        for (right_pi, right_root), right_coefficient in right.terms:
            shared = gcd(left_root, right_root)
            basis = (left_pi + right_pi, (left_root // shared) * (right_root // shared))
            product = left_coefficient * right_coefficient * shared
            sums[basis] = sums.get(basis, Fraction(0)) + product
    return _exact(sums)


def divide(left: Exact, right: Exact) -> Exact:
    """Divide by a value of one term, or of a rational and one root.

    Raises:
        UnreadableAnswerError: Division by zero, or by a sum that this form cannot invert.
    """
    return multiply(left, _invert(right))


def power(base: Exact, exponent: int) -> Exact:
    """Raise to a whole power.

    Raises:
        UnreadableAnswerError: The result would be beyond the bounds, or is undefined.
    """
    if exponent < 0:
        return power(_invert(base), -exponent)
    if exponent == 0 and not base.terms:
        raise UnreadableAnswerError("zero to the power of zero is undefined")
    widest = max((_bits(coefficient) for _, coefficient in base.terms), default=0)
    if exponent > MAX_EXPONENT or (widest - 1) * exponent > MAX_BITS:
        raise UnreadableAnswerError("the power is too large")
    result = exact_of(1)
    square = base
    # The base is squared only while a further bit needs it, so no unused square grows too large.
    while exponent:
        if exponent & 1:
            result = multiply(result, square)
        exponent >>= 1
        if exponent:
            square = multiply(square, square)
    return result


def root(value: Exact, degree: int) -> Exact:
    """Take a square root of a rational, or a higher root that comes out even.

    Raises:
        UnreadableAnswerError: The root is not real, or not of this form.
    """
    radicand = value.rational
    if radicand is None or radicand < 0:
        raise UnreadableAnswerError(
            "only roots of rational numbers that are not negative are read"
        )
    if degree != 2:  # noqa: PLR2004, since two is what makes a root square.
        return exact_of(
            Fraction(
                _whole_root(radicand.numerator, degree), _whole_root(radicand.denominator, degree)
            )
        )
    # sqrt(p/q) = sqrt(p)*sqrt(q)/q, and p and q share no factor.
    outside_p, inside_p = _split_square(radicand.numerator)
    outside_q, inside_q = _split_square(radicand.denominator)
    coefficient = Fraction(outside_p * outside_q, radicand.denominator)
    return _exact({(0, inside_p * inside_q): coefficient})


def render_exact(value: Exact) -> str:
    """Write a value so that the grammar reads the same value back: `1/2+3*sqrt(2)*pi`."""
    if not value.terms:
        return "0"
    pieces = [_render_term(basis, coefficient) for basis, coefficient in value.terms]
    return "+".join(pieces).replace("+-", "-")


def _render_term(basis: tuple[int, int], coefficient: Fraction) -> str:
    pi_power, radicand = basis
    factors = [] if radicand == 1 else [f"sqrt({radicand})"]
    if pi_power:
        factors.append("pi" if pi_power == 1 else f"pi^{pi_power}")
    if abs(coefficient) != 1 or not factors:
        return "*".join([str(coefficient), *factors])
    sign = "-" if coefficient < 0 else ""
    return sign + "*".join(factors)


def _exact(sums: dict[tuple[int, int], Fraction]) -> Exact:
    terms = tuple(sorted((basis, value) for basis, value in sums.items() if value))
    if len(terms) > MAX_TERMS or any(
        _bits(value) > MAX_BITS or abs(pi_power) > MAX_PI_POWER or radicand > MAX_RADICAND
        for (pi_power, radicand), value in terms
    ):
        raise UnreadableAnswerError("the value is too large")
    return Exact(terms=terms)


def _bits(value: Fraction) -> int:
    return max(value.numerator.bit_length(), value.denominator.bit_length())


def _invert(value: Exact) -> Exact:
    if len(value.terms) == 1:
        (pi_power, radicand), coefficient = value.terms[0]
        return _exact({(-pi_power, radicand): 1 / (coefficient * radicand)})
    if len(value.terms) == 2 and all(pi_power == 0 for (pi_power, _), _ in value.terms):  # noqa: PLR2004
        # The conjugate turns the divisor a + b into the rational a*a - b*b, which is not zero
        # because the two roots are not multiples of each other.
        ((_, root_a), a), ((_, root_b), b) = value.terms
        conjugate = Exact(terms=(value.terms[0], (value.terms[1][0], -b)))
        return multiply(conjugate, exact_of(1 / (a * a * root_a - b * b * root_b)))
    raise UnreadableAnswerError("this divisor is zero or cannot be inverted here")


def _split_square(number: int) -> tuple[int, int]:
    """Write a number as outside^2 * inside with inside square-free.

    After trial division up to the cube root, what is left has at most two prime factors, so it
    is a square or square-free.
    """
    exact_root = isqrt(number)
    if exact_root * exact_root == number:
        return (exact_root, 1) if number else (0, 1)
    if number > MAX_RADICAND:
        raise UnreadableAnswerError("the radicand is too large to simplify")
    outside, inside, rest, divisor = 1, 1, number, 2
    while divisor**3 <= rest:
        while rest % (divisor * divisor) == 0:
            rest //= divisor * divisor
            outside *= divisor
        if rest % divisor == 0:
            rest //= divisor
            inside *= divisor
        divisor += 1
    tail = isqrt(rest)
    if tail * tail == rest:
        return outside * tail, inside
    return outside, inside * rest


def _whole_root(number: int, degree: int) -> int:
    if not 2 <= degree <= 9:  # noqa: PLR2004
        raise UnreadableAnswerError("only roots of degree two to nine are read")
    low, high = 0, 1 << (number.bit_length() // degree + 1)
    while low < high:
        middle = (low + high) // 2
        if middle**degree < number:
            low = middle + 1
        else:
            high = middle
    if low**degree != number:
        raise UnreadableAnswerError("this root does not come out even")
    return low
