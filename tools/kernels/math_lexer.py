"""Cuts mathematical text into numbers, names and marks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from tools.kernels.kernel_error import KernelError

MIXED = "⊞"
"""Stands between the whole and the broken part of a mixed number."""
MAX_CHARS = 8_000
MAX_DIGITS = 400

_SPELLINGS = str.maketrans({"−": "-", "–": "-", "·": "*", "×": "*", "⋅": "*", "÷": "/", "′": "'"})
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_TOKEN = re.compile(
    r"""
    (?P<space>\s+)
    | (?P<number>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+(?![A-Za-z0-9_]))?
        |[0-9]+\.(?![.]))
    | (?P<name>[A-Za-zα-ωΑ-Ωπ∞][A-Za-z0-9_α-ωΑ-Ω]*)
    | (?P<power>[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)
    | (?P<text>"[^"]*")
    | (?P<mark>\*\*|<=|>=|==|!=|:=|->|\.\.\.|[-+*/^(){}\[\],;=<>!|'%±∓≤≥≠≈∪∩√°_&~?:⊞])
    """,
    re.VERBOSE,
)
_MARKS = {"**": "^", "==": "=", "≤": "<=", "≥": ">=", "≠": "!="}


class Kind(StrEnum):
    """What a token is."""

    NUMBER = "number"
    NAME = "name"
    MARK = "mark"
    TEXT = "text"
    END = "end"


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One piece of text.

    Attributes:
        kind: What it is.
        text: As it stands; marks in one spelling.
        is_spaced: Whether white space stands before it.
    """

    kind: Kind
    text: str
    is_spaced: bool = False


def read_tokens(text: str) -> list[Token]:
    """Cut a text into tokens, the last of which says that it ends.

    Raises:
        KernelError: For a character that mathematics does not use, or too long a text.
    """
    if len(text) > MAX_CHARS:
        raise KernelError(f"the expression has {len(text):,} characters; at most {MAX_CHARS:,}")
    text = text.translate(_SPELLINGS)
    tokens: list[Token] = []
    place, is_spaced = 0, False
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None:
            raise KernelError(f"{text[place]!r} at position {place + 1} is not understood")
        place = found.end()
        if found.lastgroup == "space":
            is_spaced = True
            continue
        tokens += _make_tokens(found, is_spaced=is_spaced)
        is_spaced = False
    return [*tokens, Token(kind=Kind.END, text="")]


def _make_tokens(found: re.Match[str], *, is_spaced: bool) -> list[Token]:
    text = found[0]
    if found.lastgroup == "power":
        digits = text.translate(_SUPERSCRIPTS)
        return [
            Token(kind=Kind.MARK, text="^"),
            Token(kind=Kind.MARK, text="("),
            *read_tokens(digits)[:-1],
            Token(kind=Kind.MARK, text=")"),
        ]
    if found.lastgroup == "number" and len(text) > MAX_DIGITS:
        raise KernelError(f"a number has more than {MAX_DIGITS} digits")
    kind = Kind(found.lastgroup or "mark")
    return [Token(kind=kind, text=_MARKS.get(text, text), is_spaced=is_spaced)]
