"""Reading what a model says about paths: proposals of next thoughts, values, and votes.

All pure, all linear in the text, and none raises: what cannot be read is ``None``, or no proposal.
"""

from __future__ import annotations

import re

MAX_PROPOSALS = 16
MAX_PROPOSAL_CHARS = 2_000
# Only the end of a judgement is read: what comes before are its reasons.
MAX_TAIL_CHARS = 4_000

# Tree of Thoughts (Yao et al. 2023, arXiv 2305.10601) lets the model say one of three words and
# weighs them 20, 1 and 0.001 when it sums them. A score is a probability, so these keep the order
# and the ends of that scale, and put the word for "may well" in the middle.
VALUE_WORDS = {"sure": 1.0, "likely": 0.5, "impossible": 0.001}


def split_proposals(text: str) -> tuple[str, ...]:
    """Return the proposals of a text, one a line, without numbers or bullets before them.

    Empty lines and repeated proposals are left out; at most 16 are taken.
    """
    found: dict[str, None] = {}
    for line in text.splitlines():
        proposal = _BULLET.sub("", line.strip()).strip()[:MAX_PROPOSAL_CHARS]
        if proposal:
            found.setdefault(proposal)
        if len(found) == MAX_PROPOSALS:
            break
    return tuple(found)


def read_value(text: str) -> float | None:
    """Return how far a path can still succeed, in [0, 1], as the last line that says so has it.

    A line says so with one of the words *sure*, *likely* and *impossible*, or with a number from 0
    to 1, or with a percentage. Of several in a line the last counts.
    """
    for line in reversed(text[-MAX_TAIL_CHARS:].splitlines()):
        said = [
            value for match in _VALUE.finditer(line) if (value := _value_of(match)) is not None
        ]
        if said:
            return said[-1]
    return None


def read_vote(text: str, n_choices: int) -> int | None:
    """Return which of the choices was picked, counted from 0; ``None`` for none of them.

    The pick is the last number behind the word *best* or *choice*; a text that is nothing but a
    number picks as well.
    """
    tail = text[-MAX_TAIL_CHARS:]
    numbers = [int(match[1]) for match in _VOTE.finditer(tail)]
    if not numbers and (alone := _ALONE.fullmatch(tail.strip())):
        numbers = [int(alone[1])]
    return numbers[-1] - 1 if numbers and 1 <= numbers[-1] <= n_choices else None


_BULLET = re.compile(
    r"^(?:[-*+•]\s+|\(?\d{1,3}[.):]\s+|(?:step|thought|option)\s+\d{1,3}[.):]\s*)", re.IGNORECASE
)
_VALUE = re.compile(
    r"(?P<word>(?<![A-Za-z])(?:sure|likely|impossible)(?![A-Za-z]))"
    r"|(?<![\d.,/-])(?P<number>\d{1,3}(?:\.\d{1,17})?)\s?(?P<percent>%)?(?![\d/]|\.\d)",
    re.IGNORECASE,
)
_VOTE = re.compile(r"\b(?:best|choice|option|candidate)\b[^\d\n]{0,40}?(\d{1,4})\b", re.IGNORECASE)
_ALONE = re.compile(r"\W{0,8}(\d{1,4})\W{0,8}")


def _value_of(match: re.Match[str]) -> float | None:
    if match["word"]:
        return VALUE_WORDS[match["word"].lower()]
    number = float(match["number"]) / (100 if match["percent"] else 1)
    return number if number <= 1 else None
