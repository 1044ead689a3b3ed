"""Templates: the families, sentence forms and order of a problem, before numbers and names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random
from typing import Final

from engine.training import surface
from engine.training.blueprint import Family
from engine.training.families.catalogue import (
    CHAINS,
    COMPOSITIONS,
    DISTRACTIONS,
    HELD_OUT,
    SINGLES,
    ChainKind,
)
from engine.training.families.extremes import EXTREMES
from engine.training.problem import Split, split_of, template_digest

DISTRACTED_RATIO: Final = 1 / 3
CHAIN_RATIO: Final = 0.3
COMPOSED_RATIO: Final = 0.3
MAX_OPERATIONS: Final = 8

_MAX_CHANGES: Final = 6
_SHUFFLE_RATIO: Final = 0.4
_QUESTION_FIRST_RATIO: Final = 0.06
_IF_RATIO: Final = 0.12
_JOIN_RATIO: Final = 0.15
_JOINTS: Final = (" and ", ", and ")
_DOING_JOINTS: Final = (*_JOINTS, ", and then ", ", and after that ")
_PEOPLE: Final = re.compile(r"\{([A-E])(\??)(?:\.(his|him|he))?\}")
_EXTREME_WEIGHT: Final = 5
# A clause that says "then" itself is not joined by another "then".
_DOING: Final = re.compile(r"\{A\??\} (?!then |later |also )")
_PRONOUN: Final = re.compile(r"\{([A-E])(?:\?|\.he)\}")
# A sentence that points back would point to an aside put before it.
_POINTING: Final = re.compile(
    r"\b(?:them|it|its|they|these|that|this|so|each one|the rest|one|first|second|another|both)\b"
)
# A question that points back has nothing to point to where it comes first.
_ASKING_BACK: Final = re.compile(r"\{A\?\}|\b(?:they|them|it|is that|that make|way around)\b")
_TRAINED: Final = tuple(family for family in SINGLES if family.path not in HELD_OUT)
# So that of a hundred problems about eight have decimals and four each large or negative values.
_WEIGHTS: Final = tuple(_EXTREME_WEIGHT if family in EXTREMES else 1 for family in _TRAINED)
_UNTRAINED: Final = tuple(family for family in SINGLES if family.path in HELD_OUT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A problem before its numbers and names.

    Attributes:
        path: The families it is made of.
        masked: The surface with its choices made and its slots open.
        links: The families in order; a chain's numbers carry the index of their link.
        distracted: One sentence says nothing to the point.
    """

    path: str
    masked: str
    links: tuple[Family, ...]
    distracted: bool

    @property
    def digest(self) -> str:
        """The identity of the template: of its surface alone, its slots numbered in order.

        A surface says what is to be computed, so two families that share one share the template,
        and no surface can stand on both sides of a split.
        """
        return template_digest(canonical_surface(self.masked))

    @property
    def split(self) -> Split:
        """The split that the template belongs to."""
        return split_of(self.digest)


def draw_template(rng: Random) -> Template:
    """Draw a chain, a composed or a single family, its sentence forms and their order.

    The families of `HELD_OUT` are never drawn.
    """
    kind = rng.random()
    if kind < CHAIN_RATIO:
        return draw_chain_template(rng.choice(CHAINS), rng)
    if kind < CHAIN_RATIO + COMPOSED_RATIO:
        family = rng.choice(rng.choice(COMPOSITIONS))
    else:
        family = rng.choices(_TRAINED, _WEIGHTS)[0]
    return told_template((family,), family.path, rng)


def draw_held_out_template(rng: Random) -> Template:
    """Draw a family that no other draw gives."""
    family = rng.choice(_UNTRAINED)
    return told_template((family,), family.path, rng)


def draw_chain_template(kind: ChainKind, rng: Random) -> Template:
    """Draw links that fit together; short chains are likelier, as the lesser of two draws."""
    while True:
        n_changes = min(rng.randint(0, _MAX_CHANGES), rng.randint(0, _MAX_CHANGES))
        opening = rng.choice(kind.openings)
        changes = rng.sample(kind.changes, min(n_changes, len(kind.changes)))
        ending = rng.choice(kind.endings)
        links = (opening, *changes, ending)
        # Where nothing happened, what is left is what was told.
        is_idle = n_changes == 0 and ending.path == "left"
        if not is_idle and sum(link.n_operations for link in links) <= MAX_OPERATIONS:
            path = kind.path + "." + ">".join(link.path for link in links)
            return told_template(links, path, rng)


