"""Reads logical formulas and constraints into Z3, by a grammar of its own.

formula    = implied { ( <-> | iff ) implied }
implied    = either [ ( -> | implies ) implied ]
either     = joint { ( or | xor ) joint }
joint      = negated { and negated }
negated    = ( not ) negated | comparison
comparison = sum { ( = | != | < | <= | > | >= ) sum }
sum        = product { ( + | - ) product }
product    = unary { ( * | / | div | mod ) unary }
unary      = - unary | atom [ ^ number ]
atom       = number | name | function "(" formula { , formula } ")" | "(" formula ")"
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import z3

from tools.kernels.kernel_error import KernelError

MAX_CHARS = 4_000
MAX_DEPTH = 60
MAX_POWER = 16

_TOKEN = re.compile(
    r"""
    \s+ | (?P<number>[0-9]+(?:\.[0-9]+)?) | (?P<name>[A-Za-z_][A-Za-z0-9_']*)
    | (?P<mark><->|<=>|->|=>|<=|>=|==|!=|<>|/\\|\\/|&&|\|\||[-+*/^()<>=!~&|,%≤≥≠∧∨¬→↔⊕⇒⇔])
    """,
    re.VERBOSE,
)
_SPELLINGS: Mapping[str, str] = {
    **dict.fromkeys(["and", "AND", "And", "/\\", "&&", "&", "∧"], "and"),
    **dict.fromkeys(["or", "OR", "Or", "\\/", "||", "|", "∨"], "or"),
    **dict.fromkeys(["not", "NOT", "Not", "!", "~", "¬"], "not"),
    **dict.fromkeys(["xor", "XOR", "Xor", "⊕"], "xor"),
    **dict.fromkeys(["->", "=>", "→", "⇒", "implies", "IMPLIES"], "->"),
    **dict.fromkeys(["<->", "<=>", "↔", "⇔", "iff", "IFF"], "<->"),
    **dict.fromkeys(["==", "="], "="),
    **dict.fromkeys(["!=", "<>", "≠"], "!="),
    "≤": "<=",
    "≥": ">=",
    "%": "mod",
}
_WORDS = frozenset({"and", "or", "not", "xor", "->", "<->", "mod", "div"})
_COMPARISONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
_SORTS: Mapping[str, Callable[[str], Any]] = {"int": z3.Int, "real": z3.Real, "bool": z3.Bool}


@dataclass(slots=True, kw_only=True)
class Names:
    """The variables of a problem.

    Attributes:
        known: By name.
        are_propositions: Whether a name that is not declared is a proposition.
    """

    known: dict[str, Any] = field(default_factory=dict[str, Any])
    are_propositions: bool = False

    def find(self, name: str) -> Any:
        """Return a variable.

        Raises:
            KernelError: When it is not declared.
        """
        if name not in self.known:
            if not self.are_propositions:
                raise KernelError(
                    f"{name} is not declared; add it to `variables`, as int, real or bool"
                )
            self.known[name] = z3.Bool(name)
        return self.known[name]


def declare(variables: Mapping[str, str]) -> Names:
    """Declare variables by name and sort."""
    return Names(known={name: _SORTS[sort](name) for name, sort in variables.items()})


def read_formula(text: str, names: Names) -> Any:
    """Read one formula, true or false.

    Raises:
        KernelError: Where it is not understood, or mixes sorts.
    """
    try:
        value = _Reader(_cut(text), names).read_all()
    except z3.Z3Exception as error:
        raise KernelError(f"{text[:80]!r} mixes sorts: {_words(error)}") from error
    if not z3.is_bool(value):
        raise KernelError(
            f"{text[:80]!r} is a number and no statement; write, say, {text[:20]} > 0"
        )
    return value


def read_term(text: str, names: Names) -> Any:
    """Read one number to be optimised.

    Raises:
        KernelError: Where it is not understood, or is a statement.
    """
    try:
        value = _Reader(_cut(text), names).read_all()
    except z3.Z3Exception as error:
        raise KernelError(f"{text[:80]!r} mixes sorts: {_words(error)}") from error
    if z3.is_bool(value):
        raise KernelError(f"{text[:80]!r} is a statement; a number can be optimised")
    return value


def _words(error: z3.Z3Exception) -> str:
    value = error.args[0] if error.args else ""
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return text.strip()[:200] or "the parts do not fit"


def _cut(text: str) -> list[str]:
    if len(text) > MAX_CHARS:
        raise KernelError(f"a formula has {len(text):,} characters; at most {MAX_CHARS:,}")
    tokens: list[str] = []
    place = 0
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            raise KernelError(f"{text[place]!r} in {text[:60]!r} is not understood")
        if found.lastgroup is not None:
            tokens.append(_SPELLINGS.get(found[0], found[0]))
        place = found.end()
    if not tokens:
        raise KernelError("a formula is empty")
    return tokens


class _Reader:
    """Reads tokens from left to right."""

    def __init__(self, tokens: list[str], names: Names) -> None:
        self._tokens = tokens
        self._names = names
        self._place = 0
        self._depth = 0

    def read_all(self) -> Any:
        value = self._formula()
        if self._place < len(self._tokens):
            raise self._error(f"{self._peek()!r} is not expected here")
        return z3.BoolVal(value) if isinstance(value, bool) else value

    def _peek(self) -> str:
        return self._tokens[self._place] if self._place < len(self._tokens) else ""

    def _take(self) -> str:
        token = self._peek()
        self._place += 1
        return token

    def _takes(self, *marks: str) -> bool:
        if self._peek() in marks:
            self._place += 1
            return True
        return False

    def _error(self, what: str) -> KernelError:
        before = " ".join(self._tokens[max(0, self._place - 5) : self._place])
        return KernelError(f"{what}, after {before!r}" if before else what)

    def _formula(self) -> Any:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise KernelError("the formula is nested too deeply")
        value = self._implied()
        while self._takes("<->"):
            value = _truth(value) == _truth(self._implied())
        self._depth -= 1
        return value

    def _implied(self) -> Any:
        value = self._either()
        if self._takes("->"):
            return z3.Implies(_truth(value), _truth(self._implied()))
        return value

    def _either(self) -> Any:
        value = self._joint()
        while self._peek() in {"or", "xor"}:
            join = z3.Or if self._take() == "or" else z3.Xor
            value = join(_truth(value), _truth(self._joint()))
        return value

    def _joint(self) -> Any:
        value = self._negated()
        while self._takes("and"):
            value = z3.And(_truth(value), _truth(self._negated()))
        return value

    def _negated(self) -> Any:
        n_negations = 0
        while self._takes("not"):
            n_negations += 1
        value = self._comparison()
        return z3.Not(_truth(value)) if n_negations % 2 else value

    def _comparison(self) -> Any:
        left = self._sum()
        parts: list[Any] = []
        while self._peek() in _COMPARISONS:
            mark = self._take()
            right = self._sum()
            parts.append(_compare(mark, left, right))
            left = right
        if not parts:
            return left
        return parts[0] if len(parts) == 1 else z3.And(*parts)

    def _sum(self) -> Any:
        value = self._product()
        while self._peek() in {"+", "-"}:
            mark = self._take()
            other = _number(self._product())
            value = _number(value) + other if mark == "+" else _number(value) - other
        return value

    def _product(self) -> Any:
        value = self._unary()
        while self._peek() in {"*", "/", "div", "mod"}:
            value = _combine(self._take(), _number(value), _number(self._unary()))
        return value

    def _unary(self) -> Any:
        if self._takes("-"):
            return -_number(self._unary())
        value = self._atom()
        if self._takes("^"):
            exponent = self._take()
            if not exponent.isdigit() or int(exponent) > MAX_POWER:
                raise self._error(f"an exponent must be a number up to {MAX_POWER}")
            return _power(_number(value), int(exponent))
        return value

    def _atom(self) -> Any:
        mark = self._take()
        if mark[:1].isdigit():
            return z3.RealVal(mark) if "." in mark else z3.IntVal(mark)
        if mark == "(":
            value = self._formula()
            self._close()
            return value
        if mark in {"true", "True", "false", "False"}:
            return z3.BoolVal(mark.lower() == "true")
        if mark in _FUNCTIONS and self._takes("("):
            return self._call(mark)
        if re.match(r"[A-Za-z_]", mark) and mark not in _WORDS:
            return self._names.find(mark)
        self._place -= 1
        raise self._error(f"{mark!r} stands where an operand should" if mark else "it ends early")

    def _call(self, name: str) -> Any:
        arguments = [self._formula()]
        while self._takes(","):
            arguments.append(self._formula())
        self._close()
        least, most, make = _FUNCTIONS[name]
        if not least <= len(arguments) <= most:
            raise KernelError(f"{name} takes {least} or more arguments, not {len(arguments)}")
        return make(*arguments)

    def _close(self) -> None:
        if not self._takes(")"):
            raise self._error(f"{self._peek() or 'the end'!r} stands where ) should")


def _truth(value: Any) -> Any:
    if not z3.is_bool(value):
        raise KernelError(f"{value} is a number where a statement should stand")
    return value


def _number(value: Any) -> Any:
    if z3.is_bool(value):
        raise KernelError(f"{value} is a statement where a number should stand; use if(p, 1, 0)")
    return value


def _compare(mark: str, left: Any, right: Any) -> Any:
    if mark not in {"=", "!="}:
        return _COMPARISONS[mark](_number(left), _number(right))
    if z3.is_bool(left) != z3.is_bool(right):
        raise KernelError(f"{left} {mark} {right} compares a statement with a number")
    return _COMPARISONS[mark](left, right)


def _combine(mark: str, left: Any, right: Any) -> Any:
    if mark == "*":
        return left * right
    if mark == "/":
        # Whole numbers too are divided as fractions; `div` is the whole quotient.
        return _real(left) / _real(right)
    if not (z3.is_int(left) and z3.is_int(right)):
        raise KernelError(f"{mark} takes whole numbers; declare its variables as int")
    return left / right if mark == "div" else left % right


def _real(value: Any) -> Any:
    return z3.ToReal(value) if z3.is_int(value) else value


def _power(base: Any, exponent: int) -> Any:
    value = z3.IntVal(1) if z3.is_int(base) else z3.RealVal(1)
    for _ in range(exponent):
        value = value * base
    return value


def _least(*values: Any) -> Any:
    smallest = values[0]
    for value in values[1:]:
        smallest = z3.If(value < smallest, value, smallest)
    return smallest


def _greatest(*values: Any) -> Any:
    greatest = values[0]
    for value in values[1:]:
        greatest = z3.If(value > greatest, value, greatest)
    return greatest


_MANY = 200
_FUNCTIONS: Mapping[str, tuple[int, int, Callable[..., Any]]] = {
    "abs": (1, 1, lambda value: z3.If(value >= 0, value, -value)),
    "min": (1, _MANY, _least),
    "max": (1, _MANY, _greatest),
    "if": (3, 3, lambda condition, a, b: z3.If(_truth(condition), a, b)),
    "distinct": (2, _MANY, z3.Distinct),
    "exactly_one": (
        1,
        _MANY,
        lambda *values: z3.PbEq([(_truth(value), 1) for value in values], 1),
    ),
    "count": (1, _MANY, lambda *values: z3.Sum([z3.If(_truth(value), 1, 0) for value in values])),
}
