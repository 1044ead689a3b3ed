"""Sentence forms: `[{A} buys|{A} gets] {x} {item}` becomes one of its readings.

`[a|b]` chooses, also nested; `{slot}` and `{slot.form}` are filled later. A text with its choices
made and its slots still open is the masked surface of a problem: what two problems of one template
share.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from random import Random
from typing import Final, TypeAlias

from engine.domain.program import render_number
from engine.training import words

SLOT: Final = re.compile(r"\{(\w+)(\??)(?:\.(\w+))?\}")

_TIMES: Final = {
    2: ("twice", "twice", "two times", "2 times"),
    3: ("three times", "3 times"),
}
_FOLDS: Final = {2: ("twice", "double", "two times"), 3: ("three times", "triple", "3 times")}
_PARTS: Final = {
    2: ("half", "half", "one half", "1/2"),
    3: ("a third", "one third", "1/3", "one-third"),
    4: ("a quarter", "one fourth", "1/4", "a fourth"),
    5: ("a fifth", "one fifth", "1/5"),
    6: ("a sixth", "1/6"),
    8: ("an eighth", "1/8"),
    10: ("a tenth", "1/10"),
}
_WORD_RATIO: Final = 0.12
_COMMA_RATIO: Final = 0.4
_PRONOUN_RATIO: Final = 0.5
_FIRST_GROUPED: Final = 1_000

Filler: TypeAlias = words.Person | str | Fraction
_Choice: TypeAlias = "tuple[tuple[_Choice | str, ...], ...]"


def choose(template: str, rng: Random) -> str:
    """Make every choice of a sentence form."""
    return "".join(_pick(part, rng) for part in _parse(template))


def list_readings(template: str) -> frozenset[str]:
    """Every distinct reading of a sentence form, its slots open and its blanks single."""
    return frozenset(" ".join(text.split()) for text in _readings(_parse(template)))


def fill(masked: str, slots: Mapping[str, Filler], rng: Random) -> str:
    """Fill the slots of a masked surface.

    Args:
        masked: The text. `{A}` is a person, `{A?}` may become a pronoun after the first mention,
            `{A.his}` and `{A.him}` are pronouns; `{item}` is a plural, `{item.one}` its singular,
            `{item.a}` with its article; `{x}` is a number, `{x.times}` "twice" as in
            "twice as many", `{x.fold}` "double" as in "double the number", `{x.part}` "half";
            `{x.plain}` a number that counts nothing, such as a year: digits with no comma.
        slots: What stands for each slot.
        rng: Chooses pronouns and whether a number is written as a word.
    """
    return SLOT.sub(lambda match: _filled(match, slots, rng), masked)


def sentence(clause: str, mark: str = ".") -> str:
    """A clause as a sentence."""
    return clause[0].upper() + clause[1:] + mark


def _filled(match: re.Match[str], slots: Mapping[str, Filler], rng: Random) -> str:
    value, form = slots[match.group(1)], match.group(3)
    if isinstance(value, words.Person):
        return _person(value, form, pronoun=bool(match.group(2)) and rng.random() < _PRONOUN_RATIO)
    if isinstance(value, str):
        return _thing(value, form)
    return _number(value, form, rng)


def _person(person: words.Person, form: str | None, *, pronoun: bool) -> str:
    if form == "his":
        return person.owner
    if form == "him":
        return person.object_
    if form == "he":
        return person.subject
    return person.subject if pronoun else person.name


def _thing(plural: str, form: str | None) -> str:
    if form == "one":
        return words.singular(plural)
    if form == "a":
        return words.with_article(words.singular(plural))
    return plural


def _number(value: Fraction, form: str | None, rng: Random) -> str:
    digits = render_number(value)
    whole = int(value) if value.denominator == 1 else None
    if form == "times":
        return rng.choice(_TIMES.get(whole or 0, (f"{_spoken(whole, rng) or digits} times",)))
    if form == "fold":
        return rng.choice(_FOLDS.get(whole or 0, (f"{_spoken(whole, rng) or digits} times",)))
    if form == "part":
        return rng.choice(_PARTS.get(whole or 0, (f"1/{digits}",)))
    if form == "money" and whole is None:
        return f"{float(value):.2f}"
    if form in ("money", "digits", "plain") or whole is None:
        return (None if form == "plain" else _grouped(whole, rng)) or digits
    return _spoken(whole, rng) or _grouped(whole, rng) or digits


def _spoken(whole: int | None, rng: Random) -> str | None:
    return words.spell(whole) if whole is not None and rng.random() < _WORD_RATIO else None


def _grouped(whole: int | None, rng: Random) -> str | None:
    if whole is None or whole < _FIRST_GROUPED or rng.random() >= _COMMA_RATIO:
        return None
    return f"{whole:,}"


def _pick(part: _Choice | str, rng: Random) -> str:
    if isinstance(part, str):
        return part
    return "".join(_pick(inner, rng) for inner in rng.choice(part))


def _readings(parts: tuple[_Choice | str, ...]) -> set[str]:
    found = {""}
    for part in parts:
        ends = {part} if isinstance(part, str) else {r for way in part for r in _readings(way)}
        found = {begin + end for begin in found for end in ends}
    return found


@cache
def _parse(template: str) -> tuple[_Choice | str, ...]:
    parts, position = _sequence(template, 0)
    if position != len(template):
        msg = f"unbalanced `]` in the sentence form {template!r}"
        raise ValueError(msg)
    return parts


def _sequence(template: str, position: int) -> tuple[tuple[_Choice | str, ...], int]:
    parts: list[_Choice | str] = []
    while position < len(template) and template[position] not in "|]":
        if template[position] == "[":
            choice, position = _alternatives(template, position + 1)
            parts.append(choice)
            continue
        end = position
        while end < len(template) and template[end] not in "[|]":
            end += 1
        parts.append(template[position:end])
        position = end
    return tuple(parts), position


def _alternatives(template: str, position: int) -> tuple[_Choice, int]:
    found: list[tuple[_Choice | str, ...]] = []
    while True:
        parts, position = _sequence(template, position)
        found.append(parts)
        if position >= len(template):
            msg = f"missing `]` in the sentence form {template!r}"
            raise ValueError(msg)
        position += 1
        if template[position - 1] == "]":
            return tuple(found), position
