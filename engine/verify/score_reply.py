"""Reads class probabilities into scores, whatever shape a classification server gives them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from engine.domain.aggregation import Aggregation, aggregate_scores
from engine.domain.verdict import Verdict
from engine.verify.profile import VerifierProfile

UNREADABLE = "the server's scores cannot be read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read of a verifier's reply on one claim.

    Attributes:
        score: In [0, 1]; ``None`` when it could not be read.
        verdict: What a check found, if one was made.
        error: Why there is no score, or what a check found wrong.
    """

    score: float | None = None
    verdict: Verdict = Verdict.UNCHECKED
    error: str | None = None


def read_scores(rows: Any, profile: VerifierProfile, n_steps: int) -> Reading:
    """Read the probabilities of one claim.

    Args:
        rows: One list of class probabilities, or a list of such lists: one for each step, or one
            for each token, of which only the last can then be used.
        profile: Which class means right, and how steps become one score.
        n_steps: How many steps the claim has.
    """
    table = _to_table(rows)
    if not table:
        return Reading(error=UNREADABLE)
    if len(table) != n_steps and profile.aggregation is not Aggregation.LAST:
        return Reading(
            error=f"{len(table)} scores came for {n_steps} steps, so aggregation="
            f"{profile.aggregation} cannot be used: serve the model so that it pools at its "
            "step mark, or use aggregation=last"
        )
    picked = [_pick(row, profile.right_class) for row in table]
    scores = [score for score in picked if score is not None]
    if len(scores) < len(picked):
        return Reading(
            error="a score is no probability in [0, 1], or the class is missing: "
            "check right_class, and that the server applies the model's activation"
        )
    return Reading(score=aggregate_scores(scores, profile.aggregation))


def _to_table(rows: Any) -> list[list[Any]]:
    if not isinstance(rows, list) or not rows:
        return []
    items = cast("list[Any]", rows)
    if all(isinstance(item, list) for item in items):
        return cast("list[list[Any]]", items)
    return [items]


def _pick(row: Sequence[Any], right_class: int) -> float | None:
    if not -len(row) <= right_class < len(row):
        return None
    value = row[right_class]
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    return float(value) if 0 <= value <= 1 else None
