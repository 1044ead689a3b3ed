"""Straight-line programs in exact rational arithmetic: `v=48/2;a=48+v`.

A model writes such a program instead of computing, and the calculator runs it. The text is
untrusted, so it is read by a parser of our own (no `eval`, no attribute, no call, no power), and
every number a program makes is bounded in digits: the work it can cause is bounded by its length.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import ClassVar, Final, assert_never

MAX_SOURCE_CHARS: Final = 2_000
MAX_STATEMENTS: Final = 64
MAX_DEPTH: Final = 32
MAX_DIGITS: Final = 60

_LIMIT: Final = 10**MAX_DIGITS
_TOKEN: Final = re.compile(
    r"\s*(?:(?P<number>[0-9]+(?:\.[0-9]*)?|\.[0-9]+)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<mark>.))",
    re.ASCII,
)
_ADDITIVE: Final = frozenset("+-")
_MULTIPLICATIVE: Final = frozenset("*/")


class ProgramError(ValueError):
    """The program cannot be run."""

    code: ClassVar[str] = "program-error"


class ProgramSyntaxError(ProgramError):
    """The program is not a list of `name=expression` statements joined by `;`."""

    code: ClassVar[str] = "program-syntax"


class ProgramTooLargeError(ProgramError):
    """The program, or a number it computes, is larger than a calculation may be."""

    code: ClassVar[str] = "program-too-large"


class UnknownNameError(ProgramError):
    """An expression uses a name that no earlier statement sets."""

    code: ClassVar[str] = "program-unknown-name"


class RepeatedNameError(ProgramError):
    """Two statements set the same name."""

    code: ClassVar[str] = "program-repeated-name"


class DivisionByZeroError(ProgramError):
    """The program divides by zero."""

    code: ClassVar[str] = "program-division-by-zero"


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A literal, as exact as it was written."""

    value: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """The value of an earlier statement."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Negation:
    """Minus one operand."""

    operand: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """Two operands joined by `+`, `-`, `*` or `/`."""

    operator: str
    left: Expression
    right: Expression


Expression = Number | Name | Negation | Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One `name=expression`."""

    name: str
    expression: Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """Statements in the order in which they run; at least one."""

    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramResult:
    """What a program computed.

    Attributes:
        value: The value of the last statement.
        bindings: The value of every statement by name, in the order of the program.
    """

    value: Fraction
    bindings: Mapping[str, Fraction]


def parse_program(source: str) -> Program:
    """Read a program without running it.

    Args:
        source: Statements `name=expression`, joined by `;` or by line breaks. An expression holds
            integers, decimals, earlier names, `+ - * /`, unary minus and parentheses.

    Raises:
        ProgramSyntaxError: Something else stands in the text; the message says what and where.
        ProgramTooLargeError: The text is longer or nested deeper than the limits.
    """
    if len(source) > MAX_SOURCE_CHARS:
        msg = f"The program has {len(source)} characters; at most {MAX_SOURCE_CHARS} are allowed."
        raise ProgramTooLargeError(msg)
    parts = [part for part in re.split(r"[;\n]", source) if part.strip()]
    if not parts:
        msg = "The program is empty; write at least one statement such as `a=48/2`."
        raise ProgramSyntaxError(msg)
    if len(parts) > MAX_STATEMENTS:
        msg = f"The program has {len(parts)} statements; at most {MAX_STATEMENTS} are allowed."
        raise ProgramTooLargeError(msg)
    return Program(statements=tuple(_Parser(part).statement() for part in parts))


def run_program(source: str) -> ProgramResult:
    """Parse a program and compute it in exact rational arithmetic.

    Raises:
        ProgramError: One of its subclasses says what to mend. No other error leaves this function.
    """
    return execute(parse_program(source))


def execute(program: Program) -> ProgramResult:
    """Compute a parsed program in exact rational arithmetic.

    Raises:
        UnknownNameError: An expression uses a name that is not set before it.
        RepeatedNameError: A name is set twice.
        DivisionByZeroError: A divisor is zero.
        ProgramTooLargeError: A value needs more than MAX_DIGITS digits.
    """
    bindings: dict[str, Fraction] = {}
    for statement in program.statements:
        if statement.name in bindings:
            msg = f"`{statement.name}` is set twice; give the second statement another name."
            raise RepeatedNameError(msg)
        bindings[statement.name] = _evaluate(statement.expression, bindings)
    value = bindings[program.statements[-1].name]
    return ProgramResult(value=value, bindings=MappingProxyType(bindings))


def render_program(program: Program) -> str:
    """Write a program in its shortest form, with the parentheses that its meaning needs."""
    return ";".join(f"{s.name}={_render(s.expression)}" for s in program.statements)


def render_number(value: Fraction) -> str:
    """Write a value exactly: `72`, `3.5`, or `22/7` where no decimal ends."""
    if value.denominator == 1:
        return str(value.numerator)
    rest, places = value.denominator, 0
    for prime in (2, 5):
        power = 0
        while rest % prime == 0:
            rest //= prime
            power += 1
        places = max(places, power)
    if rest != 1:
        return f"{value.numerator}/{value.denominator}"
    digits = str(abs(value.numerator) * 10**places // value.denominator).rjust(places + 1, "0")
    sign = "-" if value < 0 else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}"


