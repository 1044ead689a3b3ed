"""A world whose samples are closed when the model becomes unsure, as the adapter does."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from engine.domain.outcome import Outcome, OutcomeStatus
from engine.domain.trial import Trial
from tests.unit.engine.search.simulation import answer_of
from tests.unit.engine.search.world import BAIT, World


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsureWorld(World):
    """How trials end where certainty is looked at.

    Attributes:
        silence: Chance that the server gives no candidates for a sample.
    """

    silence: float = 0.1

    def finish(self, trial: Trial, draw: random.Random) -> Outcome:
        """Return how the trial ends: closed where its least sure group falls below the bar."""
        outcome = World.finish(self, trial, draw)
        bar, certainty = trial.sampling.min_certainty, outcome.certainty
        if draw.random() < self.silence or certainty is None:
            return replace(outcome, certainty=None)
        if bar is not None and certainty.lowest < bar:
            return replace(
                outcome, status=OutcomeStatus.TRUNCATED, reason="unsure", answer=answer_of(BAIT)
            )
        return outcome
