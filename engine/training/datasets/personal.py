"""The screen for personal data: what identifies or opens something, found by its form.

It finds forms, not people: a name or an address in prose passes. Every pattern is bounded, and
what has a check (cards, bank accounts, addresses of machines) must pass it, so that the numbers of
a problem are not taken for one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from types import MappingProxyType
from typing import Final


class PersonalKind(StrEnum):
    """What was found."""

    EMAIL = "e-mail"
    PHONE = "phone"
    CARD = "card"
    IBAN = "iban"
    IP = "ip-address"
    SECRET = "secret"  # noqa: S105 - the name of a kind


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalDatum:
    """One finding.

    Attributes:
        kind: What it is.
        start: Where it begins in the text.
        end: Where it ends.
    """

    kind: PersonalKind
    start: int
    end: int


def find_personal(text: str) -> tuple[PersonalDatum, ...]:
    """Every finding, in order; none overlaps another."""
    found: list[PersonalDatum] = []
    is_taken = bytearray(len(text))
    for kind, pattern in _PATTERNS.items():
        for match in pattern.finditer(text):
            start, end = match.span()
            if not any(is_taken[start:end]) and _CHECKS.get(kind, _pass)(match.group()):
                is_taken[start:end] = b"\1" * (end - start)
                found.append(PersonalDatum(kind=kind, start=start, end=end))
    return tuple(sorted(found, key=lambda datum: datum.start))


def mask_personal(text: str) -> str:
    """The text with each finding replaced by its kind in brackets, such as `[e-mail]`."""
    pieces: list[str] = []
    position = 0
    for datum in find_personal(text):
        pieces += [text[position : datum.start], f"[{datum.kind.value}]"]
        position = datum.end
    return "".join([*pieces, text[position:]])


def passes_luhn(digits: str) -> bool:
    """Whether the last digit checks the others (ISO/IEC 7812-1, annex B)."""
    total = 0
    for index, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + index % 2)
        total += value - 9 * (value > 9)  # noqa: PLR2004 - the digits of a doubled digit, summed
    return total % 10 == 0


# Those that may hold others come first: a mail account may be named by a number.
_PATTERNS: Final[Mapping[PersonalKind, re.Pattern[str]]] = MappingProxyType(
    {
        PersonalKind.SECRET: re.compile(
            r"""
              -----BEGIN[ ](?:[A-Z]{2,12}[ ]){0,2}PRIVATE[ ]KEY-----
            | \b(?:sk|pk|rk)[-_](?:[A-Za-z]{2,8}[-_]){0,2}[A-Za-z0-9]{20,128}\b
            | \bgh[pousr]_[A-Za-z0-9]{30,128}\b
            | \bgithub_pat_[A-Za-z0-9_]{30,128}\b
            | \bhf_[A-Za-z0-9]{30,64}\b
            | \b(?:AKIA|ASIA)[A-Z0-9]{16}\b
            | \bAIza[A-Za-z0-9_-]{35}\b
            | \bxox[abprs]-[A-Za-z0-9-]{10,128}
            | \beyJ[A-Za-z0-9_-]{10,512}\.eyJ[A-Za-z0-9_-]{10,1024}\.[A-Za-z0-9_-]{10,512}
            """,
            re.VERBOSE,
        ),
        PersonalKind.EMAIL: re.compile(
            r"(?<![\w.+-])[\w+-]{1,64}(?:\.[\w+-]{1,64}){0,8}@(?:[A-Za-z0-9-]{1,63}\.){1,5}[A-Za-z]{2,24}\b"
        ),
        PersonalKind.IBAN: re.compile(
            r"\b[A-Z]{2}\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,3})?\b"
        ),
        PersonalKind.CARD: re.compile(r"(?<![\w.])\d(?:[ -]?\d){12,18}(?!\w|[.,]\d)"),
        PersonalKind.IP: re.compile(
            r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{1,4}(?::{1,2}[0-9A-Fa-f]{1,4}){2,7})(?![\w:]|\.\d)"
        ),
        PersonalKind.PHONE: re.compile(
            r"""
              (?<![\w+.])\+[1-9]\d{0,2}(?:[ .-]?\(?\d{1,4}\)?){2,5}(?!\w)
            | (?<![\w+.(-])(?:1[ .-])?\(\d{3}\)[ ]?\d{3}[-. ]\d{4}(?![\w-])
            | (?<![\w+.-])(?:1[.-])?\d{3}([.-])\d{3}\1\d{4}(?![\w-]|\.\d)
            """,
            re.VERBOSE,
        ),
    }
)
_LETTER_OFFSET: Final = 55
_MIN_PHONE_DIGITS: Final = 8
_MAX_PHONE_DIGITS: Final = 15
# Lengths and first digits of the large issuers: other numbers of that length are only numbers.
_CARD: Final = re.compile(
    r"4\d{12}(?:\d{3}){0,2}|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|6(?:011|5\d\d)\d{12}"
)


def _is_card(text: str) -> bool:
    digits = re.sub(r"[ -]", "", text)
    return _CARD.fullmatch(digits) is not None and passes_luhn(digits)


def _is_iban(text: str) -> bool:
    """Whether the two check digits hold (ISO 13616, modulus 97)."""
    account = text.replace(" ", "")
    moved = account[4:] + account[:4]
    digits = "".join(str(ord(c) - _LETTER_OFFSET) if c.isalpha() else c for c in moved)
    return int(digits) % 97 == 1


def _is_public_address(text: str) -> bool:
    """Whether it is the address of a machine that the world can reach."""
    try:
        return ip_address(text).is_global
    except ValueError:
        return False


def _is_phone(text: str) -> bool:
    n_digits = sum(character.isdigit() for character in text)
    return _MIN_PHONE_DIGITS <= n_digits <= _MAX_PHONE_DIGITS


def _pass(_: str) -> bool:
    return True


_CHECKS: Final[Mapping[PersonalKind, Callable[[str], bool]]] = MappingProxyType(
    {
        PersonalKind.CARD: _is_card,
        PersonalKind.IBAN: _is_iban,
        PersonalKind.IP: _is_public_address,
        PersonalKind.PHONE: _is_phone,
    }
)
