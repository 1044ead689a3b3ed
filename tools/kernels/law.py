"""Laws as text, `d = v0*t + 1/2*a*t^2`, read into a sum of products of powers that is zero.

What is computed is what is shown: there is no second form of an equation.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

from tools.kernels.arithmetic import evaluate, parse_expression

FUNCTIONS = frozenset({"sin", "cos", "tan", "ln", "log10", "exp"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Atom:
    """A quantity, or a function of a multiple of it.

    Attributes:
        name: The quantity's.
        function: Empty for the quantity itself.
        factor: What the quantity is multiplied by, inside the function.
    """

    name: str
    function: str = ""
    factor: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """An atom to a power, which may be a quantity itself.

    Attributes:
        atom: The base.
        number: The exponent, or what the exponent's quantity is multiplied by.
        name: The exponent's quantity; empty for a number.
    """

    atom: Atom
    number: float
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A coefficient times powers."""

    coefficient: float
    powers: tuple[Power, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """An equation.

    Attributes:
        text: As it is shown.
        products: Their sum is zero.
    """

    text: str
    products: tuple[Product, ...]

    @property
    def names(self) -> frozenset[str]:
        """The quantities it holds."""
        powers = [power for product in self.products for power in product.powers]
        return frozenset({p.atom.name for p in powers} | {p.name for p in powers if p.name})


@functools.cache
def parse_law(text: str) -> Law:
    """Read a law. Laws are the project's own text, so a fault is a fault of the code.

    Raises:
        KernelError, ValueError: Where the text is no equation of the grammar.
    """
    left, right = text.split("=")
    algebra = _Expansion()
    products = evaluate(parse_expression(left), algebra)
    products += algebra.negate(evaluate(parse_expression(right), algebra))
    return Law(text=text, products=tuple(products))


class _Expansion:
    """Multiplies expressions out; implements ``arithmetic.Algebra``."""

    def number(self, value: float) -> list[Product]:
        return [Product(coefficient=value)]

    def name(self, name: str) -> list[Product]:
        return [Product(coefficient=1.0, powers=(Power(atom=Atom(name=name), number=1.0),))]

    def negate(self, value: list[Product]) -> list[Product]:
        return [Product(coefficient=-each.coefficient, powers=each.powers) for each in value]

    def combine(self, operator: str, left: list[Product], right: list[Product]) -> list[Product]:
        match operator:
            case "+":
                return left + right
            case "-":
                return left + self.negate(right)
            case "*":
                return [_join(one, other) for one in left for other in right]
            case "/":
                (divisor,) = right
                return [_join(each, _raise(divisor, -1.0, "")) for each in left]
            case _:
                return self._power(left, right)

    def call(self, function: str, arguments: list[list[Product]]) -> list[Product]:
        if function not in FUNCTIONS:
            raise ValueError(f"no function of a law: {function}")
        ((inner,),) = arguments
        (power,) = inner.powers
        atom = Atom(name=power.atom.name, function=function, factor=inner.coefficient)
        return [Product(coefficient=1.0, powers=(Power(atom=atom, number=1.0),))]

    def _power(self, base: list[Product], exponent: list[Product]) -> list[Product]:
        (single,) = exponent
        name = single.powers[0].atom.name if single.powers else ""
        if len(base) == 1:
            return [_raise(base[0], single.coefficient, name)]
        result = self.number(1.0)
        for _ in range(int(single.coefficient)):
            result = self.combine("*", result, base)
        return result


def _join(left: Product, right: Product) -> Product:
    return Product(
        coefficient=left.coefficient * right.coefficient, powers=left.powers + right.powers
    )


def _raise(product: Product, number: float, name: str) -> Product:
    if name and product.coefficient != 1:
        raise ValueError("a law raises no number to a quantity")
    powers = tuple(
        Power(atom=power.atom, number=power.number * number, name=name or power.name)
        for power in product.powers
    )
    coefficient = product.coefficient if name else product.coefficient**number
    return Product(coefficient=coefficient, powers=powers)
