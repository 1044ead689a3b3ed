"""Statistics with exact numbers."""

from __future__ import annotations

from collections import Counter
from typing import Any

import sympy

from tools.kernels.kernel_error import KernelError
from tools.kernels.symbolic_request import Answer, Request


def mean(request: Request) -> Answer:
    """The arithmetic mean."""
    return Answer(value=_mean(request.numbers()))


def median(request: Request) -> Answer:
    """The middle value; of an even count the mean of the two in the middle."""
    return Answer(value=_middle(_ordered(request)))


def mode(request: Request) -> Answer:
    """The most frequent values."""
    counts = Counter(request.numbers())
    most = max(counts.values())
    values = sorted((value for value, n in counts.items() if n == most), key=_order_key)
    items = tuple(f"{sympy.sstr(value)} ({most} times)" for value in values)
    return Answer(value=values, items=items)


def variance(request: Request) -> Answer:
    """The variance of a whole population; the sample's (n - 1) is in the notes."""
    values = request.numbers()
    total = _squares(values)
    return Answer(value=total / len(values), notes=_sample_note(values, total, is_root=False))


def standard_deviation(request: Request) -> Answer:
    """The standard deviation of a whole population; the sample's (n - 1) is in the notes."""
    values = request.numbers()
    total = _squares(values)
    value = sympy.sqrt(total / len(values))
    return Answer(value=value, notes=_sample_note(values, total, is_root=True))


def quartiles(request: Request) -> Answer:
    """Minimum, lower quartile, median, upper quartile and maximum (Tukey's, halves without it)."""
    values = _ordered(request, least=2)
    half = len(values) // 2
    found = [
        values[0],
        _middle(values[:half]),
        _middle(values),
        _middle(values[-half:]),
        values[-1],
    ]
    names = ("minimum", "lower quartile", "median", "upper quartile", "maximum")
    items = tuple(f"{name} {sympy.sstr(value)}" for name, value in zip(names, found, strict=True))
    note = f"Interquartile range: {sympy.sstr(found[3] - found[1])}."
    return Answer(value=found, items=items, notes=(note,))


def correlation(request: Request) -> Answer:
    """Pearson's correlation of two equally long lists."""
    first, second = _pairs(request)
    spread = _squares(first) * _squares(second)
    if spread == 0:
        raise KernelError("one of the lists does not vary, so there is no correlation")
    return Answer(value=sympy.simplify(_products(first, second) / sympy.sqrt(spread)))


def linear_regression(request: Request) -> Answer:
    """The straight line of least squares through points (numbers, others)."""
    first, second = _pairs(request)
    spread = _squares(first)
    if spread == 0:
        raise KernelError("all points lie above one another, so no line can be fitted")
    slope = _products(first, second) / spread
    intercept = _mean(second) - slope * _mean(first)
    line = slope * sympy.Symbol("x") + intercept
    note = f"Slope {sympy.sstr(slope)}, intercept {sympy.sstr(intercept)}."
    return Answer(value=line, items=(f"y = {sympy.sstr(line)}",), notes=(note,))


def binomial_probability(request: Request) -> Answer:
    """The probability of exactly k successes in n trials: numbers [n, k, p]."""
    n, k, p = _parameters(request, 3, "n, k and p")
    if not (n.is_Integer and k.is_Integer and 0 <= k <= n):
        raise KernelError("n and k must be whole numbers with 0 <= k <= n")
    if not 0 <= p <= 1:
        raise KernelError("p is a probability and must lie from 0 to 1")
    at_most = sum((_binomial(n, i, p) for i in range(int(k) + 1)), sympy.Integer(0))
    notes = (f"At most {k}: {_number(at_most)}. At least {k}: {_at_least(at_most, n, k, p)}.",)
    return Answer(value=_binomial(n, k, p), notes=notes)


def poisson_probability(request: Request) -> Answer:
    """The probability of exactly k events where lambda are expected: numbers [lambda, k]."""
    rate, k = _parameters(request, 2, "lambda and k")
    if not k.is_Integer or k < 0 or rate <= 0:
        raise KernelError("k must be a whole number from 0 on and lambda positive")
    return Answer(value=rate**k * sympy.exp(-rate) / sympy.factorial(k))


def normal_probability(request: Request) -> Answer:
    """The probability that a normal value is at most x: numbers [mean, deviation, x]."""
    mean_value, deviation, x = _parameters(request, 3, "mean, standard deviation and x")
    if deviation <= 0:
        raise KernelError("the standard deviation must be positive")
    z = (x - mean_value) / deviation
    value = (1 + sympy.erf(z / sympy.sqrt(2))) / 2
    return Answer(value=value, notes=(f"z = {sympy.sstr(z)}; above x: {_number(1 - value)}.",))


def _mean(values: list[Any]) -> Any:
    return sum(values, sympy.Integer(0)) / len(values)


def _middle(values: list[Any]) -> Any:
    half = len(values) // 2
    return values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2


def _squares(values: list[Any]) -> Any:
    return _products(values, values)


def _products(first: list[Any], second: list[Any]) -> Any:
    mean_first, mean_second = _mean(first), _mean(second)
    pairs = zip(first, second, strict=True)
    return sum(((x - mean_first) * (y - mean_second) for x, y in pairs), sympy.Integer(0))


def _ordered(request: Request, least: int = 1) -> list[Any]:
    values = request.numbers(least=least)
    if not all(value.is_real for value in values):
        raise KernelError("only real numbers can be put in order")
    return sorted(values, key=_order_key)


def _order_key(value: Any) -> Any:
    return (float(value), sympy.default_sort_key(value)) if value.is_real else (0.0, str(value))


def _pairs(request: Request) -> tuple[list[Any], list[Any]]:
    first, second = request.numbers(least=2), request.numbers("others", least=2)
    if len(first) != len(second):
        raise KernelError(
            f"`numbers` has {len(first)} values and `others` {len(second)}; they must be pairs"
        )
    return first, second


def _parameters(request: Request, count: int, names: str) -> list[Any]:
    values = request.numbers(least=count)
    if len(values) != count or not all(value.is_real for value in values):
        raise KernelError(f"`numbers` must hold {names}, in this order")
    if any(abs(value) > 10_000 for value in values):  # noqa: PLR2004 - exact sums of so many terms
        raise KernelError(
            "values beyond 10,000 are not taken; use execute_python with scipy.stats"
        )
    return values


def _binomial(n: Any, k: Any, p: Any) -> Any:
    return sympy.binomial(n, k) * p**k * (1 - p) ** (n - k)


def _at_least(at_most: Any, n: Any, k: Any, p: Any) -> str:
    return _number(1 - at_most + _binomial(n, k, p))


def _number(value: Any) -> str:
    return sympy.sstr(sympy.N(value, 10), full_prec=False)


def _sample_note(values: list[Any], total: Any, *, is_root: bool) -> tuple[str, ...]:
    if len(values) == 1:
        return ()
    value = total / (len(values) - 1)
    return (f"Of a sample (n - 1): {sympy.sstr(sympy.sqrt(value) if is_root else value)}.",)
