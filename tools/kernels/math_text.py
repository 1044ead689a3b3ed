"""Reads mathematical text, plain or LaTeX, into SymPy, by a grammar of its own.

    relation  = sum { ( = | != | < | <= | > | >= ) sum }
    sum       = product { ( + | - ) product }
    product   = unary { ( * | / | % | nothing ) unary }
    unary     = { - | + } power
    power     = postfix [ ^ unary ]
    postfix   = atom { ! | ' | % | degree }
    atom      = number | name | name "(" list ")" | "|" sum "|"
              | "(" list ")" | "[" list "]" | "{" list "}"

SymPy's own parser evaluates its text as Python, and so reads `S`, `N` or `beta` as whatever SymPy
calls by that name, and a mistake as a traceback. Here each name is looked up, decimals are exact,
`2x` and `3(x+1)` are products, and a mistake is told in words. Numbers are bounded before they are
computed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import sympy

from tools.kernels.kernel_error import KernelError
from tools.kernels.latex_text import is_latex, to_plain_text
from tools.kernels.math_build import (
    List,
    add,
    call_function,
    divide,
    is_matrix,
    make_factorial,
    raise_power,
    to_set,
)
from tools.kernels.math_lexer import MIXED, Kind, Token, read_tokens
from tools.kernels.math_names import CONSTANTS, FUNCTIONS, PREFIXED, UNDEFINED

MAX_DEPTH = 60

_RELATIONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "=": sympy.Eq,
    "!=": sympy.Ne,
    "<": sympy.Lt,
    "<=": sympy.Le,
    ">": sympy.Gt,
    ">=": sympy.Ge,
}
_CLOSING = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """How names are read.

    Attributes:
        symbols: Those declared, with their assumptions; they come before any constant.
        functions: Names of unknown functions.
    """

    symbols: Mapping[str, Any] = field(default_factory=dict)
    functions: frozenset[str] = frozenset()


def read_math(text: str, vocabulary: Vocabulary | None = None) -> Any:
    """Read one expression, relation, list, set or matrix.

    Raises:
        KernelError: Where it is not understood, with the place.
    """
    plain = to_plain_text(text) if is_latex(text) else text
    if not plain.strip():
        raise KernelError("an expression is empty")
    reader = _Reader(read_tokens(plain), vocabulary or Vocabulary())
    try:
        return reader.read_all()
    except RecursionError as error:
        raise KernelError("the expression is nested too deeply") from error
    except (TypeError, ValueError, AttributeError) as error:
        # What SymPy's constructors say about their arguments, a matrix in a sine for instance.
        raise KernelError(f"{text[:80]!r} cannot be built: {error}"[:300]) from error


class _Reader:
    """Reads tokens from left to right."""

    def __init__(self, tokens: list[Token], vocabulary: Vocabulary) -> None:
        self._tokens = tokens
        self._vocabulary = vocabulary
        self._place = 0
        self._depth = 0
        self._bars = 0
        self._bound = _find_bound(tokens)

    def read_all(self) -> Any:
        value = self._list(allow_single=True)
        if self._peek().kind is not Kind.END:
            raise self._error(f"{self._peek().text!r} is not expected here")
        return value

    def _peek(self, ahead: int = 0) -> Token:
        return self._tokens[min(self._place + ahead, len(self._tokens) - 1)]

    def _take(self) -> Token:
        token = self._peek()
        self._place += 1
        return token

    def _next_is(self, *marks: str) -> bool:
        return self._peek().kind is Kind.MARK and self._peek().text in marks

    def _next_word(self, *words: str) -> bool:
        return self._peek().kind is Kind.NAME and self._peek().text in words

    def _error(self, what: str) -> KernelError:
        before = " ".join(
            token.text for token in self._tokens[max(0, self._place - 6) : self._place]
        )
        where = f" after {before!r}" if before else " at the beginning"
        return KernelError(f"{what}{where}")

    def _list(self, *, allow_single: bool) -> Any:
        items = [self._relation()]
        while self._next_is(",", ";"):
            self._take()
            items.append(self._relation())
        return items[0] if allow_single and len(items) == 1 else sympy.Tuple(*items)

    def _relation(self) -> Any:
        left = self._sets()
        parts: list[Any] = []
        while self._peek().text in _RELATIONS and self._peek().kind is Kind.MARK:
            make = _RELATIONS[self._take().text]
            right = self._sets()
            parts.append(make(left, right))
            left = right
        if self._next_word("in"):
            self._take()
            parts.append(sympy.Contains(left, to_set(self._sets())))
        if not parts:
            return left
        return parts[0] if len(parts) == 1 else sympy.And(*parts)

    def _sets(self) -> Any:
        value = self._sum()
        while self._next_word("union", "intersect", "setminus") or self._next_is("∪", "∩"):
            word = self._take().text
            other = self._sum()
            if word in {"union", "∪"}:
                value = sympy.Union(to_set(value), to_set(other))
            elif word in {"intersect", "∩"}:
                value = sympy.Intersection(to_set(value), to_set(other))
            else:
                value = sympy.Complement(to_set(value), to_set(other))
        return value

    def _sum(self) -> Any:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise KernelError("the expression is nested too deeply; write it in smaller parts")
        value = self._product()
        while self._next_is("+", "-"):
            mark = self._take().text
            other = self._product()
            value = add(value, other if mark == "+" else -other)
        self._depth -= 1
        return value

    def _product(self) -> Any:
        value = self._unary()
        while True:
            if self._next_is("*", "/"):
                mark = self._take().text
                other = self._unary()
                value = value * other if mark == "*" else divide(value, other)
            elif self._next_word("mod"):
                self._take()
                value = sympy.Mod(value, self._unary())
            elif self._begins_factor():
                value = value * self._power()
            else:
                return value

    def _begins_factor(self) -> bool:
        token = self._peek()
        if token.kind is Kind.NAME:
            return token.text not in {"union", "intersect", "setminus", "to", "in", "and", "or"}
        if token.kind is Kind.NUMBER:
            return (
                token.is_spaced is False or self._tokens[self._place - 1].kind is not Kind.NUMBER
            )
        return self._next_is("(", "√") or (self._next_is("|") and self._bars == 0)

    def _unary(self) -> Any:
        sign = 1
        while self._next_is("-", "+"):
            sign = -sign if self._take().text == "-" else sign
        value = self._power()
        return value if sign == 1 else -value

    def _power(self) -> Any:
        base = self._postfix()
        if self._next_is("^"):
            self._take()
            return raise_power(base, self._unary())
        return base

    def _postfix(self) -> Any:
        value = self._atom()
        while True:
            if self._next_is("!"):
                self._take()
                value = make_factorial(value)
            elif self._next_is("%"):
                self._take()
                value = value / 100
            elif self._next_is("°") or self._next_word("degree"):
                self._take()
                value = value * sympy.pi / 180
            else:
                return value

    def _atom(self) -> Any:
        token = self._take()
        if token.kind is Kind.NUMBER:
            return self._number(token)
        if token.kind is Kind.NAME:
            return self._name(token)
        if token.kind is Kind.TEXT:
            return sympy.Symbol(token.text.strip('"') or "_")
        if token.text in _CLOSING:
            return self._bracketed(token.text)
        if token.text == "|":
            return self._absolute()
        if token.text == "√":
            return sympy.sqrt(self._power())
        self._place -= 1
        if token.kind is Kind.END:
            raise self._error("an operand is missing at the end")
        raise self._error(f"{token.text!r} stands where an operand should")

    def _number(self, token: Token) -> Any:
        value = sympy.Rational(token.text)
        if self._next_is(MIXED):
            self._take()
            return value + self._atom()
        return value

    def _absolute(self) -> Any:
        self._bars += 1
        value = self._sum()
        if not self._next_is("|"):
            raise self._error("a bar | is not closed")
        self._take()
        self._bars -= 1
        return sympy.det(value) if is_matrix(value) else sympy.Abs(value)

    def _bracketed(self, opening: str) -> Any:
        bars, self._bars = self._bars, 0
        items = self._items(")", "]", "}")
        closing = self._take().text
        self._bars = bars
        if opening == "(" and closing == ")":
            return items[0] if len(items) == 1 else sympy.Tuple(*items)
        if opening == "{" and closing == "}":
            return sympy.FiniteSet(*items)
        if opening == "[" and closing == "]":
            return sympy.Array([]) if not items else List(*items)
        if len(items) == 2 and "{" not in opening + closing and "}" not in closing:  # noqa: PLR2004
            return sympy.Interval(items[0], items[1], opening == "(", closing == ")")
        raise self._error(f"{opening!r} is closed by {closing!r}")

    def _items(self, *closing: str) -> list[Any]:
        items: list[Any] = []
        while not self._next_is(*closing):
            if items and not self._next_is(",", ";"):
                raise self._error(f"{self._peek().text or 'the end'!r} stands where , or ) should")
            if items:
                self._take()
            items.append(self._relation())
        return items

    def _name(self, token: Token) -> Any:
        name = token.text
        follows = self._next_is("(")
        if name in self._vocabulary.functions:
            return self._unknown_function(name)
        if name in self._vocabulary.symbols:
            return self._vocabulary.symbols[name]
        if name.startswith("log_") and (follows or name[4:].isdigit()):
            return self._logarithm(name)
        if name in FUNCTIONS and (follows or (name in PREFIXED and not self._ends())):
            return self._function(name)
        return self._plain_name(name, follows=follows)

    def _plain_name(self, name: str, *, follows: bool) -> Any:
        if name in CONSTANTS and not (name == "i" and self._bound):
            return CONSTANTS[name]
        if follows and len(name) > 1 and not self._peek().is_spaced:
            raise self._error(f"the function {name} is not known")
        if self._next_is("'") or (follows and name in UNDEFINED):
            return self._unknown_function(name)
        return sympy.Symbol(name)

    def _logarithm(self, name: str) -> Any:
        base = name.removeprefix("log_")
        if base:
            return sympy.log(self._argument(), sympy.Integer(base))
        given = self._bracketed(self._take().text)
        return sympy.log(self._argument(), given)

    def _ends(self) -> bool:
        """Whether nothing follows that a function could apply to."""
        return not (
            self._begins_factor() or self._next_is("^", "-", "|") or self._peek().text in _CLOSING
        )

    def _unknown_function(self, name: str) -> Any:
        order = 0
        while self._next_is("'"):
            self._take()
            order += 1
        function = sympy.Function(name)
        if self._next_is("("):
            self._take()
            arguments = self._items(")")
            self._take()
        else:
            arguments = list(self._vocabulary.symbols.values())[:1] or [sympy.Symbol("x")]
        if not order:
            return function(*arguments)
        if isinstance(arguments[0], sympy.Symbol):
            return sympy.Derivative(function(*arguments), (arguments[0], order))
        # The derivative at a point, as a condition of a differential equation gives it.
        variable = next(iter(self._vocabulary.symbols.values()), sympy.Symbol("x"))
        return sympy.diff(function(variable), variable, order).subs(variable, arguments[0])

    def _function(self, name: str) -> Any:
        function = FUNCTIONS[name]
        power = None
        if self._next_is("^"):
            self._take()
            power = self._unary()
        if power == -1 and f"a{name}" in FUNCTIONS:
            function, power = FUNCTIONS[f"a{name}"], None
        if self._next_is("("):
            self._take()
            arguments = self._items(")")
            self._take()
        else:
            arguments = [self._argument()]
        value = call_function(name, function, arguments)
        return value if power is None else raise_power(value, power)

    def _argument(self) -> Any:
        """Read what `sin 2x` applies to: factors side by side, up to the next function."""
        sign = -1 if self._next_is("-") else 1
        if sign == -1:
            self._take()
        value = self._power()
        while self._begins_factor() and self._peek().text not in FUNCTIONS:
            value = value * self._power()
        return sign * value


def _find_bound(tokens: list[Token]) -> bool:
    """Say whether `i` counts something here, so that it is no imaginary unit."""
    names = {token.text for token in tokens if token.kind is Kind.NAME}
    return "i" in names and bool({"sum", "Sum", "product", "Product", "summation"} & names)
