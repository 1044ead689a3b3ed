"""The last look at a standing: how sure, and whether to stand by it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from engine.domain.standing import SolveOutcome, Standing
from engine.verify.calibrator import Calibrator
from engine.verify.verdict import VerdictPolicy, judge_outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """How standings are assessed, as a value that a search is given.

    Attributes:
        calibrator: ``None`` leaves the confidence unknown.
        policy: What it takes to call an answer verified.
    """

    calibrator: Calibrator | None = None
    policy: VerdictPolicy = field(default_factory=VerdictPolicy)

    def assess(self, standing: Standing) -> Standing:
        """Return the standing with its confidence and whether it is verified.

        The evidence must have been gathered before. Where the policy names no least confidence,
        the calibrator's own threshold applies.
        """
        policy = self.policy
        if self.calibrator is not None:
            standing = self.calibrator.calibrate(standing)
            if policy.min_confidence is None:
                policy = replace(policy, min_confidence=self.calibrator.min_confidence)
        is_verified = judge_outcome(standing, policy) is SolveOutcome.VERIFIED
        return replace(standing, is_verified=is_verified)
