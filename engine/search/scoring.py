"""Scores of paths: where they come from, and what one is worth that could not be had."""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import StrEnum

from engine.domain.aggregation import Aggregation, aggregate_scores
from engine.domain.outcome import Likelihood, Outcome, OutcomeStatus
from engine.domain.verdict import Verdict

# A path that nobody could judge is as probably right as wrong: a failed judge is no low score.
UNJUDGED = 0.5
# Beyond these a verifier is not to be believed: one score of 1 would outweigh every vote.
LOWEST_SCORE, HIGHEST_SCORE = 0.01, 0.99
LARGEST_LOG_ODDS = math.log(HIGHEST_SCORE / (1 - HIGHEST_SCORE))

_VERDICT_SCORES = {Verdict.RIGHT: 1.0, Verdict.WRONG: 0.0}


class Scorer(StrEnum):
    """Who scores a path.

    ``VERIFIER`` judges it in a trial of its own. ``LIKELIHOOD`` is how probable the model held
    what it wrote, the geometric mean over its tokens; it costs nothing.
    """

    VERIFIER = "verifier"
    LIKELIHOOD = "likelihood"


class Pick(StrEnum):
    """Which answer scores elect: that of the greatest sum, or that of the single best text."""

    WEIGHTED = "weighted"
    BEST = "best"


def score_likelihood(*written: Likelihood | None) -> float | None:
    """Return exp of the mean log-probability over texts that follow each other, in [0, 1].

    Args:
        written: How probable each text was; one without usable log-probabilities is passed over.

    Returns:
        ``None`` where none of the texts has any.
    """
    known = [one for one in written if one is not None and one.n_tokens > 0]
    n_tokens = sum(one.n_tokens for one in known)
    if not n_tokens:
        return None
    total = math.fsum(one.mean_logprob * one.n_tokens for one in known)
    return min(1.0, math.exp(total / n_tokens))


def read_score(judged: Outcome) -> float | None:
    """Return what a judging trial found, in [0, 1]; ``None`` where it broke off or cannot tell.

    A check that names no score but a verdict has found the path right, or wrong, for sure.
    """
    if judged.status is not OutcomeStatus.COMPLETE:
        return None
    if judged.score is not None:
        return min(1.0, max(0.0, judged.score))
    return None if judged.verdict is None else _VERDICT_SCORES.get(judged.verdict)


def score_path(scores: Sequence[float | None], how: Aggregation) -> float:
    """Return the score of a path from those of its steps, in [0, 1].

    A step that could not be judged is passed over; a path of such steps is worth ``UNJUDGED``.
    """
    found = aggregate_scores([score for score in scores if score is not None], how)
    return UNJUDGED if found is None else found


def to_log_odds(score: float) -> float:
    """Return log(s / (1 - s)), with s clipped to what a verifier is believed."""
    believed = min(max(score, LOWEST_SCORE), HIGHEST_SCORE)
    odds = math.log(believed / (1 - believed))
    # The two bounds are not each other's mirror image to the last digit; their log-odds are.
    return min(max(odds, -LARGEST_LOG_ODDS), LARGEST_LOG_ODDS)
