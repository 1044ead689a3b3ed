"""Problems that cannot be answered: a fact that the program needs is not told.

Each is made from a template whose answer depends on the missing number, and nothing else tells
that number. So it is unanswerable by construction, and looks like its answerable siblings.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Final

from engine.domain.program import ProgramError, execute
from engine.training import surface
from engine.training.blueprint import Family
from engine.training.families.catalogue import DISTRACTIONS
from engine.training.generate import Instance, draw_instance, program_of
from engine.training.problem import Split, UnanswerableProblem, split_of, template_digest
from engine.training.surface import SLOT
from engine.training.template import (
    DISTRACTED_RATIO,
    Template,
    canonical_surface,
    draw_template,
    introduced,
    masked_clauses,
    ordered,
)

_COUNTED: Final = r"(?= (?:more |new |extra |of |)(?:\{|[a-z]+s\b|people|children|feet|them))"
_NOT_AFTER: Final = r"(?<!another )(?<!is )(?<!are )(?<!at )(?<!of )(?<!by )(?<!was )(?<!\$)"
_VAGUE: Final = ("some", "several", "a few", "many")
_LOOSE_SUM: Final = re.compile(
    r"\b(has|had|saved|received|found|spends|spent|pays|paid|used) \$\{(\w+)\.money\}"
    r"(?! (?:each|an?|per|every|apiece|bill|and|for each))"
)
_THEM: Final = re.compile(r"\b(?:them|these)\b")
_IT: Final = re.compile(r"\bof it\b|\bthis amount\b")
_BY_ITSELF: Final = re.compile(r"\b(?:them|these|it|they|this|that|so|the rest|ones)\b")

# What nothing in a problem tells unless one of the words stands in it.
_OTHER_QUESTIONS: Final = (
    ("how old is {A}", r"\bold|\bage"),
    ("how old [will {A} be next year|is {A} now]", r"\bold|\bage"),
    ("how much [does|did] [each|one] {item.one} [cost|cost {A}]", r"\$|cost"),
    ("how much [money |]did {A} pay for the {item}", r"\$|cost"),
    ("how [long|many minutes|many hours] did it take {A}", r"hour|minute|day|week|month|year"),
    ("how many {item2} does {A} have", r"\{item2"),
    ("how many {item} does {D} have", r"\{D"),
    ("how many {animal} does {A} have[| at home]", r"\{animal"),
    ("how [far|many miles] is it to the {place}", r"mile|kilometer|meter|block|\{place"),
    ("how [much|many pounds] do the {item} weigh", r"pound|gram|ounce"),
    ("how many {group} does {A} have", r"\{group"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What is told in place of the whole problem, and why it does not do."""

    masked: str
    why: str


def draw_unanswerable(rng: Random, split: Split) -> UnanswerableProblem:
    """Draw a problem without an answer whose template belongs to a split.

    A clause that the program needs is left out, or one of its numbers becomes a vague word, or the
    question asks for something that is not told.
    """
    while True:
        template = draw_template(rng)
        instance = draw_instance(template.links, rng)
        told = rng.choices(_WAYS, _WEIGHTS)[0](template, instance, rng) if instance else None
        if instance is None or told is None:
            continue
        digest = template_digest(canonical_surface(told.masked))
        if split_of(digest) is split:
            return UnanswerableProblem(
                question=instance.tell(told.masked, rng),
                family=template.path,
                template=digest,
                why=instance.tell(told.why, rng),
            )


def depends_on(slot: str, links: tuple[Family, ...], instance: Instance) -> bool:
    """Whether the answer is another one when the number of a slot is."""
    slots = instance.slots
    value = slots.get(slot)
    if not isinstance(value, Fraction):
        return False
    try:
        before = execute(program_of(links, slots)).value
        after = execute(program_of(links, {**slots, slot: value + 1})).value
    except ProgramError:
        return False
    return before != after


