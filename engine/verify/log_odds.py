"""Probabilities and their log-odds, without infinities."""

from __future__ import annotations

import math

# Log-odds of a probability are cut off here, at about 1 in 3,000: beyond it a score says more
# about a verifier's arithmetic than about an answer.
MAX_LOG_ODDS = 8.0


def to_log_odds(probability: float) -> float:
    """Return log(p / (1 - p)), cut off at plus and minus 8."""
    if probability <= 0:
        return -MAX_LOG_ODDS
    if probability >= 1:
        return MAX_LOG_ODDS
    odds = math.log(probability) - math.log1p(-probability)
    return max(-MAX_LOG_ODDS, min(MAX_LOG_ODDS, odds))


def to_probability(log_odds: float) -> float:
    """Return 1 / (1 + exp(-z)) for any finite z."""
    if log_odds >= 0:
        return 1 / (1 + math.exp(-log_odds))
    grown = math.exp(log_odds)
    return grown / (1 + grown)
