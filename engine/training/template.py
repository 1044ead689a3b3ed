"""Templates: the families, sentence forms and order of a problem, before numbers and names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from random import Random
from typing import Final

from engine.training import surface
from engine.training.blueprint import Family
from engine.training.families.catalogue import CHAINS, DISTRACTIONS, SINGLES
from engine.training.problem import Split, split_of, template_digest

DISTRACTED_RATIO: Final = 1 / 3
CHAIN_RATIO: Final = 0.5

_N_CHANGES: Final = (0, 1, 2, 3)
_SHUFFLE_RATIO: Final = 0.4
_QUESTION_FIRST_RATIO: Final = 0.06
_IF_RATIO: Final = 0.12
_JOIN_RATIO: Final = 0.15
_JOINTS: Final = (" and ", ", and ", ", and then ", ", while ")


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
        """The identity of the template, from its path, its program and its masked surface."""
        programs = ";".join(link.program for link in self.links)
        return template_digest(f"{self.path}|{programs}|{self.masked}")

    @property
    def split(self) -> Split:
        """The split that the template belongs to."""
        return split_of(self.digest)


def draw_template(rng: Random) -> Template:
    """Draw a chain or a single family, its sentence forms and their order."""
    if rng.random() < CHAIN_RATIO:
        links, path = _draw_chain(rng)
    else:
        links = (rng.choice(SINGLES),)
        path = links[0].path
    distracted = rng.random() < DISTRACTED_RATIO
    masked = _masked_surface(links, rng, distracted=distracted)
    return Template(path=path, masked=masked, links=links, distracted=distracted)


def _draw_chain(rng: Random) -> tuple[tuple[Family, ...], str]:
    """Links and their path; short chains are likelier, as the lesser of two draws."""
    kind = rng.choice(CHAINS)
    n_changes = min(rng.choice(_N_CHANGES), rng.choice(_N_CHANGES))
    opening = rng.choice(kind.openings)
    changes = rng.sample(kind.changes, n_changes)
    ending = rng.choice(kind.endings)
    if n_changes == 0 and ending.path == "left":
        # Nothing happened, so what is left would be what was told.
        ending = rng.choice(kind.endings[1:])
    links = (opening, *changes, ending)
    return links, kind.path + "." + ">".join(link.path for link in links)


def _masked_surface(links: tuple[Family, ...], rng: Random, *, distracted: bool) -> str:
    clauses: list[str] = []
    for index, link in enumerate(links):
        told = [_numbered(surface.choose(clause, rng), link, index) for clause in link.clauses]
        if link.shuffled and rng.random() < _SHUFFLE_RATIO:
            rng.shuffle(told)
        clauses += told
    ask = _numbered(surface.choose(links[-1].ask, rng), links[-1], len(links) - 1)
    if distracted:
        place = rng.randint(0, len(clauses))
        clauses.insert(place, surface.choose(rng.choice(DISTRACTIONS), rng))
    return _ordered(clauses, ask, rng)


def _ordered(clauses: list[str], ask: str, rng: Random) -> str:
    """Facts and question: the question last, first, or in one sentence with the last fact."""
    way = rng.random()
    if way < _QUESTION_FIRST_RATIO and "{A?}" not in ask and "they" not in ask:
        return " ".join([surface.sentence(ask, "?"), *_told(clauses, rng)])
    if way < _QUESTION_FIRST_RATIO + _IF_RATIO and ". " not in clauses[-1]:
        last = f"if {clauses[-1].rstrip(',')}, {ask}"
        return " ".join([*_told(clauses[:-1], rng), surface.sentence(last, "?")])
    return " ".join([*_told(clauses, rng), surface.sentence(ask, "?")])


def _told(clauses: list[str], rng: Random) -> list[str]:
    """Clauses as sentences, now and then two in one."""
    told: list[str] = []
    for clause in clauses:
        if told and rng.random() < _JOIN_RATIO and not clause.startswith("then"):
            told[-1] = f"{told[-1][:-1]}{rng.choice(_JOINTS)}{clause}."
        else:
            told.append(surface.sentence(clause.rstrip(","), "."))
    return told


def _numbered(text: str, link: Family, index: int) -> str:
    """The slots of a link's numbers under names that no other link uses."""

    def rename(match: re.Match[str]) -> str:
        if match.group(1) not in link.roles:
            return match.group(0)
        form = f".{match.group(3)}" if match.group(3) else ""
        return f"{{{match.group(1)}{index}{form}}}"

    return surface.SLOT.sub(rename, text)
