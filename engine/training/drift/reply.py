"""What is kept of a solution when behaviours are compared."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import log2
from typing import Final

from engine.training.row_format import ANSWER, STATEMENT_JOINT, Completion

# Counted alike whatever a version's own vocabulary is: marks, names, digits and signs.
_PIECE: Final = re.compile(r"<\w+>|\d|[^\W\d]\w*|[^\w\s]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One solution.

    Attributes:
        said: The answer in its canonical spelling; None where there is none.
        is_declined: It says that there is not enough information.
        n_tokens: How long it is: its marks, names, digits and signs.
        n_statements: How many statements its program has.
    """

    said: str | None
    is_declined: bool = False
    n_tokens: int = 0
    n_statements: int = 0


def read_reply(completion: Completion) -> Reply:
    """What a completion comes to."""
    program = completion.text.partition(ANSWER)[0]
    statements = [text for text in program.split(STATEMENT_JOINT) if text.strip()]
    return Reply(
        said=completion.said,
        is_declined=completion.is_declined,
        n_tokens=len(_PIECE.findall(completion.text)),
        n_statements=len(statements),
    )


def agreement(replies: Sequence[Reply]) -> float:
    """The share of pairs that give the same answer.

    A reply without an answer agrees with none: who asks twice and gets nothing twice was not
    given an answer to rely on.

    Args:
        replies: At least two.
    """
    pairs = list(combinations((reply.said for reply in replies), 2))
    return sum(one is not None and one == other for one, other in pairs) / len(pairs)


def answer_entropy_bits(replies: Sequence[Reply]) -> float:
    """Shannon's entropy of the answers' shares; having none counts as an answer of its own.

    0 when all are the same, log2 of the number of replies when no two are.
    """
    counts = Counter(reply.said for reply in replies)
    shares = [count / len(replies) for count in counts.values()]
    # Minus zero would be shown as such.
    return abs(sum(share * log2(share) for share in shares))
