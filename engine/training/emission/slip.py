"""Slips: what goes wrong in a program, one at a time.

A verifier must not tell a right program from a wrong one by its shape. So the slips that change
the shape come in opposite pairs that are equally likely: what one drops the other puts in, and an
operator is replaced by one drawn from how often right programs use each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from random import Random
from typing import Final, TypeAlias, TypeVar

from engine.domain.program import Expression, Name, Number, Operation, Program, Statement
from engine.training.emission.figure import miscopied
from engine.training.emission.place import Found, put, walk
from engine.training.example import Fault

# How often right programs use each operator.
_OPERATOR_WEIGHTS: Final = {"+": 22, "-": 25, "*": 35, "/": 18}
_UNITS: Final = tuple(Fraction(n) for n in (10, 12, 24, 30, 52, 60, 7, 100, 1000))
_NOT_COMMUTATIVE: Final = "-/"
_OWN_STATEMENT_RATIO: Final = 0.7
_TURNED_RATIO: Final = 0.2

_T = TypeVar("_T")


class Slip(StrEnum):
    """One kind of mistake."""

    COPIED_NUMBER = "copied-number"
    OTHER_OPERAND = "other-operand"
    SWAPPED_OPERANDS = "swapped-operands"
    WRONG_OPERATOR = "wrong-operator"
    WRONG_UNIT = "wrong-unit"
    DISTRACTOR_USED = "distractor-used"
    DROPPED_FACT = "dropped-fact"
    FACT_TWICE = "fact-twice"
    STOPPED_EARLY = "stopped-early"
    ONE_TOO_MANY = "one-too-many"


FAULTS: Final = {
    Slip.COPIED_NUMBER: Fault.ARITHMETIC,
    Slip.OTHER_OPERAND: Fault.LOGIC,
    Slip.SWAPPED_OPERANDS: Fault.LOGIC,
    Slip.WRONG_OPERATOR: Fault.LOGIC,
    Slip.WRONG_UNIT: Fault.ARITHMETIC,
    Slip.DISTRACTOR_USED: Fault.LOGIC,
    Slip.DROPPED_FACT: Fault.DROPPED_FACT,
    Slip.FACT_TWICE: Fault.LOGIC,
    Slip.STOPPED_EARLY: Fault.DROPPED_FACT,
    Slip.ONE_TOO_MANY: Fault.LOGIC,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Slipped:
    """A program with one slip in it; whether it is wrong must still be found by running it.

    Attributes:
        program: With the slip.
        base: Without it.
        slip: Which.
    """

    program: Program
    base: Program
    slip: Slip

    @property
    def fault(self) -> Fault:
        """The kind of fault that the slip is."""
        return FAULTS[self.slip]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scene:
    """What a slip may look at: the program and the numbers of the question."""

    program: Program
    told: Sequence[Fraction]
    rng: Random

    def numbers(self) -> list[Found]:
        return [found for found in walk(self.program) if isinstance(found.expression, Number)]

    def operations(self) -> list[Found]:
        return [found for found in walk(self.program) if isinstance(found.expression, Operation)]


def slip_into(
    program: Program, slip: Slip, told: Sequence[Fraction], rng: Random
) -> Slipped | None:
    """Let one slip into a program; None when the program offers no place for it.

    Args:
        program: A right program.
        slip: Which.
        told: The numbers of the question.
        rng: Chooses the place.
    """
    changed = _WAYS[slip](_Scene(program=program, told=told, rng=rng))
    return Slipped(program=changed, base=program, slip=slip) if changed is not None else None


def _copy_wrong(scene: _Scene) -> Program | None:
    """A number is copied with a wrong figure."""
    found = _choice(scene.numbers(), scene.rng)
    if found is None or not isinstance(found.expression, Number):
        return None
    return put(
        scene.program, found.place, Number(value=miscopied(found.expression.value, scene.rng))
    )


def _use_other(scene: _Scene) -> Program | None:
    """An operand gives way to another one that is known at that place."""
    found = _choice(_operands(scene), scene.rng)
    if found is None:
        return None
    index = found.place.statement
    if isinstance(found.expression, Name):
        known: list[Expression] = [Name(name=s.name) for s in scene.program.statements[:index]]
    else:
        known = [Number(value=value) for value in scene.told]
    other = _choice([leaf for leaf in known if leaf != found.expression], scene.rng)
    return put(scene.program, found.place, other) if other else None


def _swap(scene: _Scene) -> Program | None:
    """The operands of a difference or a quotient change places."""
    places = [
        f
        for f in scene.operations()
        if isinstance(f.expression, Operation) and f.expression.operator in _NOT_COMMUTATIVE
    ]
    found = _choice(places, scene.rng)
    if found is None or not isinstance(found.expression, Operation):
        return None
    whole = found.expression
    return put(scene.program, found.place, replace(whole, left=whole.right, right=whole.left))


def _mistake_operator(scene: _Scene) -> Program | None:
    found = _choice(scene.operations(), scene.rng)
    if found is None or not isinstance(found.expression, Operation):
        return None
    operators, weights = list(_OPERATOR_WEIGHTS), list(_OPERATOR_WEIGHTS.values())
    operator = scene.rng.choices(operators, weights)[0]
    if operator == found.expression.operator:
        return None
    return put(scene.program, found.place, replace(found.expression, operator=operator))


def _mistake_unit(scene: _Scene) -> Program | None:
    """A number that no sentence tells, such as 60 minutes, is taken for another."""
    untold = [
        f
        for f in scene.numbers()
        if isinstance(f.expression, Number) and f.expression.value not in scene.told
    ]
    found = _choice(untold, scene.rng)
    if found is None:
        return None
    units = [Number(value=unit) for unit in _UNITS if Number(value=unit) != found.expression]
    return put(scene.program, found.place, scene.rng.choice(units))


def _use_distractor(scene: _Scene) -> Program | None:
    """A number that does not matter is used in place of one that does."""
    used = {f.expression.value for f in scene.numbers() if isinstance(f.expression, Number)}
    spare = _choice([value for value in scene.told if value not in used], scene.rng)
    found = _choice(scene.numbers(), scene.rng)
    if spare is None or found is None:
        return None
    return put(scene.program, found.place, Number(value=spare))


def _drop(scene: _Scene) -> Program | None:
    """An operation is left out, and with it one of its operands."""
    found = _choice(scene.operations(), scene.rng)
    if found is None or not isinstance(found.expression, Operation):
        return None
    kept = scene.rng.choice((found.expression.left, found.expression.right))
    return put(scene.program, found.place, kept)


def _repeat(scene: _Scene) -> Program | None:
    """An operation too many: an operand is joined with a number once more."""
    found = _choice(_operands(scene), scene.rng)
    extra = _choice(scene.told, scene.rng)
    if found is None or extra is None:
        return None
    grown = _joined(found.expression, Number(value=extra), scene.rng)
    if scene.rng.random() < _OWN_STATEMENT_RATIO:
        return _set_apart(scene.program, found, grown)
    return put(scene.program, found.place, grown)


def _stop_early(scene: _Scene) -> Program | None:
    """The last operation is missing: the program ends with an operand of it."""
    last = scene.program.statements[-1]
    if not isinstance(last.expression, Operation):
        return None
    operands = (last.expression.left, last.expression.right)
    kept = [operand for operand in operands if not isinstance(operand, Number)]
    chosen = _choice(kept, scene.rng)
    if chosen is None:
        return None
    ended = Statement(name=last.name, expression=chosen)
    return Program(statements=(*scene.program.statements[:-1], ended))


def _go_on(scene: _Scene) -> Program | None:
    """One step too many after the answer."""
    extra = _choice(scene.told, scene.rng)
    if extra is None:
        return None
    last = scene.program.statements[-1]
    further = _joined(Name(name=last.name), Number(value=extra), scene.rng)
    if scene.rng.random() < _OWN_STATEMENT_RATIO:
        added = Statement(name=f"{last.name}_more", expression=further)
        return Program(statements=(*scene.program.statements, added))
    inner = Operation(
        operator=further.operator,
        left=last.expression if further.left == Name(name=last.name) else further.left,
        right=last.expression if further.right == Name(name=last.name) else further.right,
    )
    ended = Statement(name=last.name, expression=inner)
    return Program(statements=(*scene.program.statements[:-1], ended))


_Way: TypeAlias = Callable[[_Scene], Program | None]
_WAYS: Final[dict[Slip, _Way]] = {
    Slip.COPIED_NUMBER: _copy_wrong,
    Slip.OTHER_OPERAND: _use_other,
    Slip.SWAPPED_OPERANDS: _swap,
    Slip.WRONG_OPERATOR: _mistake_operator,
    Slip.WRONG_UNIT: _mistake_unit,
    Slip.DISTRACTOR_USED: _use_distractor,
    Slip.DROPPED_FACT: _drop,
    Slip.FACT_TWICE: _repeat,
    Slip.STOPPED_EARLY: _stop_early,
    Slip.ONE_TOO_MANY: _go_on,
}


def _operands(scene: _Scene) -> list[Found]:
    """Every number and every name of an earlier statement."""
    return [f for f in walk(scene.program) if isinstance(f.expression, Number | Name)]


def _joined(first: Expression, second: Expression, rng: Random) -> Operation:
    operator = rng.choices(list(_OPERATOR_WEIGHTS), list(_OPERATOR_WEIGHTS.values()))[0]
    left, right = (second, first) if rng.random() < _TURNED_RATIO else (first, second)
    return Operation(operator=operator, left=left, right=right)


def _set_apart(program: Program, found: Found, expression: Expression) -> Program:
    """The expression as a statement of its own before the one that uses it."""
    index = found.place.statement
    name = f"apart_{index}"
    changed = put(program, found.place, Name(name=name)).statements
    added = Statement(name=name, expression=expression)
    return Program(statements=(*changed[:index], added, *changed[index:]))


def _choice(options: Sequence[_T], rng: Random) -> _T | None:
    return rng.choice(options) if options else None
