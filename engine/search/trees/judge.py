"""What a path is worth: who says so, and what is made of their words."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum


class Judge(StrEnum):
    """Who says what a path is worth, in [0, 1].

    ``VERIFIER``: the verifier's score of the path; one trial a path. ``VALUE``: the model says how
    far the path can still succeed; one trial or more a path. ``VOTE``: the model picks the best of
    several paths; one trial or more for all of them. ``LIKELIHOOD``: exp of the mean
    log-probability of the path's last text; no trial. ``AGREEMENT``: how many of the other
    finished paths conclude the same; no trial.
    """

    VERIFIER = "verifier"
    VALUE = "value"
    VOTE = "vote"
    LIKELIHOOD = "likelihood"
    AGREEMENT = "agreement"


def rate_agreement(n_same: int, n_others: int) -> float:
    """Return how far an answer agrees with the others, by Laplace's rule of succession.

    Args:
        n_same: Other finished paths with the same answer.
        n_others: All other finished paths with an answer. With none, nothing is known: 0.5.
    """
    return (n_same + 1) / (n_others + 2)


def average_scores(scores: Sequence[float]) -> float | None:
    """Return the mean of what judges said; ``None`` when none did."""
    return sum(scores) / len(scores) if scores else None
