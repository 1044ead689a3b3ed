"""The words in which solutions and claims are put."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from engine.domain.program import Number, Operation, render_number

ANSWER_CLAIMS: Final = (
    "The answer is {value}.",
    "The result is {value}.",
    "It comes to {value}.",
    "The correct answer is {value}.",
    "Solving it gives {value}.",
    "What is asked for is {value}.",
    "The solution is {value}.",
    "{value} is the answer.",
    "{value} answers the question.",
    "One gets {value} in the end.",
)
BOUND_CLAIMS: Final = (
    "The answer is {word} than {value}.",
    "The result is {word} than {value}.",
    "What is asked for is {word} than {value}.",
    "The number asked for is {word} than {value}.",
    "The solution is a number {word} than {value}.",
)
SUM_CLAIMS: Final = (
    "{sum} = {value}",
    "{sum} is {value}.",
    "{sum} equals {value}.",
    "{sum} makes {value}.",
    "{value} is {sum}.",
    "{sum} comes to {value}.",
    "{value} = {sum}",
)

_OPERATOR_WORDS: Final = MappingProxyType(
    {"+": "plus", "-": "minus", "*": "times", "/": "divided by"}
)


def in_words(operation: Operation) -> str | None:
    """An operation of two numbers in words; None where an operand is not a plain number."""
    left, right = operation.left, operation.right
    if not isinstance(left, Number) or not isinstance(right, Number):
        return None
    word = _OPERATOR_WORDS[operation.operator]
    return f"{render_number(left.value)} {word} {render_number(right.value)}"
