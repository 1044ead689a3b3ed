"""Splits a program into what is executed and the last expression, whose value counts."""

from __future__ import annotations

import ast
import io
import tokenize
from dataclasses import dataclass
from types import CodeType


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledProgram:
    """A program, ready to run.

    Attributes:
        text: Its source, for tracebacks.
        body: Everything but the last expression.
        last: The last statement where it is an expression.
    """

    text: str
    body: CodeType
    last: CodeType | None


def compile_program(source: bytes, file_name: str) -> CompiledProgram:
    """Compile source that may name its encoding and may begin with a byte order mark.

    Raises:
        SyntaxError: As the compiler says.
        ValueError: For NUL bytes, on interpreters that say so.
        RecursionError, MemoryError: For source that is nested too deeply.
    """
    tree = ast.parse(source, filename=file_name)
    last = None
    if tree.body and isinstance(tree.body[-1], ast.Expr):
        expression = ast.Expression(tree.body.pop().value)  # type: ignore[attr-defined]
        last = compile(expression, file_name, "eval", dont_inherit=True)
    body = compile(tree, file_name, "exec", dont_inherit=True)
    return CompiledProgram(text=_decode(source), body=body, last=last)


def _decode(source: bytes) -> str:
    encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
    return source.decode(encoding, errors="replace")
