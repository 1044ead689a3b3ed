"""What a sketch must stand up to: everything that execution can tell."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from random import Random
from typing import Final

from engine.domain.program import ProgramError, execute, parse_program
from engine.training.frameworks.scope import names_of
from engine.training.frameworks.slot import SLOT, slots_of
from engine.training.generation.reply import Reason, RejectedError
from engine.training.generation.sketch import Sketch, read_value

N_DRAWS: Final = 16
MIN_FIT_DRAWS: Final = 4

_NUMBER: Final = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_BRACE: Final = re.compile(r"[{}]")


def check_sketch(sketch: Sketch) -> None:
    """Run a blueprint: slots bound, program running, answer agreeing, ranges fit.

    Raises:
        RejectedError: With the first reason against it.
    """
    _check_slots(sketch)
    value = _value(sketch, sketch.values)
    if value is None:
        raise RejectedError(Reason.PROGRAM)
    if read_value(sketch.answer) != value:
        raise RejectedError(Reason.ANSWER)
    if not all(span.holds(sketch.values[name]) for name, span in sketch.variables.items()):
        raise RejectedError(Reason.RANGE)
    if sketch.variables and len(fit_draws(sketch, N_DRAWS)) < MIN_FIT_DRAWS:
        raise RejectedError(Reason.RANGE)


def check_paraphrase(original: Sketch, text: str) -> None:
    """Hold a rewording against what it rewords: same slots, same numbers.

    Raises:
        RejectedError: With the first reason against it.
    """
    if set(slots_of(text)) != set(slots_of(original.question)) or _has_stray_brace(text):
        raise RejectedError(Reason.UNBOUND)
    if numbers_in(text) != numbers_in(original.question):
        raise RejectedError(Reason.NUMBERS)


def fit_draws(sketch: Sketch, n_draws: int) -> list[dict[str, Fraction]]:
    """Of some choices of values, those whose answer is like the stated one.

    An answer that is whole, or not negative, stays so: half a person is no answer.
    """
    stated = _value(sketch, sketch.values)
    rng = Random(sketch.template)
    found: list[dict[str, Fraction]] = []
    for _ in range(n_draws):
        values = sketch.draw(rng)
        value = _value(sketch, values)
        if stated is not None and value is not None and _is_like(value, stated):
            found.append(values)
    return found


def numbers_in(text: str) -> Counter[str]:
    """The numbers that stand in a text as digits, outside of its slots."""
    bare = SLOT.sub(" ", text)
    return Counter(match.group().replace(",", "") for match in _NUMBER.finditer(bare))


def _check_slots(sketch: Sketch) -> None:
    slots, names = set(slots_of(sketch.question)), set(sketch.variables)
    if slots != names or set(sketch.values) != names or _has_stray_brace(sketch.question):
        raise RejectedError(Reason.UNBOUND)
    try:
        program = parse_program(sketch.program)
    except ProgramError as error:
        raise RejectedError(Reason.PROGRAM) from error
    if not names_of(program) <= names or names & {s.name for s in program.statements}:
        raise RejectedError(Reason.UNBOUND)


def _has_stray_brace(text: str) -> bool:
    return _BRACE.search(SLOT.sub("", text)) is not None


def _value(sketch: Sketch, values: Mapping[str, Fraction]) -> Fraction | None:
    try:
        return execute(sketch.bound(values)).value
    except ProgramError:
        return None


def _is_like(value: Fraction, stated: Fraction) -> bool:
    is_whole = stated.denominator > 1 or value.denominator == 1
    return is_whole and (value > 0 if stated > 0 else stated < 0 or value >= 0)
