"""Generated word problems: numbers and names that make a template come out right."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from random import Random
from typing import Final

from engine.domain.program import (
    Expression,
    Name,
    Number,
    Operation,
    Program,
    ProgramError,
    Statement,
    execute,
    parse_program,
)
from engine.training import surface, words
from engine.training.blueprint import Family
from engine.training.expression import replace_names
from engine.training.problem import Split, WordProblem
from engine.training.template import Template, draw_held_out_template, draw_template, numbered

_MAX_TRIES: Final = 12
# An amount of money has two decimals, and so has every step on the way to one.
_MAX_DENOMINATOR: Final = 100
_LINK_MARK: Final = "_"
_ONE: Final = re.compile(
    r"(?<![\w.,:/-])(?<!ach )(?<!the )(?<!other )(?<!very )(?<!that )"
    r"((?:1|[Oo]ne) (?:more |extra |other |new |full |whole )?)"
    r"([a-z]+s|children|people|feet)\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """What stands for the open slots of a template.

    Attributes:
        program: Over the numbers that were drawn.
        slots: Names, things and numbers by the names of their slots.
    """

    program: Program
    slots: Mapping[str, surface.Filler]

    def tell(self, masked: str, rng: Random) -> str:
        """A masked surface with its slots filled."""
        return _tidy(surface.fill(masked, self.slots, rng))


def draw_problem(rng: Random, split: Split) -> WordProblem:
    """Draw one problem whose template belongs to a split; never of a held-out family."""
    while True:
        template = draw_template(rng)
        problem = _first_instance(template, rng) if template.split is split else None
        if problem is not None:
            return problem


def draw_held_out(rng: Random) -> WordProblem:
    """Draw one problem of a family that is trained on nowhere, of any template of it."""
    while True:
        problem = _first_instance(draw_held_out_template(rng), rng)
        if problem is not None:
            return problem


def instantiate(template: Template, rng: Random) -> WordProblem | None:
    """Draw numbers and names for a template; None when the numbers do not come out right."""
    instance = draw_instance(template.links, rng)
    if instance is None:
        return None
    return WordProblem(
        question=instance.tell(template.masked, rng),
        program=instance.program,
        source="generated",
        family=template.path,
        template=template.digest,
        distracted=template.distracted,
        meanings=_meanings(template.links, instance, rng),
    )


def draw_instance(links: tuple[Family, ...], rng: Random) -> Instance | None:
    """Draw what stands for the slots of links; None when the numbers do not come out right."""
    numbers: dict[str, Fraction] = {}
    statements: list[Statement] = []
    running: Fraction | None = None
    for index, link in enumerate(links):
        drawn = _draw_numbers(link, running, rng)
        if drawn is None:
            return None
        numbers |= {f"{name}{index}": value for name, value in drawn.items()}
        statements += _placed(link, drawn, index, statements[-1].name if statements else "")
        running = _checked_value(Program(statements=tuple(statements)), link)
        if running is None:
            return None
    program = _without_copies(tuple(statements))
    if not any(isinstance(s.expression, Operation) for s in program.statements):
        return None
    numbers["z"] = Fraction(rng.randint(2, 90))
    return Instance(program=program, slots=_cast(rng) | numbers)


def program_of(links: tuple[Family, ...], slots: Mapping[str, surface.Filler]) -> Program:
    """The program of links over the numbers of their slots, `x0` for the `x` of the first."""
    statements: list[Statement] = []
    for index, link in enumerate(links):
        found = {role: slots[f"{role}{index}"] for role in link.roles}
        drawn = {role: value for role, value in found.items() if isinstance(value, Fraction)}
        statements += _placed(link, drawn, index, statements[-1].name if statements else "")
    return Program(statements=tuple(statements))


def _first_instance(template: Template, rng: Random) -> WordProblem | None:
    tries = (instantiate(template, rng) for _ in range(_MAX_TRIES))
    return next((problem for problem in tries if problem is not None), None)


def _meanings(links: tuple[Family, ...], instance: Instance, rng: Random) -> dict[str, str]:
    """What the statements of a program are called, for those that have a name."""
    found: dict[str, str] = {}
    for statement in instance.program.statements:
        name, _, index = statement.name.rpartition(_LINK_MARK)
        link = links[int(index)]
        if name in link.meanings:
            masked = numbered(surface.choose(link.meanings[name], rng), link, int(index))
            found[statement.name] = instance.tell(surface.sentence(masked, "?"), rng)
    return found


def _draw_numbers(
    link: Family, running: Fraction | None, rng: Random
) -> dict[str, Fraction] | None:
    known: dict[str, Fraction] = {} if running is None else {"v": running}
    for role, draw in link.roles.items():
        value = draw(rng, known)
        if value is None or _MAX_DENOMINATOR % value.denominator:
            return None
        known[role] = value
    known.pop("v", None)
    return known


def _placed(
    link: Family, drawn: Mapping[str, Fraction], index: int, running: str
) -> list[Statement]:
    """The statements of a link, over its numbers and the name of the running value."""
    replaced: dict[str, Expression] = {k: Number(value=v) for k, v in drawn.items()}
    if running:
        replaced["v"] = Name(name=running)
    placed: list[Statement] = []
    for statement in _parsed(link.program).statements:
        name = f"{statement.name}{_LINK_MARK}{index}"
        expression = replace_names(statement.expression, replaced)
        placed.append(Statement(name=name, expression=expression))
        replaced[statement.name] = Name(name=name)
    return placed


@cache
def _parsed(program: str) -> Program:
    # A bare last expression is the answer of a family that needs no name for it.
    parts = program.split(";")
    if "=" not in parts[-1]:
        parts[-1] = f"answer={parts[-1]}"
    return parse_program(";".join(parts))


def _checked_value(program: Program, link: Family) -> Fraction | None:
    """The last value, if every value is one that such a problem may have."""
    try:
        result = execute(program)
    except ProgramError:
        return None
    for value in result.bindings.values():
        is_allowed = value != 0 if link.signed else value > 0
        if not is_allowed or value > link.cap or (link.whole and value.denominator != 1):
            return None
        if _MAX_DENOMINATOR % value.denominator:
            return None
    return result.value


def _without_copies(statements: tuple[Statement, ...]) -> Program:
    """The program without statements that only rename a number or another statement."""
    replaced: dict[str, Expression] = {}
    kept: list[Statement] = []
    for statement in statements:
        expression = replace_names(statement.expression, replaced)
        if isinstance(expression, Name | Number):
            replaced[statement.name] = expression
        else:
            kept.append(Statement(name=statement.name, expression=expression))
    return Program(statements=tuple(kept) or statements)


def _cast(rng: Random) -> dict[str, surface.Filler]:
    people = words.draw_people(rng)
    item, item2, item3 = (words.draw_thing(rng) for _ in range(3))
    return {
        **people,
        "item": item,
        "item2": item2 if item2 != item else words.draw_animal(rng),
        "item3": item3,
        "box": words.draw_container(rng),
        "place": words.draw_place(rng),
        "group": words.draw_group(rng),
        "animal": words.draw_animal(rng),
        **words.draw_kept_words(rng),
    }


def _tidy(text: str) -> str:
    """Capitals where sentences begin, no doubled blanks, and one thing in the singular."""
    text = re.sub(r"\s+([.,?])", r"\1", re.sub(r" {2,}", " ", text))
    text = _ONE.sub(_singular, text)
    return re.sub(r"(^|[.?] )([a-z])", lambda match: match.group(1) + match.group(2).upper(), text)


def _singular(match: re.Match[str]) -> str:
    count, word = match.groups()
    return count + (words.singular(word) if words.is_plural(word) else word)
