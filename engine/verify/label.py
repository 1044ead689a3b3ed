"""Reads the probability of yes from the candidates for one token."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

# How sentencepiece and byte-level tokenizers write the blank before a word.
BLANKS = "▁Ġ"
# A model that gives yes and no together less than this did not answer the question.
MIN_MASS = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One token that could have come next.

    Attributes:
        token: Its text.
        logprob: Natural logarithm of its probability.
    """

    token: str
    logprob: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """The words that mean yes and no.

    Compared without case and without blanks around them, so that each stands for all of its
    spellings as a token.

    Attributes:
        yes: Words for yes.
        no: Words for no.
    """

    yes: tuple[str, ...] = ("yes", "<yes>")
    no: tuple[str, ...] = ("no", "<no>")


def read_yes(candidates: Sequence[Candidate], labels: Labels) -> float | None:
    """Return P(yes) / (P(yes) + P(no)), in [0, 1].

    The spellings of a word are added up. A word that is not among the candidates is at most as
    probable as the least of them, and as what they leave over; it is taken to be just that, so
    that a cut-off list does not make certainty.

    Returns:
        ``None`` when the model answered neither yes nor no: it could not be read.
    """
    known = [one for one in candidates if one.logprob <= 0]
    masses = [math.exp(one.logprob) for one in known]
    yes = _sum_mass(known, masses, labels.yes)
    no = _sum_mass(known, masses, labels.no)
    if yes + no < MIN_MASS:
        return None
    unseen = min(*masses, max(0.0, 1 - math.fsum(masses)))
    yes, no = yes or unseen, no or unseen
    return yes / (yes + no)


def _sum_mass(
    candidates: Sequence[Candidate], masses: Sequence[float], words: Sequence[str]
) -> float:
    folded = {_fold(word) for word in words}
    return math.fsum(
        mass for one, mass in zip(candidates, masses, strict=True) if _fold(one.token) in folded
    )


def _fold(token: str) -> str:
    return token.strip(BLANKS).strip().casefold()
