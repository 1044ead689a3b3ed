r"""Tokens of an answer: plain text, Unicode signs and LaTeX end in one small alphabet.

`\frac` and `\sqrt` stay commands, since they shape what follows. Spacing and font commands
vanish, with the braces of their argument: `9.8 \text{ m/s}^2` and `9.8 m/s^2` give the same
tokens. A dollar sign vanishes as well, whether it means money or opens a formula.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from engine.answers.refusal import UnreadableAnswerError

MAX_ANSWER_CHARS = 512
"""A longer text is no final answer, and is refused unread."""


class TokenKind(StrEnum):
    """What a token is."""

    NUMBER = "number"
    WORD = "word"
    COMMAND = "command"
    SYMBOL = "symbol"


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One token.

    Attributes:
        kind: What it is.
        text: The characters, a command without its backslash, a number without separators.
        spaced: Whether a space or a formatting command stands before it.
    """

    kind: TokenKind
    text: str
    spaced: bool


def read_tokens(text: str) -> tuple[Token, ...]:
    """Split an answer into tokens; punctuation and emphasis around it are dropped.

    Raises:
        UnreadableAnswerError: The text is too long, or its braces do not match.
    """
    if len(text) > MAX_ANSWER_CHARS:
        raise UnreadableAnswerError("the text is too long for an answer")
    plain = _plain(text)
    if plain.startswith("~"):
        # Inside a text the tilde is LaTeX's space, in front of a number it says "about".
        raise UnreadableAnswerError("an approximate value is not read")
    lexer = _Lexer()
    for match in _TOKEN.finditer(plain):
        lexer.accept(match.lastgroup or "", match.group())
    return lexer.finish()


_THIN_SPACE = "\u2009"
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_SUPERSCRIPT_RUN = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+")

# Signs that mean one thing wherever they stand.
_SIGNS = str.maketrans(
    {
        "−": "-",
        "–": "-",
        "‐": "-",
        "‑": "-",
        "×": "*",
        "·": "*",
        "⋅": "*",
        "∗": "*",
        "÷": "/",
        "⁄": "/",
        "∕": "/",
        "√": "\\radical ",
        "π": " pi ",
        "µ": "u",
        "μ": "u",
        "\u2126": "ohm",
        "\u03a9": "ohm",
        "°": " deg ",
        "℃": " deg C",
        "℉": " deg F",
        "¢": " cents ",
        "€": " ",
        "£": " ",
        "¥": " ",
        "₹": " ",
        "‘": "'",
        "’": "'",
        "“": '"',
        "”": '"',
        "\u202f": _THIN_SPACE,
        "\u2007": _THIN_SPACE,
        "½": " 1/2",
        "⅓": " 1/3",
        "⅔": " 2/3",
        "¼": " 1/4",
        "¾": " 3/4",
        "⅕": " 1/5",
        "⅖": " 2/5",
        "⅗": " 3/5",
        "⅘": " 4/5",
        "⅙": " 1/6",
        "⅚": " 5/6",
        "⅛": " 1/8",
        "⅜": " 3/8",
        "⅝": " 5/8",
        "⅞": " 7/8",
    }
)

_REPLACEMENTS = (
    ("^{\\circ}", "°"),
    ("^\\circ", "°"),
    ("\\circ", "°"),
    ("\\degree", "°"),
    ("{,}", ","),
    ("\\,", _THIN_SPACE),
    ("\\!", ""),
    ("\\%", "%"),
    ("\\$", " "),
    ("$", " "),
)

# Each branch is decided by its first characters and none nests a repetition in another without
# a separator, so a match is found in linear time.
_TOKEN = re.compile(
    r"""
      (?P<space>\s+|~|\\[;:\ ()\[\]])
    | (?P<number>
        (?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])
         | [0-9]{1,3}(?:\u2009[0-9]{3})+(?![0-9])
         | [0-9]+)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+(?![A-Za-z0-9]))?
        | \.[0-9]+(?:[eE][+-]?[0-9]+(?![A-Za-z0-9]))?)
    | (?P<word>[A-Za-z]+(?:'[A-Za-z]+)*)
    | (?P<command>\\[A-Za-z]+)
    | (?P<symbol>\*\*|.)
    """,
    re.VERBOSE | re.DOTALL,
)

