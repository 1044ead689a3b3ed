"""Which answers to stand by: the policy, as one pure function of a standing."""

from __future__ import annotations

from dataclasses import dataclass

from engine.domain.standing import SolveOutcome, Standing
from engine.verify.evidence import is_executed


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictPolicy:
    """What it takes to call an answer verified.

    Attributes:
        min_confidence: Below this calibrated confidence no answer is verified, whatever speaks
            for it; ``None``, or a standing without confidence, sets no bar.
        min_score: From which mean score on a verifier's word is taken; ``None`` where it never
            is, as for a model that judges itself.
        trusts_execution: Whether programs that agree verify an answer.
        min_share: Which share of all ended samples must have given an answer for execution to
            verify it: programs that agree are wrong together where most others disagree.
    """

    min_confidence: float | None = None
    min_score: float | None = None
    trusts_execution: bool = True
    min_share: float = 0.5


def judge_outcome(standing: Standing, policy: VerdictPolicy) -> SolveOutcome:
    """Return what a search that ends in this standing has to show.

    ``VERIFIED`` takes the word of a verifier, or execution: half of all samples gave the answer,
    and two different programs among them, or one together with the majority of what was reasoned
    without. An answer that more checks refuted than confirmed is ``UNVERIFIED`` in any case. What
    could not be checked counts neither way.
    """
    if standing.answer is None:
        return SolveOutcome.NO_ANSWER
    if _is_doubtful(standing, policy) or _is_refuted(standing):
        return SolveOutcome.UNVERIFIED
    if _is_vouched_for(standing, policy):
        return SolveOutcome.VERIFIED
    if _is_computed(standing, policy):
        return SolveOutcome.VERIFIED
    return SolveOutcome.UNVERIFIED


def _is_doubtful(standing: Standing, policy: VerdictPolicy) -> bool:
    if policy.min_confidence is None or standing.confidence is None:
        return False
    return standing.confidence < policy.min_confidence


def _is_refuted(standing: Standing) -> bool:
    support = standing.support
    return support is not None and support.n_refuted > support.n_confirmed


def _is_computed(standing: Standing, policy: VerdictPolicy) -> bool:
    share = standing.vote_share or 0.0
    return policy.trusts_execution and share >= policy.min_share and is_executed(standing)


def _is_vouched_for(standing: Standing, policy: VerdictPolicy) -> bool:
    support = standing.support
    if policy.min_score is None or support is None or support.mean_score is None:
        return False
    return support.mean_score >= policy.min_score
