"""Answers that are no numbers: a choice A to J, yes or no, "cannot be determined"."""

from __future__ import annotations

from types import MappingProxyType

from engine.answers.lexer import Token, TokenKind

_LETTERS = frozenset("ABCDEFGHIJ")
_OPENING = frozenset({"(", "["})
_CLOSING = frozenset({")", "]"})
_AFTER_LETTER = frozenset({")", "]", ".", ":"})
_CHOICE_NAMES = frozenset({"option", "choice"})

_TRUTH = MappingProxyType({"yes": "yes", "true": "yes", "no": "no", "false": "no"})
_PAUSES = frozenset({",", ".", ";", ":", "-", "!"})

_LEAD_INS = frozenset({"there", "is", "there's", "it", "it's", "the", "answer"})
_UNKNOWN_PHRASES = tuple(
    tuple(phrase.split())
    for phrase in (
        "not enough information",
        "not enough data",
        "insufficient information",
        "insufficient data",
        "cannot be determined",
        "can not be determined",
        "can't be determined",
        "cannot determine",
        "can't determine",
        "impossible to determine",
        "undetermined",
        "unanswerable",
    )
)


def find_choice(tokens: tuple[Token, ...]) -> str | None:
    """Find the one choice that an answer names: `B`, `(b)`, `option B`, `B. 72`, `(B) 72`."""
    rest = tokens
    named = bool(rest) and rest[0].text.lower() in _CHOICE_NAMES
    rest = rest[named:]
    bracketed = bool(rest) and rest[0].text in _OPENING
    rest = rest[bracketed:]
    if not rest or rest[0].text.upper() not in _LETTERS:
        return None
    letter, rest = rest[0].text, rest[1:]
    if letter.islower() and not (named or bracketed):
        return None
    if bracketed:
        if not rest or rest[0].text not in _CLOSING:
            return None
    elif rest and rest[0].text not in _AFTER_LETTER:
        return None
    return None if _names_another(rest[1:]) else letter.upper()


def find_truth(tokens: tuple[Token, ...]) -> str | None:
    """Find yes or no; true and false mean the same two. A reason may follow a pause."""
    said = _TRUTH.get(tokens[0].text.lower()) if tokens else None
    if said is None or (len(tokens) > 1 and tokens[1].text not in _PAUSES):
        return None
    is_firm = all(
        token.kind != TokenKind.NUMBER and token.text.lower() not in _TRUTH for token in tokens[2:]
    )
    return said if is_firm else None


def is_unknown(tokens: tuple[Token, ...]) -> bool:
    """Tell whether an answer says that the question cannot be answered."""
    words = [token.text.lower() for token in tokens if token.kind == TokenKind.WORD]
    while words and words[0] in _LEAD_INS:
        del words[0]
    only_words = all(token.kind == TokenKind.WORD or token.text in _PAUSES for token in tokens)
    return only_words and any(tuple(words[: len(each)]) == each for each in _UNKNOWN_PHRASES)


def _names_another(tokens: tuple[Token, ...]) -> bool:
    """Tell whether the text behind a choice offers a second one."""
    if tokens and tokens[0].text.lower() in {"or", "and", ",", "/", "&"}:
        return True
    triples = zip(tokens, tokens[1:], tokens[2:], strict=False)
    return any(
        first.text in _OPENING and letter.text.upper() in _LETTERS and last.text in _CLOSING
        for first, letter, last in triples
    )
