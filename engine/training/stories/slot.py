"""The slots of a sentence form, and whether a story fills them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from enum import StrEnum
from random import Random
from typing import Final

from engine.training import surface
from engine.training.errors import StoryError
from engine.training.words import PEOPLE

_BRACES: Final = re.compile(r"[{}]")
_AFTER_DOLLAR: Final = re.compile(r"\$\{(\w+)\}")
_BEFORE_SIGN: Final = re.compile(r"\{(\w+)\}(?=%|:[\d{]|\.\d)")


class SlotKind(StrEnum):
    """What fills a slot."""

    PERSON = "person"
    NUMBER = "number"
    WORD = "word"


_FORMS: Final[Mapping[SlotKind, AbstractSet[str]]] = {
    SlotKind.PERSON: {"his", "him", "he"},
    SlotKind.NUMBER: {"times", "fold", "part", "money", "digits", "plain"},
    SlotKind.WORD: {"one", "a"},
}


def slot_names(text: str) -> frozenset[str]:
    """The names of the slots that stand anywhere in a sentence form."""
    return frozenset(match.group(1) for match in surface.SLOT.finditer(text))


def with_forms(text: str) -> str:
    """A sentence form in which a number beside a sign is never written as a word."""
    return _BEFORE_SIGN.sub(r"{\1.digits}", _AFTER_DOLLAR.sub(r"${\1.money}", text))


def check_sentence(text: str, kinds: Mapping[str, SlotKind]) -> None:
    """Check the choices and slots of a sentence form.

    Raises:
        StoryError: A bracket is left open, or a slot or its form is not known.
    """
    try:
        surface.choose(text, Random(0))
    except ValueError as error:
        raise StoryError(str(error)) from error
    if _BRACES.search(surface.SLOT.sub("", text)):
        raise StoryError(f"a slot of {text!r} is not written as `{{name}}` or `{{name.form}}`")
    for match in surface.SLOT.finditer(text):
        _check_slot(match, kinds)


def slot_kinds(numbers: AbstractSet[str], words: AbstractSet[str]) -> dict[str, SlotKind]:
    """What fills each slot; people are drawn without being declared.

    Raises:
        StoryError: A name is declared as a number and as a word.
    """
    for name in sorted(numbers & words):
        raise StoryError(f"`{name}` is declared as a number and as a word")
    return {
        **dict.fromkeys(PEOPLE, SlotKind.PERSON),
        **dict.fromkeys(numbers, SlotKind.NUMBER),
        **dict.fromkeys(words, SlotKind.WORD),
    }


def _check_slot(match: re.Match[str], kinds: Mapping[str, SlotKind]) -> None:
    name, mark, form = match.groups()
    kind = kinds.get(name)
    if kind is None:
        known = ", ".join(sorted(kinds))
        raise StoryError(f"the slot `{match.group(0)}` is not declared; known are {known}")
    if mark and kind is not SlotKind.PERSON:
        raise StoryError(f"`{match.group(0)}`: only a person may become a pronoun")
    if form is not None and form not in _FORMS[kind]:
        forms = ", ".join(sorted(_FORMS[kind]))
        raise StoryError(f"`{match.group(0)}`: a {kind} takes the forms {forms}")
