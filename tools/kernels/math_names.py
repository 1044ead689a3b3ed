"""The names that mathematical text may use: constants, sets and functions of SymPy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sympy

CONSTANTS: Mapping[str, Any] = {
    "pi": sympy.pi,
    "π": sympy.pi,
    "e": sympy.E,
    "E": sympy.E,
    "I": sympy.I,
    "i": sympy.I,
    "oo": sympy.oo,
    "inf": sympy.oo,
    "infinity": sympy.oo,
    "∞": sympy.oo,
    "zoo": sympy.zoo,
    "nan": sympy.nan,
    "True": sympy.true,
    "False": sympy.false,
    "true": sympy.true,
    "false": sympy.false,
    "EulerGamma": sympy.EulerGamma,
    "GoldenRatio": sympy.GoldenRatio,
    "Catalan": sympy.Catalan,
    "Reals": sympy.S.Reals,
    "Integers": sympy.S.Integers,
    "Naturals": sympy.S.Naturals,
    "Naturals0": sympy.S.Naturals0,
    "Rationals": sympy.S.Rationals,
    "Complexes": sympy.S.Complexes,
    "emptyset": sympy.S.EmptySet,
    "EmptySet": sympy.S.EmptySet,
}

_FROM_SYMPY = """
sin cos tan cot sec csc asin acos atan acot asec acsc atan2 sinh cosh tanh coth sech csch asinh
acosh atanh acoth exp log ln sqrt cbrt root Abs sign floor ceiling factorial factorial2
binomial gamma beta zeta erf erfc re im conjugate arg gcd lcm Min Max Mod Heaviside DiracDelta
Piecewise Eq Ne Lt Le Gt Ge And Or Not Derivative Integral Sum Product Limit Matrix Rational
fibonacci lucas harmonic bernoulli LambertW digamma loggamma polygamma besselj bessely besseli
besselk legendre chebyshevt chebyshevu hermite laguerre Ei Si Ci li subfactorial catalan
primepi prime totient divisor_count divisor_sigma isprime nextprime Union Intersection Interval
FiniteSet diff integrate limit series simplify expand factor det transpose trace
rising_factorial falling_factorial radians deg rad
"""
_PREFIXED = """
sin cos tan cot sec csc arcsin arccos arctan asin acos atan sinh cosh tanh exp log ln lg sgn
arg det Re Im
"""


def _sum(body: Any, *bounds: Any) -> Any:
    return sympy.Sum(body, *bounds)


def _degrees(value: Any) -> Any:
    return value * 180 / sympy.pi


def _log_to_base(base: Any) -> Callable[[Any], Any]:
    return lambda value: sympy.log(value, base)


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    **{name: getattr(sympy, name) for name in _FROM_SYMPY.split() if hasattr(sympy, name)},
    "abs": sympy.Abs,
    "arcsin": sympy.asin,
    "arccos": sympy.acos,
    "arctan": sympy.atan,
    "arccot": sympy.acot,
    "arcsinh": sympy.asinh,
    "arccosh": sympy.acosh,
    "arctanh": sympy.atanh,
    "ceil": sympy.ceiling,
    "sgn": sympy.sign,
    "min": sympy.Min,
    "max": sympy.Max,
    "mod": sympy.Mod,
    "lg": _log_to_base(10),
    "log10": _log_to_base(10),
    "log2": _log_to_base(2),
    "C": sympy.binomial,
    "Re": sympy.re,
    "Im": sympy.im,
    "sum": _sum,
    "summation": _sum,
    "product": sympy.Product,
    "degrees": _degrees,
    "Sin": sympy.sin,
    "Cos": sympy.cos,
}

# Where these stand without parentheses, `sin 2x`, what follows is their argument.
PREFIXED = frozenset(_PREFIXED.split())

# Before a parenthesis these name unknown functions; any other letter is a factor, `y(x + 1)`.
UNDEFINED = frozenset({"f", "g", "h"})
