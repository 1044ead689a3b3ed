"""A position in the tokens of an answer, which the parsers move."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from engine.answers.lexer import Token, TokenKind
from engine.answers.refusal import UnreadableAnswerError


class Cursor:
    """A position in a list of tokens, with a bound on nesting."""

    MAX_DEPTH: ClassVar[int] = 24

    __slots__ = ("_depth", "_tokens", "position")

    def __init__(self, tokens: tuple[Token, ...]) -> None:
        """Start before the first token."""
        self._tokens = list(tokens)
        self._depth = 0
        self.position = 0

    def peek(self, ahead: int = 0) -> Token | None:
        """Return the token that is `ahead` places on, or None beyond either end."""
        index = self.position + ahead
        return self._tokens[index] if 0 <= index < len(self._tokens) else None

    def next_is(self, *texts: str, ahead: int = 0) -> bool:
        """Tell whether the token there is a symbol or command with one of these texts."""
        token = self.peek(ahead)
        return (
            token is not None
            and token.kind in {TokenKind.SYMBOL, TokenKind.COMMAND}
            and token.text in texts
        )

    def word(self, ahead: int = 0) -> str:
        """Return the word there in lower case, or an empty text if no word is there."""
        token = self.peek(ahead)
        return token.text.lower() if token is not None and token.kind == TokenKind.WORD else ""

    def take(self, *texts: str) -> bool:
        """Move past the symbol or command if it is one of these."""
        found = self.next_is(*texts)
        self.position += found
        return found

    def expect(self, text: str) -> None:
        """Move past this symbol.

        Raises:
            UnreadableAnswerError: Something else stands here.
        """
        if not self.take(text):
            raise UnreadableAnswerError(f"expected {text!r}")

    def split_number(self, n_digits: int) -> None:
        r"""Split the number here after its first digits, as `\frac12` needs."""
        token = self._tokens[self.position]
        first = replace(token, text=token.text[:n_digits])
        second = replace(token, text=token.text[n_digits:], spaced=False)
        self._tokens[self.position : self.position + 1] = [first, second]

    def descend(self) -> None:
        """Enter one level of nesting.

        Raises:
            UnreadableAnswerError: The nesting is too deep.
        """
        self._depth += 1
        if self._depth > self.MAX_DEPTH:
            raise UnreadableAnswerError("the nesting is too deep")

    def ascend(self) -> None:
        """Leave one level of nesting."""
        self._depth -= 1

    @property
    def at_end(self) -> bool:
        """Whether every token was read."""
        return self.position >= len(self._tokens)