class _Parser:
    """Recursive descent over one statement; depth is bounded before Python's own stack is."""

    def __init__(self, text: str) -> None:
        self._text = text.strip()
        self._position = 0
        self._depth = 0

    def statement(self) -> Statement:
        kind, name = self._next()
        if kind != "name" or self._next() != ("mark", "="):
            msg = f"`{self._text}` is not a statement; write `name=expression`."
            raise ProgramSyntaxError(msg)
        expression = self._sum()
        if self._peek()[0] != "end":
            raise self._unexpected()
        return Statement(name=name, expression=expression)

    def _sum(self) -> Expression:
        return self._chain(_ADDITIVE, self._product)

    def _product(self) -> Expression:
        return self._chain(_MULTIPLICATIVE, self._factor)

    def _chain(self, operators: frozenset[str], operand: Callable[[], Expression]) -> Expression:
        left = operand()
        depth = self._depth
        while self._peek()[0] == "mark" and self._peek()[1] in operators:
            # A chain leans to the left in the tree, so each link is one level for the evaluator.
            self._enter()
            _, operator = self._next()
            left = Operation(operator=operator, left=left, right=operand())
        self._depth = depth
        return left

    def _factor(self) -> Expression:
        kind, text = self._peek()
        if kind == "number":
            self._next()
            return Number(value=_literal(text))
        if kind == "name":
            self._next()
            return Name(name=text)
        if text not in ("-", "("):
            raise self._unexpected()
        self._next()
        self._enter()
        inner = Negation(operand=self._factor()) if text == "-" else self._parenthesised()
        self._depth -= 1
        return inner

    def _parenthesised(self) -> Expression:
        inner = self._sum()
        if self._peek() != ("mark", ")"):
            raise self._unexpected()
        self._next()
        return inner

    def _enter(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            msg = f"`{self._text[:40]}` is nested or chained deeper than {MAX_DEPTH}; split it."
            raise ProgramTooLargeError(msg)

    def _peek(self) -> tuple[str, str]:
        match = _TOKEN.match(self._text, self._position)
        if match is None:
            return ("end", "")
        return (str(match.lastgroup), match.group(str(match.lastgroup)))

    def _next(self) -> tuple[str, str]:
        match = _TOKEN.match(self._text, self._position)
        if match is None:
            return ("end", "")
        self._position = match.end()
        return (str(match.lastgroup), match.group(str(match.lastgroup)))

    def _unexpected(self) -> ProgramSyntaxError:
        kind, text = self._peek()
        found = "the statement ends" if kind == "end" else f"`{text}` stands"
        msg = (
            f"In `{self._text}` {found} where a number, a name, an operator (+ - * /) or a"
            " parenthesis is needed."
        )
        return ProgramSyntaxError(msg)


def _literal(text: str) -> Fraction:
    if len(text) > MAX_DIGITS:
        msg = f"`{text[:20]}…` has more than {MAX_DIGITS} digits."
        raise ProgramTooLargeError(msg)
    whole, _, decimals = text.partition(".")
    return Fraction(int((whole + decimals) or "0"), 10 ** len(decimals))


def _evaluate(expression: Expression, bindings: Mapping[str, Fraction]) -> Fraction:
    match expression:
        case Number(value=value):
            return value
        case Name(name=name):
            if name not in bindings:
                msg = f"`{name}` is used before it is set; set it in an earlier statement."
                raise UnknownNameError(msg)
            return bindings[name]
        case Negation(operand=operand):
            return -_evaluate(operand, bindings)
        case Operation(operator=operator, left=left, right=right):
            return _apply(operator, _evaluate(left, bindings), _evaluate(right, bindings))
        case _:
            assert_never(expression)


def _apply(operator: str, left: Fraction, right: Fraction) -> Fraction:
    if operator == "/" and right == 0:
        msg = "The program divides by zero; check the divisor."
        raise DivisionByZeroError(msg)
    match operator:
        case "+":
            value = left + right
        case "-":
            value = left - right
        case "*":
            value = left * right
        case _:
            value = left / right
    if abs(value.numerator) >= _LIMIT or value.denominator >= _LIMIT:
        msg = f"A value needs more than {MAX_DIGITS} digits; use smaller numbers."
        raise ProgramTooLargeError(msg)
    return value


def _render(expression: Expression) -> str:
    match expression:
        case Number(value=value):
            return render_number(value)
        case Name(name=name):
            return name
        case Negation(operand=operand):
            # A minus binds closest, so a whole product behind it keeps its parentheses.
            return f"-{_wrapped(operand, tight=True, after='-')}"
        case Operation(operator=operator, left=left, right=right):
            tight = operator in _MULTIPLICATIVE
            right_text = _wrapped(right, tight=tight, after=operator)
            return f"{_wrapped(left, tight=tight)}{operator}{right_text}"
        case _:
            assert_never(expression)


def _wrapped(expression: Expression, *, tight: bool, after: str = "") -> str:
    text = _render(expression)
    if not isinstance(expression, Operation):
        needs = isinstance(expression, Number) and "/" in text
        return f"({text})" if needs else text
    loose = expression.operator in _ADDITIVE
    # `a-(b+c)`, `a*(b/c)` and `a/(b*c)` keep theirs: arithmetic here leans to the left.
    needs = (tight and loose) or bool(after and (tight or loose))
    return f"({text})" if needs else text
