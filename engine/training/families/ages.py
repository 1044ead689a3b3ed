"""Problems about ages, composed: a told age, one or two comparisons, and the time asked about.

Somebody's age is told; a second person is compared with the first (older, younger, some times as
old, a part as old), and in some families a third with the second. Asked is an age now, later or
in the past, what the ages come to together, or how far they lie apart. Every comparison is crossed
with every question that needs it and is not left out: an age in some years straight after a
multiple, and ages added up in some years after one, belong to a held-out family.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random
from typing import Final

from engine.training.blueprint import Draw, Family, computed, one_of, span
from engine.training.surface import SLOT

# `age.multiple` is held out (`HELD_OUT` of the catalogue): what a model does on an age in some
# years of somebody whose age is told as a multiple must stay a measure of composing.
_HELD_OUT_PAIRS: Final = frozenset({("times", "later"), ("times", "sum_later")})
# A part undoes a multiple, so the third person could be as old as the first.
_UNDOING: Final = frozenset({("times", "half"), ("half", "times")})

_TWO: Final = "{B} and {C}"
_THREE: Final = "{B}, {C} and {D}"
_EVERY: Final = ("older", "younger", "times", "half")
_YOUNGEST: Final = 2
_OLDEST: Final = 95
_LONGEST: Final = 20
_APPLIED: Final = {"+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv}

# Who is told of is B, C and D: a sentence that begins with A may be joined by "and then".
_TOLD: Final = (
    "[{B} is {x}[| now| today| years old| years old now| years of age]|{B} is "
    "[currently|now|already] {x}[| years old]|{B} [turned {x} [this year|last week]|has just "
    "turned {x}]|{B}'s [age|present age|current age] is {x}[| years]|{B} has lived for {x} years"
    "|the age of {B} is {x}[| years]|{B}, who [had|celebrated] a birthday [last "
    "week|yesterday|this month], is now {x}[| years old]|{B} was born exactly {x} years ago]"
)
_OLDER: Final = (
    "[{C} is {f} years older than {B}[| is]|{C} is older than {B} by {f} years|{B} is {f} years "
    "younger than {C}[| is]|{B} is younger than {C} by {f} years|{C} was born {f} years before {B}"
    "[| was]|{C} was [|already ]{f} years old when {B} was born|there are {f} years between {C} "
    "and {B}, with {C} the older[| one| of the two]|{C} is {f} years {B}'s senior|{C}'s age is "
    "{f} [|years ]more than {B}'s[| age]|adding {f} [|years ]to {B}'s age gives {C}'s[| age]"
    "|{B} was born {f} years after {C}[| was]|{C}'s age is {B}'s age plus {f}[| years]]"
)
_YOUNGER: Final = (
    "[{C} is {f} years younger than {B}[| is]|{C} is younger than {B} by {f} years|{B} is {f} "
    "years older than {C}[| is]|{B} is older than {C} by {f} years|{C} was born {f} years after "
    "{B}[| was]|{B} was [|already ]{f} years old when {C} was born|there are {f} years between "
    "{B} and {C}, with {C} the younger[| one| of the two]|{C} is {f} years {B}'s junior|{C}'s "
    "age is {f} [|years ]less than {B}'s[| age]|taking {f} [|years ]away from {B}'s age gives "
    "{C}'s[| age]|{B} was born {f} years before {C}[| was]|{C}'s age is {B}'s age minus {f}"
    "[| years]]"
)
_TIMES: Final = (
    "[{C} is {f.times} as old as {B}[| is]|{C}'s age is {f.times} {B}'s[| age]|{C} is {f.fold} "
    "{B}'s age|{C} is {f.fold} the age of {B}|{C} has lived {f.times} as long as {B}[| has]"
    "|multiplying {B}'s age by {f} gives {C}'s[| age]|for every year that {B} has lived, {C} has "
    "lived {f}|{B} is {f.part} as old as {C}[| is]|{B}'s age is {f.part} of {C}'s[| age]|the age "
    "of {C} is {f.times} that of {B}|{C}'s age is {B}'s age times {f}]"
)
_HALF: Final = (
    "[{C} is {f.part} as old as {B}[| is]|{C}'s age is {f.part} of {B}'s[| age]|{C} is {f.part} "
    "the age of {B}|{C} is only {f.part} as old as {B}[| is]|{C} has lived {f.part} as long as "
    "{B}[| has]|dividing {B}'s age by {f} gives {C}'s[| age]|for every {f} years that {B} has "
    "lived, {C} has lived one year|the age of {C} is {f.part} that of {B}|{C}'s age is {B}'s age "
    "divided by {f}]"
)
_TURNED: Final = (
    "[{B} is {f.times} as old as {C}[| is]|{B}'s age is {f.times} {C}'s[| age]|{B} is {f.fold} "
    "{C}'s age|{B} has lived {f.times} as long as {C}[| has]|multiplying {C}'s age by {f} gives "
    "{B}'s[| age]]"
)
_NOW: Final = (
    "[how old is {C}[| now| today]|what is {C}'s [|present |current ]age|what is the age of {C}"
    "|how many years old is {C}|what age is {C}[| now]]"
)
_LATER: Final = (
    "[how old will {C} be [in {n} years|{n} years from now|in {n} years' time|after {n} more "
    "years|when {n} more years have passed]|how old is {C} going to be [in {n} years|{n} years "
    "from now]|what will {C}'s age be [in {n} years|{n} years from now]|in {n} years, [how old "
    "will {C} be|what will {C}'s age be]|what age will {C} [be|have reached] in {n} years|how "
    "many years old will {C} be in {n} years]"
)
_AGO: Final = (
    "[how old was {C} {n} years [ago|back]|what was {C}'s age {n} years [ago|back]|what age was "
    "{C} {n} years ago|how many years old was {C} {n} years ago|how old must {C} have been {n} "
    "years ago|what was the age of {C} {n} years ago]"
)
_GAP: Final = (
    "[by how many years is {C} older than {B}|how many years older than {B} is {C}|how many "
    "years older is {C} than {B}|how many years younger than {C} is {B}|by how many years is {B} "
    "younger than {C}|what is the difference between the ages of {C} and {B}[| in years]|how many "
    "years lie between the ages of {C} and {B}|how many years apart are {C} and {B}[| in age]|how "
    "much older, in years, is {C} than {B}]"
)
_SUM: Final = (
    "[how old are {C} [together|altogether|combined]|what is the [sum|total] of the ages of {C}"
    "|what do the ages of {C} [add up to|come to together]|what is the [combined|total] age of {C}"
    "|how many years do the ages of {C} make together|what total do the ages of {C} give]"
)
_WHEN: Final = "[in {n} years|{n} years from now|after {n} more years]"
_SUM_LATER: Final = (
    f"[how old will {{C}} be together {_WHEN}|what will the [sum|total] of the ages of {{C}} be "
    f"{_WHEN}|what will the ages of {{C}} [add up to|come to together] {_WHEN}|in {{n}} years, "
    "what will [the ages of {C} [add up to|come to together]|be the [sum|total] of the ages of "
    f"{{C}}]|what will the [combined|total] age of {{C}} be {_WHEN}]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Relation:
    """How one person's age compares with another's.

    Attributes:
        name: Its part of a path.
        sign: What it does to the other's age.
        first_age: The age that is told, where it is the first comparison.
        number: How its number is drawn.
        told: Its sentence forms: C compared with B by `f`.
        turned: Forms that tell the other as a multiple, so none of a question about later.
    """

    name: str
    sign: str
    first_age: Draw
    number: Draw
    told: str
    turned: str = ""

    def age(self, other: str, number: str) -> Draw:
        """The age that follows from another age; none that is not whole or hardly anybody has."""

        def rule(known: Mapping[str, Fraction]) -> Fraction:
            value = _APPLIED[self.sign](known[other], known[number])
            is_age = value.denominator == 1 and _YOUNGEST <= value <= _OLDEST
            return value if is_age else Fraction(0)

        return computed(rule)

    def clause(self, asked: _Asked) -> str:
        """Its sentence form in a problem that asks something."""
        is_turned = self.turned and "later" not in asked.name
        return f"[{self.told}|{self.told}|{self.turned}]" if is_turned else self.told


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """What is asked after the last comparison.

    Attributes:
        name: Its part of a path.
        form: Its sentence form.
        end: The last statements, over the ages `x`, `a` and, of a third person, `c`.
        after: The last comparisons that it is asked after.
        roles: How the years are drawn.
        meanings: What its own statements mean.
    """

    name: str
    form: str
    end: str
    after: tuple[str, ...] = _EVERY
    roles: Mapping[str, Draw] = field(default_factory=dict[str, Draw])
    meanings: Mapping[str, str] = field(default_factory=dict[str, str])


def _renamed(form: str, slots: str, others: str) -> str:
    """A sentence form with other slots in the place of some of its own."""
    names = dict(zip(slots, others, strict=True))
    return SLOT.sub(lambda slot: slot[0].replace(slot[1], names.get(slot[1], slot[1]), 1), form)


def _ahead(rng: Random, known: Mapping[str, Fraction]) -> Fraction | None:
    """Years to come that make nobody too old."""
    most = min(_LONGEST, _OLDEST - int(max(known.values())))
    return Fraction(rng.randint(2, most)) if most > 1 else None


def _back(rng: Random, known: Mapping[str, Fraction]) -> Fraction | None:
    """Years gone by since when whoever is asked about was at least a year old."""
    most = min(_LONGEST, int(known.get("q", known["p"])) - 1)
    return Fraction(rng.randint(2, most)) if most > 1 else None


_RELATIONS: Final = (
    _Relation(name="older", sign="+", first_age=span(4, 40), number=span(2, 30), told=_OLDER),
    _Relation(name="younger", sign="-", first_age=span(8, 75), number=span(2, 30), told=_YOUNGER),
    _Relation(
        name="times", sign="*", first_age=span(4, 30), number=one_of(2, 2, 2, 3, 3, 4), told=_TIMES
    ),
    _Relation(
        name="half",
        sign="/",
        first_age=span(16, 80, 2),
        number=one_of(2, 3),
        told=_HALF,
        turned=_TURNED,
    ),
)
_AFTER_ONE: Final = (
    _Asked(name="later", form=_LATER, end="a+n", roles={"n": _ahead}),
    _Asked(name="ago", form=_AGO, end="a-n", roles={"n": _back}),
    _Asked(name="sum", form=_SUM.replace("{C}", _TWO), end="x+a"),
    _Asked(
        name="sum_later",
        form=_SUM_LATER.replace("{C}", _TWO),
        end="b=x+n;c=a+n;b+c",
        roles={"n": _ahead},
        meanings={"b": _renamed(_LATER, "C", "B"), "c": _LATER},
    ),
    # The gap after a difference is the difference.
    _Asked(name="gap", form=_GAP, end="a-x", after=("times",)),
    _Asked(name="gap", form=_renamed(_GAP, "BC", "CB"), end="x-a", after=("half",)),
)
# All but "now" come after two of the second comparisons only, so that no kind outnumbers others.
_AFTER_TWO: Final = (
    _Asked(name="now", form=_renamed(_NOW, "C", "D"), end="c"),
    _Asked(
        name="later",
        form=_renamed(_LATER, "C", "D"),
        end="c+n",
        after=("older", "half"),
        roles={"n": _ahead},
    ),
    _Asked(
        name="ago",
        form=_renamed(_AGO, "C", "D"),
        end="c-n",
        after=("times", "half"),
        roles={"n": _back},
    ),
    _Asked(
        name="sum",
        form=_SUM.replace("{C}", _THREE),
        end="e=x+a;e+c",
        after=("younger", "times"),
        meanings={"e": _SUM.replace("{C}", _TWO)},
    ),
)


def _after_one(first: _Relation, asked: _Asked) -> Family:
    """One comparison and what is asked after it."""
    return Family(
        path=f"age_of.{first.name}_{asked.name}",
        roles={"x": first.first_age, "f": first.number, "p": first.age("x", "f"), **asked.roles},
        clauses=(_TOLD, first.clause(asked)),
        ask=asked.form,
        program=f"a=x{first.sign}f;{asked.end}",
        shuffled=True,
        meanings={"a": _NOW, **asked.meanings},
    )


def _after_two(first: _Relation, second: _Relation, asked: _Asked) -> Family:
    """Two comparisons, one on the other, and what is asked after them."""
    one = _after_one(first, asked)
    last = f"a{second.sign}g"
    return Family(
        path=f"age_of.{first.name}_{second.name}_{asked.name}",
        roles={
            **{role: draw for role, draw in one.roles.items() if role not in asked.roles},
            "g": second.number,
            "q": second.age("p", "g"),
            **asked.roles,
        },
        clauses=(*one.clauses, _renamed(second.clause(asked), "BCf", "CDg")),
        ask=asked.form,
        program=f"a=x{first.sign}f;" + (last if asked.end == "c" else f"c={last};{asked.end}"),
        shuffled=True,
        meanings={**one.meanings, "c": _renamed(_NOW, "C", "D")},
    )


def _fit(last: _Relation, questions: tuple[_Asked, ...]) -> tuple[_Asked, ...]:
    """The questions that are asked after a comparison, without those held out."""
    return tuple(
        asked
        for asked in questions
        if last.name in asked.after and (last.name, asked.name) not in _HELD_OUT_PAIRS
    )


AGES: Final = (
    *(_after_one(first, asked) for first in _RELATIONS for asked in _fit(first, _AFTER_ONE)),
    *(
        _after_two(first, second, asked)
        for first in _RELATIONS
        for second in _RELATIONS
        if first is not second and (first.name, second.name) not in _UNDOING
        for asked in _fit(second, _AFTER_TWO)
    ),
)