def _left_out(template: Template, instance: Instance, rng: Random) -> _Told | None:
    """The problem without one clause of its first or its last link."""
    links = template.links
    clauses, ask = masked_clauses(links, rng)
    lost = [i for i, clause in enumerate(clauses) if _is_needed(clause, links, instance)]
    if not lost or len(clauses) < 2:  # noqa: PLR2004 - something must be left to tell
        return None
    index = rng.choice(lost)
    kept = [*clauses[:index], *clauses[index + 1 :]]
    is_distracted = rng.random() < DISTRACTED_RATIO
    aside = surface.choose(rng.choice(DISTRACTIONS), rng) if is_distracted else ""
    repaired = _repaired(ordered(kept, ask, rng, aside=aside), is_chain=len(links) > 1)
    why = "One of the numbers that the answer depends on is not told."
    return _Told(masked=repaired, why=why) if repaired else None


def _is_needed(clause: str, links: tuple[Family, ...], instance: Instance) -> bool:
    """Whether nothing can be answered without a clause.

    Without a change in the middle of a chain there would be another answer, so only the opening
    and what the question speaks of can be left out.
    """
    ends = {0, len(links) - 1}
    slots = _slots(clause)
    return any(
        links[index].needs_all and slots & _slots_of(links[index], index) for index in ends
    ) and any(depends_on(slot, links, instance) for slot in slots)


def _made_vague(template: Template, instance: Instance, rng: Random) -> _Told | None:
    """The problem with a vague word where one of its numbers stood."""
    found: list[_Told] = []
    for slot in sorted(_slots(template.masked)):
        if (
            not depends_on(slot, template.links, instance)
            or template.masked.count(f"{{{slot}") != 1
        ):
            continue
        vague = rng.choice(_VAGUE)
        form = re.compile(rf"{_NOT_AFTER}\{{{slot}\}}{_COUNTED}")
        masked = form.sub(vague, template.masked)
        if masked == template.masked:
            vague = "some money"
            masked = _without_sum(template.masked, slot)
        if masked != template.masked:
            why = f'The text says only "{vague}" where a number is needed.'
            found.append(_Told(masked=masked, why=why))
    return rng.choice(found) if found else None


def _without_sum(masked: str, slot: str) -> str:
    def vague(match: re.Match[str]) -> str:
        return f"{match.group(1)} some money" if match.group(2) == slot else match.group(0)

    return _LOOSE_SUM.sub(vague, masked)


def _asked_otherwise(template: Template, _: Instance, rng: Random) -> _Told | None:
    """The facts of the problem, and a question about something else."""
    clauses, _ask = masked_clauses(template.links, rng)
    facts = " ".join(clauses)
    form, words = rng.choice(_OTHER_QUESTIONS)
    ask = surface.choose(form, rng)
    known = _slots(ask) - {"D", "item2", "animal", "place", "group"}
    if re.search(words, facts) or not known <= _slots(facts):
        return None
    masked = introduced(ordered(clauses, ask, rng))
    return _Told(masked=masked, why="Nothing that is told says anything about that.")


_Way = Callable[[Template, Instance, Random], _Told | None]
_WAYS: Final[tuple[_Way, ...]] = (_left_out, _made_vague, _asked_otherwise)
_WEIGHTS: Final = (4, 4, 2)


def _slots(masked: str) -> set[str]:
    return {match.group(1) for match in SLOT.finditer(masked)}


def _slots_of(link: Family, index: int) -> set[str]:
    return {f"{role}{index}" for role in link.roles}


def _repaired(masked: str, *, is_chain: bool) -> str | None:
    """The text with a name or a thing where a pronoun would now come first.

    None where a word points to something that is no longer told.
    """
    named = introduced(masked)
    if is_chain:
        named = _with_antecedent(named, _THEM, "{item", "the {item}")
        return _with_antecedent(named, _IT, "money", "of the money")
    first = named.partition(".")[0]
    return None if _BY_ITSELF.search(first) else named


def _with_antecedent(masked: str, pointer: re.Pattern[str], noun: str, whole: str) -> str:
    """The first word that points to nothing yet, replaced by what it means."""
    match = pointer.search(masked)
    if match is None or noun in masked[: match.start()]:
        return masked
    return masked[: match.start()] + whole + masked[match.end() :]