def told_template(links: tuple[Family, ...], path: str, rng: Random) -> Template:
    """Choose the sentence forms of links and their order."""
    distracted = rng.random() < DISTRACTED_RATIO
    clauses, ask = masked_clauses(links, rng)
    aside = surface.choose(rng.choice(DISTRACTIONS), rng) if distracted else ""
    masked = introduced(ordered(clauses, ask, rng, aside=aside))
    return Template(path=path, masked=masked, links=links, distracted=distracted)


def introduced(masked: str) -> str:
    """The text with a name where a pronoun would be the first mention of somebody."""
    known: set[str] = set()

    def name(match: re.Match[str]) -> str:
        person, _, form = match.groups()
        if person in known:
            return match.group(0)
        known.add(person)
        return f"{{{person}}}'s" if form == "his" else f"{{{person}}}"

    return _PEOPLE.sub(name, masked)


def canonical_surface(masked: str) -> str:
    """A masked surface with its slots numbered in the order of reading, whatever their names."""
    order: dict[str, int] = {}

    def number(match: re.Match[str]) -> str:
        index = order.setdefault(match.group(1), len(order))
        form = f".{match.group(3)}" if match.group(3) else ""
        return f"{{{index}{match.group(2)}{form}}}"

    return surface.SLOT.sub(number, masked)


def masked_clauses(links: tuple[Family, ...], rng: Random) -> tuple[list[str], str]:
    """The facts that the links tell, with their choices made, and the question."""
    clauses: list[str] = []
    for index, link in enumerate(links):
        told = [numbered(surface.choose(clause, rng), link, index) for clause in link.clauses]
        if link.shuffled and rng.random() < _SHUFFLE_RATIO:
            rng.shuffle(told)
        clauses += told
    return clauses, numbered(surface.choose(links[-1].ask, rng), links[-1], len(links) - 1)


def ordered(clauses: list[str], ask: str, rng: Random, *, aside: str = "") -> str:
    """Facts and question: the question last, first, or in one sentence with the last fact.

    Args:
        clauses: The facts.
        ask: The question.
        rng: Chooses the order.
        aside: Something that says nothing to the point; it becomes a sentence of its own.
    """
    way = rng.random()
    if way < _QUESTION_FIRST_RATIO and not _ASKING_BACK.search(ask):
        return " ".join([surface.sentence(ask, "?"), *_told(clauses, rng, aside)])
    asks_if = way < _QUESTION_FIRST_RATIO + _IF_RATIO and not ask.startswith("in ")
    if asks_if and clauses and ". " not in clauses[-1]:
        last = f"if {clauses[-1].rstrip(',')}, {ask}"
        return " ".join([*_told(clauses[:-1], rng, aside), surface.sentence(last, "?")])
    return " ".join([*_told(clauses, rng, aside), surface.sentence(ask, "?")])


def numbered(text: str, link: Family, index: int) -> str:
    """The slots of a link's numbers under names that no other link uses."""

    def rename(match: re.Match[str]) -> str:
        if match.group(1) not in link.roles:
            return match.group(0)
        form = f".{match.group(3)}" if match.group(3) else ""
        return f"{{{match.group(1)}{index}{form}}}"

    return surface.SLOT.sub(rename, text)


def _told(clauses: list[str], rng: Random, aside: str) -> list[str]:
    """Clauses as sentences, now and then two in one."""
    places = [p for p in range(len(clauses)) if p == 0 or not _POINTING.search(clauses[p])]
    place = rng.choice([*places, len(clauses)]) if aside else -1
    told: list[str] = []
    for index, clause in enumerate(clauses):
        if index == place:
            # Whoever was spoken of before is named again, so that no pronoun means somebody else.
            named = _PRONOUN.sub(r"{\1}", clause, count=1)
            told += [surface.sentence(aside), surface.sentence(named.rstrip(","))]
        elif told and rng.random() < _JOIN_RATIO and not clause.startswith("then"):
            joints = _DOING_JOINTS if _DOING.match(clause) else _JOINTS
            told[-1] = f"{told[-1][:-1]}{rng.choice(joints)}{clause}."
        else:
            told.append(surface.sentence(clause.rstrip(",")))
    return [*told, surface.sentence(aside)] if place == len(clauses) else told
