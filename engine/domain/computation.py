"""Names what a straight-line program computes, however it is written.

Two programs are the same computation when one becomes the other by renaming or inlining its
variables, by reordering or regrouping sums and products, or by writing a subtraction or a division
as its inverse: `a=4*33;b=a/11` and `x=33/11*4`. Numbers are not calculated with, so `12` and `3*4`
stay different. A model that is asked again mostly writes the same computation in other words;
counted as another program, it would pass for independent support.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from engine.domain.canonical import digest, text_body
from engine.domain.program import (
    Expression,
    Name,
    Negation,
    Number,
    Operation,
    ProgramError,
    parse_program,
)


class _Kind(StrEnum):
    NUMBER = "number"
    SUM = "sum"
    PRODUCT = "product"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """A normal form: how often each part is added, or multiplied; negative for the inverse."""

    kind: _Kind
    parts: Mapping[str, int]

    @property
    def name(self) -> str:
        # A digest, so that a program that doubles in each statement keeps names of one length.
        listed = ",".join(f"{part}^{n}" for part, n in sorted(self.parts.items()))
        return digest(text_body(f"{self.kind}:{listed}"))

    def as_parts(self, kind: _Kind) -> Mapping[str, int]:
        return self.parts if self.kind is kind else {self.name: 1}


def name_computation(source: str, variable: str) -> str | None:
    """Return the name of what a program computes for one of its variables.

    Returns:
        64 hex digits; ``None`` when the text is no straight-line program, or sets no such name.
    """
    try:
        program = parse_program(source)
    except ProgramError:
        return None
    forms: dict[str, _Form] = {}
    for statement in program.statements:
        form = _normalise(statement.expression, forms)
        if form is None:
            return None
        forms[statement.name] = form
    return forms[variable].name if variable in forms else None


def _normalise(expression: Expression, forms: Mapping[str, _Form]) -> _Form | None:
    match expression:
        case Number(value=value):
            return _Form(kind=_Kind.NUMBER, parts={str(value): 1})
        case Name(name=name):
            return forms.get(name)
        case Negation(operand=operand):
            inner = _normalise(operand, forms)
            return None if inner is None else _combine(_Kind.SUM, [(inner, -1)])
        case Operation(operator=operator, left=left, right=right):
            sides = _normalise(left, forms), _normalise(right, forms)
            if sides[0] is None or sides[1] is None:
                return None
            kind = _Kind.SUM if operator in "+-" else _Kind.PRODUCT
            return _combine(kind, [(sides[0], 1), (sides[1], -1 if operator in "-/" else 1)])
        case _:
            assert_never(expression)


def _combine(kind: _Kind, forms: list[tuple[_Form, int]]) -> _Form:
    parts: dict[str, int] = {}
    for form, sign in forms:
        for part, n in form.as_parts(kind).items():
            parts[part] = parts.get(part, 0) + sign * n
    return _Form(kind=kind, parts={part: n for part, n in parts.items() if n})
