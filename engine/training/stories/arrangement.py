"""The order of a story's facts and question, and a sentence that is not to the point."""

from __future__ import annotations

import re
from random import Random
from typing import Final

from engine.training import surface

DISTRACTION_SLOT: Final = "Z"

_QUESTION_FIRST_RATIO: Final = 0.06
_IF_RATIO: Final = 0.12
_LINK_RATIO: Final = 0.2

_END: Final = re.compile(r"(?<![ap]\.m)(?<!Mr)(?<!Mrs)(?<!Dr)(?<=[.!?])\s+(?=[A-Z0-9${\[\"'])")
# A question that comes first cannot point back at what is told after it.
_POINTS_BACK: Final = re.compile(
    r"\b(?:he|she|they|it|them|their|his|her|him|its|this|that|these|those|then|there)\b"
    r"|\{\w\?\}|\{\w\.\w+\}",
    re.IGNORECASE,
)
# Only a sentence that opens with one of these can follow an "if" with a small letter.
_OPENINGS: Final = re.compile(
    r"(?:a|an|the|there|each|every|on|in|at|after|before|by|during|he|she|they|it|one|two|half"
    r"|some|all|another|his|her|their|these|this|that|its)\b",
    re.IGNORECASE,
)
_PLAIN: Final = re.compile(r"[^\":;!?]*\.")
_ASKS: Final = ("How ", "What ", "By how ")
# What a sentence that is not to the point speaks of must not be what the story speaks of.
_SUBJECT: Final = re.compile(
    r"\b(degree|temperature|thermometer|year|page|block|tree|bird|poster|song|radio|coin|marble|book"
    r"|key|number|house|building|hall)s?\b",
    re.IGNORECASE,
)
_JOINTS: Final = (", and ", "; ", ", and ")
_PLAIN_JOINTS: Final = (*_JOINTS, " and ")
_PERSONAL: Final = (
    "{E} is {Z} years old.",
    "{E} has {Z} [coins|marbles|books|keys] at home.",
    "It is {Z} degrees outside.",
    "[The day before|The week before|Last month], {E} [read|had read] {Z} pages of a book.",
    "{E} lives at number {Z}.",
    "[There are {Z} trees in front of the house.|In front of the house stand {Z} trees.]",
    "{E}, who is {Z}, [likes to watch|looks on|tells about it].",
    "{E} walked {Z} blocks [that morning|to get here].",
)
_IMPERSONAL: Final = (
    "The temperature is {Z} degrees.",
    "[That day|On that day] the thermometer shows {Z} degrees.",
    "{E}, a [neighbor|cousin|friend], is {Z} years old.",
    "The [building|house|hall] across the street is {Z} years old.",
    "A poster on the wall shows {Z} birds.",
    "The radio plays song number {Z}.",
)


def order(told: str, asked: str, rng: Random, *, joins: bool = True) -> str:
    """Facts and question: the question last, first, or in one sentence with the last fact."""
    way = rng.random()
    if way < _QUESTION_FIRST_RATIO and not _POINTS_BACK.search(asked):
        return f"{asked} {told}"
    if way < _QUESTION_FIRST_RATIO + _IF_RATIO:
        return (joins and _joined(told, asked)) or f"{told} {asked}"
    return f"{told} {asked}"


def distract(told: str, asked: str, rng: Random) -> str:
    """The facts with a sentence and a number that no question of a story asks about.

    It stands first or last: between the facts it would catch their pronouns. The facts stay as
    they are when it would speak of the same things.
    """
    first = rng.random() < 1 / 2
    spare = surface.choose(rng.choice(_PERSONAL if first else _IMPERSONAL), rng)
    if set(_SUBJECT.findall(spare.lower())) & set(_SUBJECT.findall(f"{told} {asked}".lower())):
        return told
    return f"{spare} {told}" if first else f"{told} {spare}"


def link(told: str, rng: Random) -> str:
    """The facts, now and then with two sentences as one."""
    sentences = _END.split(told)
    if len(sentences) == 1 or rng.random() >= _LINK_RATIO:
        return told
    place = rng.randrange(1, len(sentences))
    before, after = sentences[place - 1], sentences[place]
    if not _PLAIN.fullmatch(before) or not _PLAIN.fullmatch(after):
        return told
    if not after.startswith("{"):
        if not _OPENINGS.match(after):
            return told
        after = _small(after)
    # An aside at the end of the first sentence needs its second comma.
    joint = rng.choice(_JOINTS if "," in before else _PLAIN_JOINTS)
    joined = before[:-1] + joint + after
    return " ".join([*sentences[: place - 1], joined, *sentences[place + 1 :]])


def _joined(told: str, asked: str) -> str | None:
    """`… If the last fact, how many …?`; None where the sentences do not allow it."""
    *earlier, last = _END.split(told)
    if not _OPENINGS.match(last) or not _PLAIN.fullmatch(last) or not asked.startswith(_ASKS):
        return None
    joined = f"If {_small(last[:-1])}, {_small(asked)}"
    return " ".join([*earlier, joined])


def _small(text: str) -> str:
    return text[0].lower() + text[1:]