_COMMANDS = MappingProxyType(
    {
        "dfrac": "frac",
        "tfrac": "frac",
        "cfrac": "frac",
        "times": "*",
        "cdot": "*",
        "ast": "*",
        "div": "/",
    }
)
_SPACING_NAMES = (
    "left right displaystyle textstyle quad qquad big Big bigg Bigg bigl bigr limits pounds euro"
)
_SPACING = frozenset(_SPACING_NAMES.split())
_WRAPPER_NAMES = (
    "text textbf textit textrm textsf texttt mathrm mathbf mathit mathsf operatorname mbox boxed "
    "fbox underline emph bf rm bm boldsymbol"
)
_WRAPPERS = frozenset(_WRAPPER_NAMES.split())
_EMPHASIS = " \t\r\n*_`\"'"
_TRAILING = frozenset({".", ",", ";", ":"})


def _plain(text: str) -> str:
    for old, new in _REPLACEMENTS:
        text = text.replace(old, new)
    text = _SUPERSCRIPT_RUN.sub(
        lambda run: "^{" + run.group().translate(_SUPERSCRIPTS) + "}", text
    ).translate(_SIGNS)
    if text.lstrip().startswith("**"):
        # Emphasis around the first part only, as in "**72** clips".
        head, _, tail = text.lstrip()[2:].partition("**")
        text = f"{head} {tail}"
    return text.strip(_EMPHASIS)


class _Lexer:
    """The tokens so far, and which open braces belong to a font command."""

    __slots__ = ("_braces", "_spaced", "_tokens", "_wrapped")

    def __init__(self) -> None:
        self._tokens: list[Token] = []
        self._braces: list[bool] = []
        self._spaced = True
        self._wrapped = False

    def accept(self, group: str, text: str) -> None:
        match group:
            case "space":
                self._spaced = True
            case "number":
                self._add(TokenKind.NUMBER, text.replace(",", "").replace(_THIN_SPACE, ""))
            case "word":
                self._add(TokenKind.WORD, text)
            case "command":
                self._accept_command(text[1:])
            case _:
                self._accept_symbol(text)

    def finish(self) -> tuple[Token, ...]:
        if self._braces:
            raise UnreadableAnswerError("a brace is not closed")
        if [token.text for token in self._tokens[-2:]] == [".", "."]:
            raise UnreadableAnswerError("digits that go on are not read")
        while self._tokens and self._tokens[-1].text in _TRAILING:
            self._tokens.pop()
        return tuple(self._tokens)

    def _accept_command(self, name: str) -> None:
        if name in _SPACING or name in _WRAPPERS:
            self._spaced = True
            self._wrapped = name in _WRAPPERS
        elif name in _COMMANDS and not _COMMANDS[name].isalpha():
            self._accept_symbol(_COMMANDS[name])
        elif name == "pi":
            self._add(TokenKind.WORD, name)
        else:
            self._add(TokenKind.COMMAND, _COMMANDS.get(name, name))

    def _accept_symbol(self, text: str) -> None:
        if text == "{":
            self._braces.append(self._wrapped)
            if self._wrapped:
                self._wrapped = False
                return
        elif text == "}":
            if not self._braces:
                raise UnreadableAnswerError("a brace was never opened")
            if self._braces.pop():
                return
        self._add(TokenKind.SYMBOL, "^" if text == "**" else text)

    def _add(self, kind: TokenKind, text: str) -> None:
        self._tokens.append(Token(kind=kind, text=text, spaced=self._spaced))
        self._spaced = False
        self._wrapped = False
