"""Searches that run programs and call tools."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from engine.domain.outcome import Outcome
from engine.domain.trial import Trial, Work
from engine.search.stopping.catalogue import Stop
from engine.search.tool_use.pal import Pal
from engine.search.tool_use.tora import Tora
from engine.search.tool_use.trail import MALFORMED, OnFailure
from tests.unit.engine.search.cases.case import Case
from tests.unit.engine.search.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolWorld(World):
    """How trials end where tools are called.

    Attributes:
        plain: Chance that a step that is not the last calls nothing.
        malformed: Chance that its call cannot be read.
        broken: Chance that the run of a tool fails.
    """

    depth: int = 5
    plain: float = 0.2
    malformed: float = 0.2
    broken: float = 0.3

    def finish(self, trial: Trial, draw: random.Random) -> Outcome:
        """Return how the trial ends: a run that fails is an observation like any other."""
        outcome = World.finish(self, trial, draw)
        if trial.work is Work.TOOL:
            is_broken = draw.random() < self.broken
            error = "it failed" if is_broken else None
            return replace(outcome, reason="tool-error" if error else "observed", error=error)
        if outcome.call is None:
            return outcome
        if draw.random() < self.plain:
            return replace(outcome, call=None)
        return replace(outcome, call=MALFORMED) if draw.random() < self.malformed else outcome


def _pal(**settings):
    algorithm = Pal(**settings)
    return Case(algorithm=algorithm, max_trials=algorithm.samples)


def _tora(*, is_fragile=False, **settings):
    algorithm = Tora(**settings)
    return Case(
        algorithm=algorithm,
        max_trials=algorithm.max_trials,
        world=ToolWorld(),
        # Where few calls or corrections are allowed, every trail may run out of them.
        is_fragile=is_fragile,
    )


CASES: dict[str, Case] = {
    "pal-8": _pal(),
    "pal-7-programs-hasty": _pal(samples=7, cot_share=0.0, haste=1.0),
    "pal-9-beta": _pal(samples=9, cot_share=0.3, stop=Stop.BETA, risk=0.2, haste=0.5),
    "tora-3": _tora(samples=3, max_steps=8),
    "tora-4-short": _tora(
        samples=4, max_steps=3, max_calls=1, max_corrections=0, haste=0.5, is_fragile=True
    ),
    "tora-3-drop": _tora(
        samples=3, max_steps=8, on_failure=OnFailure.DROP, haste=1.0, is_fragile=True
    ),
}
