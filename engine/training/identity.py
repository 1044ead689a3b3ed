"""Algebraic identities: expressions rewritten into others of the same value.

Two people may take off 20 % or keep 80 %, subtract twice or subtract the sum. Arithmetic is exact,
so every identity of rational arithmetic holds for every program.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from random import Random
from typing import Final

from engine.domain.program import Expression, Negation, Number, Operation

REWRITE_RATIO: Final = 0.4

_HUNDRED: Final = Number(value=Fraction(100))
_ONE: Final = Number(value=Fraction(1))


def rewrite(expression: Expression, rng: Random) -> Expression:
    """The expression with identities applied here and there, from the leaves up."""
    if isinstance(expression, Negation):
        return Negation(operand=rewrite(expression.operand, rng))
    if not isinstance(expression, Operation):
        return expression
    left, right = rewrite(expression.left, rng), rewrite(expression.right, rng)
    found = _join(expression.operator, left, right)
    if rng.random() >= REWRITE_RATIO:
        return found
    # The original reads differently once its operands are rewritten: both are looked at.
    choices = [new for rule in _RULES for new in (rule(expression), rule(found)) if new]
    return rng.choice(choices) if choices else found


def _subtract_sum(whole: Operation) -> Operation | None:
    """`(a-b)-c` is `a-(b+c)`."""
    inner = whole.left
    if whole.operator != "-" or not isinstance(inner, Operation) or inner.operator != "-":
        return None
    return _join("-", inner.left, _join("+", inner.right, whole.right))


def _add_first(whole: Operation) -> Operation | None:
    """`(a-b)+c` is `(a+c)-b`."""
    inner = whole.left
    if whole.operator != "+" or not isinstance(inner, Operation) or inner.operator != "-":
        return None
    return _join("-", _join("+", inner.left, whole.right), inner.right)


def _divide_first(whole: Operation) -> Operation | None:
    """`(a*b)/c` is `(a/c)*b`."""
    inner = whole.left
    if whole.operator != "/" or not isinstance(inner, Operation) or inner.operator != "*":
        return None
    return _join("*", _join("/", inner.left, whole.right), inner.right)


def _divide_by_product(whole: Operation) -> Operation | None:
    """`(a/b)/c` is `a/(b*c)`."""
    inner = whole.left
    if whole.operator != "/" or not isinstance(inner, Operation) or inner.operator != "/":
        return None
    return _join("/", inner.left, _join("*", inner.right, whole.right))


def _distribute(whole: Operation) -> Operation | None:
    """`(a+b)*c` is `a*c+b*c`, and the same with a difference; only where c is a number."""
    inner = whole.left
    if whole.operator != "*" or not isinstance(whole.right, Number):
        return None
    if not isinstance(inner, Operation) or inner.operator not in "+-":
        return None
    first = _join("*", inner.left, whole.right)
    return _join(inner.operator, first, _join("*", inner.right, whole.right))


def _keep_percent(whole: Operation) -> Operation | None:
    """`a-a*p/100` is `a*(100-p)/100`."""
    taken = whole.right
    if whole.operator != "-" or not isinstance(taken, Operation) or taken.operator != "/":
        return None
    product = taken.left
    if taken.right != _HUNDRED or not isinstance(product, Operation) or product.operator != "*":
        return None
    if product.left != whole.left:
        return None
    return _join("/", _join("*", whole.left, _join("-", _HUNDRED, product.right)), _HUNDRED)


def _keep_part(whole: Operation) -> Operation | None:
    """`a-a/k` is `a/k*(k-1)`."""
    taken = whole.right
    if whole.operator != "-" or not isinstance(taken, Operation) or taken.operator != "/":
        return None
    if taken.left != whole.left or not isinstance(taken.right, Number) or taken.right == _HUNDRED:
        return None
    return _join("*", taken, _join("-", taken.right, _ONE))


_RULES: Final[tuple[Callable[[Operation], Operation | None], ...]] = (
    _subtract_sum,
    _add_first,
    _divide_first,
    _divide_by_product,
    _distribute,
    _keep_percent,
    _keep_part,
)


def _join(operator: str, left: Expression, right: Expression) -> Operation:
    return Operation(operator=operator, left=left, right=right)
