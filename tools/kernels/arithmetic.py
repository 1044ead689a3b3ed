"""Reads arithmetic that a model wrote, and computes it in an algebra of the caller's.

`ast` only parses: nothing is compiled or evaluated by the interpreter. What is let through is
numbers, names, the operators + - * / ^, parentheses and calls of named functions.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from typing import Any, Protocol, TypeVar

from tools.kernels.kernel_error import KernelError

MAX_CHARS = 500
MAX_DEPTH = 40

_Value = TypeVar("_Value")

_SPELLINGS = str.maketrans({"·": "*", "×": "*", "⋅": "*", "−": "-", "–": "-", "÷": "/"})
_ALLOWED = re.compile(r"[\w\s.,+\-*/^()]*")
_OPERATORS: Mapping[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "^",
}


class Algebra(Protocol[_Value]):
    """How an expression is computed."""

    def number(self, value: float) -> _Value:
        """Return a literal's value."""
        ...

    def name(self, name: str) -> _Value:
        """Return a name's value."""
        ...

    def negate(self, value: _Value) -> _Value:
        """Return minus the value."""
        ...

    def combine(self, operator: str, left: _Value, right: _Value) -> _Value:
        """Return the value of `left operator right`, one of + - * / ^."""
        ...

    def call(self, function: str, arguments: list[_Value]) -> _Value:
        """Return the value of a call."""
        ...


def parse_expression(text: str) -> ast.expr:
    """Read one expression.

    Raises:
        KernelError: Where it is none, or too long or too deep.
    """
    if len(text) > MAX_CHARS:
        raise KernelError(f"the expression has {len(text)} characters; at most {MAX_CHARS} fit")
    written = text.translate(_SPELLINGS).replace("^", "**").strip()
    if not written or not _ALLOWED.fullmatch(written):
        raise KernelError(
            f"{shorten(text)!r} is no expression: use numbers, names, + - * / ^, parentheses "
            "and functions, such as 2*x^2 + sin(x)"
        )
    try:
        tree = ast.parse(written, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise KernelError(
            f"{shorten(text)!r} cannot be read as an expression: check the parentheses, and "
            "write each multiplication as * (2*x, not 2x)"
        ) from error
    _check(tree)
    return tree


def evaluate(tree: ast.expr, algebra: Algebra[_Value]) -> _Value:
    """Compute a parsed expression.

    Raises:
        KernelError: Where the algebra refuses, or the expression holds what is not arithmetic.
    """
    match tree:
        case ast.Constant(value=bool()):
            raise KernelError(f"{tree.value} is no number")
        case ast.Constant(value=(int() | float()) as value):
            return algebra.number(_to_float(value))
        case ast.Name():
            return algebra.name(tree.id)
        case ast.UnaryOp(op=ast.USub()):
            return algebra.negate(evaluate(tree.operand, algebra))
        case ast.UnaryOp(op=ast.UAdd()):
            return evaluate(tree.operand, algebra)
        case ast.BinOp() if type(tree.op) in _OPERATORS:
            left, right = evaluate(tree.left, algebra), evaluate(tree.right, algebra)
            return algebra.combine(_OPERATORS[type(tree.op)], left, right)
        case ast.Call(func=ast.Name(id=function), keywords=[]):
            given = [evaluate(argument, algebra) for argument in tree.args]
            return algebra.call(function, given)
        case _:
            raise KernelError(
                f"{render_expression(tree)!r} is not arithmetic: use numbers, names, + - * / ^, "
                "parentheses and functions"
            )


def list_names(tree: ast.expr) -> set[str]:
    """Return the names an expression uses, functions left out."""
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return {
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in called
    }


def render_expression(tree: ast.expr) -> str:
    """Write an expression as a caller would."""
    return shorten(ast.unparse(tree).replace("**", "^").replace(" ^ ", "^"))


def shorten(text: str, max_chars: int = 60) -> str:
    """Cut text that is quoted in a message."""
    return text if len(text) <= max_chars else f"{text[:max_chars]}..."


def _check(tree: ast.expr) -> None:
    """Refuse what is nested too deeply; level by level, for the check must not recurse itself."""
    level: list[Any] = [tree]
    for _ in range(MAX_DEPTH):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return
    raise KernelError(f"the expression is nested deeper than {MAX_DEPTH}: write it flatter")


def _to_float(value: float) -> float:
    try:
        return float(value)
    except OverflowError as error:
        raise KernelError("a number of the expression is too large: at most 1e308") from error
