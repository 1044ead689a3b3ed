"""Ladders of comparison: one person holds so many, a second is compared with the first, and so on.

Composed of a table of relations (what a step says of two people and what it computes), a table of
deeds (what all of them did with the things, so that one story keeps to one verb) and three
questions: what the last one holds, what all hold together, how far the first and the last are
apart. A multiple of what was just increased is left out, see `_LEFT_OUT`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, product
from operator import add, mul, sub, truediv
from typing import Final, TypeAlias

from engine.training.blueprint import Draw, Family, below, computed, divisor, one_of, span
from engine.training.families import phrase

_Steps: TypeAlias = "tuple[_Relation, ...]"

# {A} comes last: a clause that {A} begins may be joined by "and then", which suits no comparison.
_PEOPLE: Final = ("{B}", "{C}", "{D}", "{A}")
# Letters by the index of a step: the number of each operation, what the person compared holds, a
# value half-way to it, and what is held as a role that no clause tells.
_LETTERS: Final = {"+": "fgh", "-": "fgh", "*": "kmn", "/": "kmn"}
_HELD: Final = "bcd"
_HALFWAY: Final = "qrs"
_HIDDEN: Final = "ij"
_SUMS: Final = {2: "t=x+b;t+c", 3: "t=x+b;u=t+c;u+d"}
_NUMBERS: Final = {3: "three", 4: "four"}
_OPERATE: Final = {"+": add, "-": sub, "*": mul, "/": truediv}
_TOGETHER: Final = "[altogether|in total|in all]"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Deed:
    """What the people have to do with the things; readings of its verb mean the same."""

    does: str
    base: str
    aux: str
    passive: str


def _past(did: str, base: str) -> _Deed:
    return _Deed(does=did, base=base, aux="did", passive=f"were {did}")


_HAS: Final = _Deed(does="[has|has|owns]", base="have", aux="does", passive="are owned")
_DEEDS: Final = (
    *(_HAS, _past("sold", "sell"), _past("[collected|gathered]", "collect")),
    *(_HAS, _past("[bought|purchased]", "buy"), _past("found", "find"), _past("packed", "pack")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """One step of a ladder: the slots of two people and two numbers, and how the things follow."""

    deed: _Deed
    who: str
    other: str
    added: str
    factor: str
    things: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Relation:
    """How the next person compares: the operations on the value before, and a sentence form."""

    name: str
    signs: str
    tell: Callable[[_Step], str]


def _apart(step: _Step, high: str, low: str) -> str:
    """Two people a number apart; either may be the one spoken of."""
    does, passive, n, things = step.deed.does, step.deed.passive, step.added, step.things
    aux = f"[| {step.deed.aux}]"
    differs = "[more|higher|greater]" if step.who == high else "[less|lower|smaller]"
    return (
        f"[{high} {does} {n} more{things} than {low}{aux}"
        f"|{low} {does} {n} fewer{things} than {high}{aux}"
        f"|{high} {does} {n} {{item}} more than {low}{aux}"
        f"|{low} {does} {n} {{item}} fewer than {high}{aux}"
        f"|{high} {does} as many {{item}} as {low}{aux}, plus {n} more"
        f"|{n} more {{item}} {passive} by {high} than by {low}"
        f"|{n} fewer {{item}} {passive} by {low} than by {high}"
        f"|the number of {{item}} that {step.who} {does} is {n} {differs} than the number that"
        f" {step.other} {does}]"
    )


def _times(step: _Step) -> str:
    who, other, does, k = step.who, step.other, step.deed.does, f"{{{step.factor}}}"
    times, fold = f"{{{step.factor}.times}}", f"{{{step.factor}.fold}}"
    as_many = f"{who} {does} {times} as many{step.things} as {other}[| {step.deed.aux}]"
    return (
        f"[{as_many}|{as_many}|{who} {does} {fold} the number of {{item}} that {other} {does}"
        f"|the number of {{item}} that {who} {does} is {fold} the number that {other} {does}"
        f"|{times} as many {{item}} {step.deed.passive} by {who} as by {other}"
        f"|{who} {does} {k} {{item}} for every {{item.one}} that {other} {does}"
        f"|for every {{item.one}} that {other} {does}, {who} {does} {k}]"
    )


def _part(step: _Step) -> str:
    who, other, does, k = step.who, step.other, step.deed.does, f"{{{step.factor}}}"
    part = f"{{{step.factor}.part}}"
    return (
        f"[{who} {does} [|only ]{part} as many{step.things} as {other}[| {step.deed.aux}]"
        f"|{who} {does} {part} of the number of {{item}} that {other} {does}"
        f"|the number of {{item}} that {who} {does} is {part} of the number that {other} {does}"
        f"|{part} as many {{item}} {step.deed.passive} by {who} as by {other}"
        f"|{who} {does} one {{item.one}} for every {k} {{item}} that {other} {does}"
        f"|for every {k} {{item}} that {other} {does}, {who} {does} [only |just |]one]"
    )


def _times_more(step: _Step) -> str:
    who, other, does, n = step.who, step.other, step.deed.does, step.added
    times, fold = f"{{{step.factor}.times}}", f"{{{step.factor}.fold}}"
    return (
        f"[{who} {does} {n} more than {times} as many{step.things} as {other}"
        f"|{who} {does} {n} more than {fold} the number of {{item}} that {other} {does}"
        f"|{who} {does} {times} as many{step.things} as {other}, plus {n} more"
        f"|{who} {does} {n} {{item}} more than {times} as many as {other}[| {step.deed.aux}]"
        f"|{who} {does} {fold} the number of {{item}} that {other} {does}, plus {n} more"
        f"|the number of {{item}} that {who} {does} is {n} more than {fold} the number that"
        f" {other} {does}]"
    )


_RELATIONS: Final = (
    _Relation(name="more", signs="+", tell=lambda step: _apart(step, step.who, step.other)),
    _Relation(name="fewer", signs="-", tell=lambda step: _apart(step, step.other, step.who)),
    _Relation(name="times", signs="*", tell=_times),
    _Relation(name="part", signs="/", tell=_part),
    _Relation(name="times_more", signs="*+", tell=_times_more),
)
# A multiple of what was just increased is the held-out family group.three_more; a step that only
# ends or begins so would teach the same two statements.
_LEFT_OUT: Final = frozenset(product(("more", "times_more"), ("times", "times_more")))
_PAIRS: Final = tuple(" ".join(p) for p in product(("more", "fewer", "times", "part"), repeat=2))
# For `difference` all grow or all shrink, so that its sign is sure, and one of them scales, for
# else the first fact would be idle.
_CHOSEN: Final = {
    "last": (
        *_PAIRS,
        *("fewer times_more", "part times_more", "times_more fewer", "times more part"),
        *("times fewer more", "fewer times more", "part more fewer", "more fewer times"),
        *("fewer part more", "more part times_more"),
    ),
    "all": (
        *("times more", "fewer times", "more part", "part fewer", "times_more fewer"),
        *("times more fewer", "part more more", "more part times"),
    ),
    "difference": (
        *("times more", "times times", "fewer part", "part fewer", "times times more"),
        "fewer part fewer",
    ),
}


def _holds(deed: _Deed) -> str:
    who, does = _PEOPLE[0], deed.does
    return (
        f"[{who} {does} [||exactly |a total of ]{{x}} {{item}}"
        f"|[|a total of ]{{x}} {{item}} {deed.passive} by {who}"
        f"|the number of {{item}} that {who} {does} is {{x}}]"
    )


def _clauses(steps: _Steps, deed: _Deed, *, shuffled: bool) -> tuple[str, ...]:
    told = [_holds(deed)]
    things = " {item}" if shuffled else "[| {item}]"
    for index, relation in enumerate(steps):
        other, who = _PEOPLE[index : index + 2]
        added, factor = f"{{{_LETTERS['+'][index]}}}", _LETTERS["*"][index]
        step = _Step(deed=deed, who=who, other=other, added=added, factor=factor, things=things)
        told.append(relation.tell(step))
    return tuple(told)


def _ask_held(deed: _Deed, who: str) -> str:
    if deed is _HAS:
        return phrase.ask_held(who.strip("{}"))
    aux, base = deed.aux, deed.base
    return (
        f"[how many {{item}} {aux} {who} {base}|what number of {{item}} {aux} {who} {base}"
        f"|how many {aux} {who} {base}|what is the number of {{item}} that {who} {deed.does}"
        f"|how many {{item}} {deed.passive} by {who}"
        f"|how many of the {{item}} {deed.passive} by {who}]"
    )


def _ask_all(deed: _Deed, people: tuple[str, ...]) -> str:
    number = _NUMBERS[len(people)]
    if deed is _HAS:
        return phrase.ask_together(f"the {number} of them")
    names = f"{', '.join(people[:-1])} and {people[-1]}"
    they = f"[they|the {number} of them|{names}]"
    return (
        f"[how many {{item}} did {they} {deed.base} [{_TOGETHER}|combined]"
        f"|{_TOGETHER}, how many {{item}} did {they} {deed.base}"
        f"|how many {{item}} {deed.passive} {_TOGETHER}|what is the total number of {{item}}"
        f"[| that {they} {deed.does}]|how many {{item}} is that {_TOGETHER}]"
    )


def _ask_difference(deed: _Deed, high: str, low: str) -> str:
    aux, base = deed.aux, deed.base
    return (
        f"[how many more {{item}} {aux} {high} {base} than {low}"
        f"|how many fewer {{item}} {aux} {low} {base} than {high}"
        f"|how many {{item}} more than {low} {aux} {high} {base}"
        f"|how many {{item}} fewer than {high} {aux} {low} {base}"
        f"|how many more {{item}} {deed.passive} by {high} than by {low}"
        f"|what is the difference between the number of {{item}} that {high} {deed.does} and the"
        f" number that {low} {deed.does}]"
    )


def _reached(relation: _Relation, before: str, index: int) -> Draw:
    """How many somebody holds after a step, so that a later step comes out even."""

    def rule(known: Mapping[str, Fraction]) -> Fraction:
        value = known[before]
        for sign in relation.signs:
            value = _OPERATE[sign](value, known[_LETTERS[sign][index]])
        return value

    return computed(rule)


def _roles(steps: _Steps) -> dict[str, Draw]:
    roles: dict[str, Draw] = {"x": span(8, 96, 4 if steps[0].signs == "/" else 1)}
    before = "x"
    for index, relation in enumerate(steps):
        draws = {"+": span(2, 40), "-": below(before, 2), "*": one_of(2, 2, 3, 4, 5)}
        draws["/"] = divisor(before, 2, 6)
        roles |= {_LETTERS[sign][index]: draws[sign] for sign in relation.signs}
        if index < len(steps) - 1:
            roles[_HIDDEN[index]] = _reached(relation, before, index)
            before = _HIDDEN[index]
    return roles


def _statements(steps: _Steps) -> list[str]:
    statements: list[str] = []
    before = "x"
    for index, relation in enumerate(steps):
        names = (_HALFWAY[index] + _HELD[index])[-len(relation.signs) :]
        for sign, name in zip(relation.signs, names, strict=True):
            statements.append(f"{name}={before}{sign}{_LETTERS[sign][index]}")
            before = name
    return statements


def _question(steps: _Steps, asked: str, deed: _Deed) -> tuple[str, list[str]]:
    """The question, and what it computes from what everybody holds."""
    first, last, held = _PEOPLE[0], _PEOPLE[len(steps)], _HELD[len(steps) - 1]
    if asked == "last":
        return _ask_held(deed, last), []
    if asked == "all":
        return _ask_all(deed, _PEOPLE[: len(steps) + 1]), [_SUMS[len(steps)]]
    if steps[-1].signs[0] in "+*":
        return _ask_difference(deed, last, first), [f"{held}-x"]
    return _ask_difference(deed, first, last), [f"x-{held}"]


def _ladder(steps: _Steps, asked: str, deed: _Deed, *, shuffled: bool) -> Family:
    ask, closing = _question(steps, asked, deed)
    named = zip(_HELD[: len(steps) - (asked == "last")], _PEOPLE[1:], strict=False)
    return Family(
        path=".".join(["ladder", *(relation.name for relation in steps), asked]),
        roles=_roles(steps),
        clauses=_clauses(steps, deed, shuffled=shuffled),
        ask=ask,
        program=";".join([*_statements(steps), *closing]),
        shuffled=shuffled,
        needs_all=asked != "all",
        meanings={h: f"how many {{item}} {deed.aux} {who} {deed.base}" for h, who in named},
    )


def _composed() -> Iterator[Family]:
    """The ladders chosen; deeds and orders take turns, so that neither goes with a relation."""
    chosen = [(asked, names.split()) for asked, told in _CHOSEN.items() for names in told]
    for index, (asked, names) in enumerate(chosen):
        if _LEFT_OUT.isdisjoint(pairwise(names)):
            steps = tuple(r for name in names for r in _RELATIONS if r.name == name)
            deed = _DEEDS[index % len(_DEEDS)]
            yield _ladder(steps, asked, deed, shuffled=index % 2 == 1)


LADDERS: Final = tuple(_composed())
