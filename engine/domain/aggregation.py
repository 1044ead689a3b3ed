"""From the scores of a path's steps to one score of the path."""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import StrEnum


class Aggregation(StrEnum):
    """How step scores p_1..p_T become one score.

    Lightman et al. 2023 (arXiv 2305.20050) multiply, Snell et al. 2024 (arXiv 2408.03314) take
    the last. A verifier trained on exact step labels suits ``PRODUCT`` and ``MIN``, one trained on
    how often a prefix succeeded suits ``LAST`` (arXiv 2501.07301); which is best is a question for
    held-out data.
    """

    LAST = "last"
    MIN = "min"
    PRODUCT = "product"
    MEAN = "mean"


def aggregate_scores(scores: Sequence[float], how: Aggregation) -> float | None:
    """Return the path's score, in [0, 1] as its steps' are; ``None`` for a path of no step."""
    if not scores:
        return None
    match how:
        case Aggregation.LAST:
            return scores[-1]
        case Aggregation.MIN:
            return min(scores)
        case Aggregation.PRODUCT:
            return math.prod(scores)
        case Aggregation.MEAN:
            return math.fsum(scores) / len(scores)
