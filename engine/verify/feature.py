"""What a calibrator looks at: a few numbers read from a standing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import StrEnum

from engine.domain.standing import Standing
from engine.verify.evidence import is_executed
from engine.verify.log_odds import to_log_odds


class Feature(StrEnum):
    """One number about a decision.

    ``VOTE_SHARE``: votes of the leader over all ended samples, in [0, 1]. ``MARGIN``: its lead
    over the runner-up, as a share of all ended samples, in [0, 1]. ``LOG_ODDS``: log-odds of the
    verifier's mean score for it, in [-8, 8]; absent without a score. ``EXECUTED``: 1 where
    execution supports it, else 0. ``TAIL``: the model's mean certainty at the end of its samples
    (DeepConf), at least 0; absent where the server gives no candidates. ``LOG_N``: natural
    logarithm of 1 plus the number of ended samples.
    """

    VOTE_SHARE = "vote_share"
    MARGIN = "margin"
    LOG_ODDS = "log_odds"
    EXECUTED = "executed"
    TAIL = "tail"
    LOG_N = "log_n"


def read_features(standing: Standing) -> Mapping[Feature, float]:
    """Return what is known of a standing; nothing while no answer leads.

    What is unknown is absent, never zero: a calibrator that needs it then gives no confidence.
    """
    if not standing.votes or not standing.n_ended or standing.answer is None:
        return {}
    leader, *rivals = standing.votes
    second = max((rival.n_votes for rival in rivals), default=0)
    features = {
        Feature.VOTE_SHARE: leader.n_votes / standing.n_ended,
        Feature.MARGIN: max(0, leader.n_votes - second) / standing.n_ended,
        Feature.EXECUTED: float(is_executed(standing)),
        Feature.LOG_N: math.log1p(standing.n_ended),
    }
    support = standing.support
    if support is not None and support.mean_score is not None:
        features[Feature.LOG_ODDS] = to_log_odds(support.mean_score)
    if support is not None and support.mean_tail is not None:
        features[Feature.TAIL] = support.mean_tail
    return features


def count_samples(features: Mapping[Feature, float]) -> int:
    """Return how many samples had ended, from features that tell it."""
    return round(math.expm1(features[Feature.LOG_N]))
