"""Questions turned into statements: "How many apples does Ann have?" and 7: "Ann has 7 apples"."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

# A question does not go on past the end of a sentence; a point within a number is none.
_ASKED: Final = re.compile(
    r"\b(?:(?:after|at|by|for|in|of|on|with) )?(?:how (?:many|much|old|far|long|tall)|what|which)"
    r"\b(?:(?![.!] )[^?])*\?",
    re.IGNORECASE,
)
_MANY: Final = r"^how many (?P<noun>[a-z' -]+?) "
_SUBJECT: Final = r"(?P<subject>they|he|she|it|[A-Z][a-z]+(?: and [A-Z][a-z]+)?)"
_REST: Final = r"(?P<rest>(?: [^?]*)?)\?$"
_PLURAL: Final = re.compile(r"they$| and ")
# `still needs 7 eggs`: what stands before the verb is none.
_ADVERB: Final = r"(?P<adverb>(?:(?:still|also|now|then|each|both|all) )?)"
# `needs to buy 7 eggs`, `takes Ann 7 hours`, `ends up with 7 eggs`: what follows the verb at once.
_OBJECT: Final = re.compile(r"(?: to [a-z]+)?(?: [A-Z][a-z]+\b)?(?: up with\b)?")
# What may follow `needs to save 7 dollars`; in `needs to reach the goal` the amount has no place.
_FURTHER: Final = re.compile(
    r"$| (?:if|for|in|on|after|before|at|by|each|every|per|now|so|to|altogether|together)\b"
)
# `plays 7 friends with`, `needs 7 eggs as many as Ann`: what cannot follow the amount.
_STRANDED: Final = re.compile(r" (?:with|for|of|to|on|from|at|about|in)$|^ as ")
_IRREGULAR: Final = {"have": "has", "do": "does", "go": "goes", "be": "is"}
_SIBILANT: Final = re.compile(r"(?:s|x|z|ch|sh|o)$")
_CONSONANT_Y: Final = re.compile(r"[^aeiou]y$")


def asked(question: str) -> str:
    """The part of a problem that asks, from its question word on; the whole where none is."""
    found = [match.group(0) for match in _ASKED.finditer(question)]
    return found[-1] if found else question


def declare(question: str, value: str) -> str | None:
    """State a value as the answer of a question; None where the question is of another shape.

    Args:
        question: One question, or a whole problem: what it asks counts.
        value: As it is to be written.
    """
    ask = asked(question)
    for pattern, render in _SHAPES:
        match = pattern.match(ask)
        if match:
            return _tidy(render(match, value)) or None
    return None


def third_person(verb: str) -> str:
    """The form of a verb that follows he, she or it."""
    if verb in _IRREGULAR:
        return _IRREGULAR[verb]
    if _CONSONANT_Y.search(verb):
        return verb[:-1] + "ies"
    return verb + ("es" if _SIBILANT.search(verb) else "s")


def _does(match: re.Match[str], value: str) -> str:
    part = match.groupdict()
    verb = part["verb"] if _PLURAL.search(part["subject"]) else third_person(part["verb"])
    subject = f"{part['subject']} {part['adverb']}{verb}"
    return _stated(subject, f"{value} {part['noun']}", part["rest"])


def _helped(match: re.Match[str], value: str) -> str:
    part = match.groupdict()
    verb = f"{part['subject']} {part['helper']} {part['adverb']}{part['verb']}"
    return _stated(verb, f"{value} {part['noun']}", part["rest"])


def _does_money(match: re.Match[str], value: str) -> str:
    part = match.groupdict()
    verb = part["verb"] if _PLURAL.search(part["subject"]) else third_person(part["verb"])
    # What is not money is asked for by `how much` too, and has a unit that is not in the question.
    subject = f"{part['subject']} {part['adverb']}{verb}"
    return _stated(subject, value, part["rest"]) if value[0] == "$" else ""


def _stated(verb: str, amount: str, rest: str) -> str:
    """Subject and verb, the amount, and the rest; what follows the verb at once stays there."""
    found = _OBJECT.match(rest)
    head = found.group(0) if found else ""
    tail = rest.removeprefix(head)
    is_aim = " to " in head and not _FURTHER.match(tail)
    return "" if is_aim or _STRANDED.search(tail) else f"{verb}{head} {amount}{tail}"


def _there(match: re.Match[str], value: str) -> str:
    part = match.groupdict()
    return f"there {part['be']} {value} {part['noun']}{part['rest']}"


def _are(match: re.Match[str], value: str) -> str:
    part = match.groupdict()
    return f"{value} {part['noun']} {part['be']} {part['rest']}"


def _old(match: re.Match[str], value: str) -> str:
    part = match.groupdict()
    return f"{part['subject']} {part['be']} {value} years old{part['rest']}"


def _will_be(match: re.Match[str], value: str) -> str:
    part = match.groupdict()
    return f"{part['subject']} will be {value} years old{part['rest']}"


def _is_what(match: re.Match[str], value: str) -> str:
    part = match.groupdict()
    return f"{part['noun']} {part['be']} {value}"


_Render = Callable[[re.Match[str], str], str]
_SHAPES: Final[tuple[tuple[re.Pattern[str], _Render], ...]] = (
    (re.compile(_MANY.rstrip() + r" (?P<be>are|were) there" + _REST, re.IGNORECASE), _there),
    (
        re.compile(
            f"(?i:{_MANY.rstrip()} (?:does|do)) {_SUBJECT} {_ADVERB}(?P<verb>[a-z]+){_REST}"
        ),
        _does,
    ),
    (
        re.compile(
            f"(?i:^how much (?:money )?(?:does|do)) {_SUBJECT} {_ADVERB}(?P<verb>[a-z]+){_REST}"
        ),
        _does_money,
    ),
    (
        re.compile(
            f"(?i:{_MANY.rstrip()}) (?P<helper>will|can|could|would|must|should) {_SUBJECT}"
            rf" {_ADVERB}(?P<verb>[a-z]+){_REST}"
        ),
        _helped,
    ),
    (
        re.compile(
            _MANY.rstrip() + r" (?P<be>are|were) (?P<rest>(?:left|needed|still|sold)[^?]*)\?$",
            re.IGNORECASE,
        ),
        _are,
    ),
    (re.compile(f"(?i:^how old (?P<be>is|was)) {_SUBJECT}{_REST}"), _old),
    (re.compile(f"(?i:^how old will) {_SUBJECT} be{_REST}"), _will_be),
    (
        re.compile(
            r"^what (?P<be>is|was) (?P<noun>(?:the|his|her|its|their) [^?]+)(?<! worth)\?$",
            re.IGNORECASE,
        ),
        _is_what,
    ),
)


def _tidy(text: str) -> str:
    joined = " ".join(text.split())
    return joined[:1].upper() + joined[1:]
