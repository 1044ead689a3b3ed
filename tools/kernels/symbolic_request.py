"""What a symbolic operation is given, and what it gives back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sympy
from sympy.core.facts import InconsistentAssumptions

from tools.kernels.kernel_error import KernelError
from tools.kernels.math_build import is_list, to_matrix
from tools.kernels.math_text import Vocabulary, read_math

MAX_RESULT_CHARS = 6_000
N_DECIMALS = 12


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What an operation found.

    Attributes:
        value: Of SymPy's; a list for several.
        items: The parts one by one, in words, `x = 2` for instance.
        notes: What a reader should know: conditions, what was assumed, what is not certain.
    """

    value: Any
    items: Sequence[str] = ()
    notes: Sequence[str] = ()

    def to_data(self) -> dict[str, Any]:
        """Return it as the tool's output."""
        result = _bound(sympy.sstr(self.value))
        decimal = find_decimal(self.value)
        lines = ["; ".join(self.items) if self.items else result]
        if decimal is not None and decimal != result:
            lines.append(f"about {decimal}")
        lines += self.notes
        return {
            "text": "\n".join(lines),
            "result": result,
            "latex": _bound(sympy.latex(self.value)),
            "decimal": decimal,
            "items": list(self.items),
            "notes": list(self.notes),
        }


@dataclass(frozen=True, kw_only=True)
class Request:
    """One call.

    Attributes:
        arguments: As the tool's input model checked them.
        vocabulary: The declared symbols and functions.
    """

    arguments: Mapping[str, Any]
    vocabulary: Vocabulary = field(default_factory=Vocabulary)

    def read(self, text: str) -> Any:
        """Read a text with the declared names."""
        return read_math(text, self.vocabulary)

    def get(self, name: str, purpose: str) -> Any:
        """Return what an argument says.

        Raises:
            KernelError: When it is missing.
        """
        text = self.arguments.get(name)
        if text in {None, ""}:
            raise KernelError(f"`{name}` is missing: {purpose}")
        return self.read(str(text))

    def expression(self) -> Any:
        """Return the expression."""
        return self.get("expression", "the expression to work on")

    def relations(self) -> list[Any]:
        """Return the expression as equations and inequalities; a bare one is equal to zero."""
        value = self.expression()
        parts = list(value) if isinstance(value, sympy.Tuple) else [value]
        if isinstance(value, sympy.And):
            parts = list(value.args)
        return [to_relation(part) for part in parts]

    def matrix(self, name: str = "expression") -> Any:
        """Return an argument as a matrix."""
        return to_matrix(self.get(name, "a matrix such as [[1, 2], [3, 4]]"))

    def variable(self, expression: Any) -> Any:
        """Return the one variable: the declared one, or the only one there is."""
        named = self.arguments.get("variables") or []
        if named:
            return self.vocabulary.symbols[named[0]]
        free = sorted(expression.free_symbols, key=str)
        if len(free) == 1:
            return free[0]
        if not free:
            return sympy.Symbol("x")
        names = ", ".join(map(str, free))
        raise KernelError(f"say which variable is meant: set `variables` to one of {names}")

    def variables(self, *expressions: Any) -> list[Any]:
        """Return the declared variables, or all that occur."""
        named = self.arguments.get("variables") or []
        if named:
            return [self.vocabulary.symbols[name] for name in named]
        free = set().union(*(expression.free_symbols for expression in expressions))
        return sorted(free, key=str)

    def numbers(self, name: str = "numbers", least: int = 1) -> list[Any]:
        """Return a list of numbers, exact.

        Raises:
            KernelError: When there are too few, or one is no number.
        """
        texts = self.arguments.get(name) or []
        if len(texts) < least:
            raise KernelError(f"`{name}` must list at least {least} numbers")
        values = [self.read(str(text)) for text in texts]
        for text, value in zip(texts, values, strict=True):
            if not value.is_number:
                raise KernelError(f"{text!r} in `{name}` is not a number")
        return values

    def integers(self, name: str = "numbers", least: int = 1) -> list[int]:
        """Return a list of integers."""
        values = self.numbers(name, least)
        for value in values:
            if not value.is_Integer:
                raise KernelError(f"{value} in `{name}` is not an integer")
        return [int(value) for value in values]


def make_request(arguments: Mapping[str, Any]) -> Request:
    """Declare the names of a call.

    Raises:
        KernelError: For an assumption that there is not, or that contradicts another.
    """
    assumptions = arguments.get("assumptions") or {}
    named: list[str] = [*(arguments.get("variables") or []), *assumptions]
    names = list(dict.fromkeys(named))
    symbols = {name: _declare(name, assumptions.get(name)) for name in names}
    function = arguments.get("function")
    return Request(
        arguments=arguments,
        vocabulary=Vocabulary(
            symbols=symbols, functions=frozenset({function} if function else set())
        ),
    )


def to_relation(value: Any) -> Any:
    """Return an equation or inequality as it is, and any other expression as equal to zero."""
    is_relation = isinstance(
        value, (sympy.core.relational.Relational, sympy.logic.boolalg.Boolean)
    )
    if is_relation and not isinstance(value, sympy.Symbol):
        return value
    if not isinstance(value, sympy.Expr):
        raise KernelError(f"{value} is no equation; write one such as x^2 - 4 = 0")
    return sympy.Eq(value, 0)


def find_decimal(value: Any) -> str | None:
    """Return a number's decimal value, where it has one that says more than the number itself."""
    if is_list(value) or not isinstance(value, sympy.Expr) or not value.is_number:
        return None
    if value.is_integer or value.is_infinite or value is sympy.nan:
        return None
    decimal = sympy.N(value, N_DECIMALS)
    return sympy.sstr(decimal, full_prec=False) if decimal.is_number else None


def _declare(name: str, assumption: str | None) -> Any:
    words = dict.fromkeys((assumption or "").replace(",", " ").split(), True)
    try:
        return sympy.Symbol(name, **words)
    except InconsistentAssumptions as error:
        raise KernelError(f"the assumptions about {name} contradict each other") from error


def _bound(text: str) -> str:
    if len(text) > MAX_RESULT_CHARS:
        return f"{text[:MAX_RESULT_CHARS]} [cut: {len(text) - MAX_RESULT_CHARS:,} more characters]"
    return text
