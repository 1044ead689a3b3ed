"""How sure a model was of a whole sample, and which samples of several are the surest.

Self-certainty (Kang et al. 2025, arXiv 2502.18581) is the mean over tokens of KL(U || p), the
divergence between a uniform choice among all V tokens and the model's. A server tells the
k <= 20 most probable tokens only, and the sum over V is nearly all tail: what is known bounds it,
but does not tell it. Over the k that are told, it is the certainty of DeepConf less log k, which
orders samples alike: ``Measure.MEAN`` is self-certainty with the vocabulary cut to k, no more.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from enum import StrEnum

from engine.domain.outcome import Outcome, OutcomeStatus
from engine.search.vote import Ballot


class Measure(StrEnum):
    """Which groups of tokens say how certain a sample is (DeepConf, equations 3 to 6)."""

    MEAN = "mean"
    TAIL = "tail"
    LOWEST = "lowest"
    BOTTOM_TENTH = "bottom_tenth"


class Weighing(StrEnum):
    """How certainty becomes the weight of a vote.

    ``CERTAINTY``: it is the weight (DeepConf, equation 7). ``BORDA``: only its rank counts, see
    :func:`weigh_ranks`.
    """

    CERTAINTY = "certainty"
    BORDA = "borda"


def measure_certainty(outcome: Outcome, measure: Measure) -> float | None:
    """Return how certain a sample is; ``None`` where the server gives no candidates."""
    certainty = outcome.certainty
    if certainty is None:
        return None
    match measure:
        case Measure.MEAN:
            return certainty.mean
        case Measure.TAIL:
            return certainty.tail
        case Measure.LOWEST:
            return certainty.lowest
        case Measure.BOTTOM_TENTH:
            return certainty.bottom_tenth


def find_bar(ballots: Sequence[Ballot], keep: float) -> float | None:
    """Return what the least certain group of the surest samples reaches.

    Args:
        ballots: Samples that have ended; those that are not complete say nothing.
        keep: Share of them that counts as the surest, in (0, 1].

    Returns:
        ``None`` where no certainty is known.
    """
    lowest = [
        ballot.outcome.certainty.lowest
        for ballot in ballots
        if ballot.outcome.status is OutcomeStatus.COMPLETE and ballot.outcome.certainty is not None
    ]
    return find_quantile(lowest, keep) if lowest else None


def find_quantile(values: Sequence[float], keep: float) -> float:
    """Return the value that the highest share ``keep`` of the values reaches, by nearest rank."""
    # The product may miss a whole number by an error of rounding: 0.07 of 100 is not 8.
    n_kept = max(1, math.ceil(keep * len(values) - 1e-9))
    return sorted(values, reverse=True)[n_kept - 1]


def weigh_ranks(certainties: Mapping[int, float], power: float) -> dict[int, float]:
    """Return the weight of each vote by how its certainty ranks: v(r) = (N - r + 1)^p.

    Borda voting, Kang et al. 2025 (arXiv 2502.18581): of N votes the surest has rank 1. With
    p = 0 it is the majority's vote; a great p leaves it to the surest. Of equals the one that was
    submitted first ranks higher.

    Args:
        certainties: By submission rank.
        power: p, at least 0.
    """
    ranked = sorted(certainties, key=lambda rank: (-certainties[rank], rank))
    return {rank: (len(ranked) - place) ** power for place, rank in enumerate(ranked)}
