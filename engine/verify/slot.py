"""Slots of a program: what was done with a number, beside the words that speak of the number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import combinations, islice
from typing import Final

from engine.domain.program import ProgramError, parse_program
from engine.verify.cue import Cues, Mention, read_cues
from engine.verify.operand import Operands, Role, read_operands
from engine.verify.shape import split_name

# More numbers than a word problem tells; pairs grow with their square.
MOST_TOLD: Final = 16
MOST_USES: Final = 32
_FARTHEST: Final = 3


class SlotKind(StrEnum):
    """What a slot is about, and which words are its cues.

    ``NUMBER``: one number, its role; the words near it, wherever it is told. ``PAIR``: two, their
    relation; the words near both, and those that ask. ``MOVE``: one, the direction in which the
    answer moves with it; the words near it, and those that ask. ``ASKED``: the operator that gives
    the answer; the words that ask.
    """

    NUMBER = "number"
    PAIR = "pair"
    MOVE = "move"
    ASKED = "asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One thing that a program does.

    Attributes:
        kind: What it is about.
        filler: What was done: a role, a relation, a direction or an operator.
        cues: The words that it is to be held against.
    """

    kind: SlotKind
    filler: str
    cues: tuple[str, ...]


def list_slots(question: str, program: str) -> tuple[Slot, ...]:
    """Return what a program does with the numbers of a question; nothing if it cannot be read.

    Args:
        question: What it is to answer.
        program: Its statements; the answer's name may follow.
    """
    body, answer = split_name(program)
    try:
        parsed = parse_program(body)
    except ProgramError:
        return ()
    cues = read_cues(question)
    firsts = _firsts(cues.mentions)
    operands = read_operands(parsed, [mention.value for mention in firsts], answer)
    return (
        *_numbers(cues.mentions, operands),
        *_pairs(firsts, operands, cues),
        *_moves(firsts, operands, cues),
        Slot(kind=SlotKind.ASKED, filler=operands.last, cues=cues.asking),
    )


def _firsts(mentions: Sequence[Mention]) -> list[Mention]:
    """Each value where it is first told."""
    found: dict[Fraction, Mention] = {}
    for mention in mentions:
        found.setdefault(mention.value, mention)
    return list(found.values())[:MOST_TOLD]


def _numbers(mentions: Sequence[Mention], operands: Operands) -> Iterator[Slot]:
    near: defaultdict[Fraction, list[str]] = defaultdict(list)
    for mention in mentions:
        near[mention.value] += mention.cues
    used = {value for value, _ in operands.roles}
    for value, role in islice(dict.fromkeys(operands.roles), MOST_USES):
        cues = near.get(value, ["untold", f"untold {value}"])
        yield Slot(kind=SlotKind.NUMBER, filler=role, cues=tuple(cues))
    for mention in mentions:
        if mention.value not in used:
            yield Slot(kind=SlotKind.NUMBER, filler=Role.UNUSED, cues=mention.cues)


def _pairs(firsts: Sequence[Mention], operands: Operands, cues: Cues) -> Iterator[Slot]:
    for (i, one), (j, other) in combinations(enumerate(firsts), 2):
        relation = operands.relations.get((one.value, other.value))
        if relation is not None:
            between = f"apart {min(j - i, _FARTHEST)}"
            near = (*(f"1{cue}" for cue in one.cues), *(f"2{cue}" for cue in other.cues))
            yield Slot(kind=SlotKind.PAIR, filler=relation, cues=(between, *near, *_asking(cues)))


def _moves(firsts: Sequence[Mention], operands: Operands, cues: Cues) -> Iterator[Slot]:
    for mention in firsts:
        direction = operands.directions.get(mention.value)
        if direction is not None:
            yield Slot(kind=SlotKind.MOVE, filler=direction, cues=(*mention.cues, *_asking(cues)))


def _asking(cues: Cues) -> Iterator[str]:
    return (f"? {cue}" for cue in cues.asking)
