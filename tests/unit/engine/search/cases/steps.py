"""Searches that grow several solutions step by step."""

from __future__ import annotations

from dataclasses import replace

from engine.domain.aggregation import Aggregation
from engine.search.scoring import Pick, Scorer
from engine.search.steps.beam import Beam
from engine.search.steps.chains import Chains
from engine.search.steps.dvts import Dvts
from engine.search.steps.particles import Particles
from engine.search.steps.rebase import Rebase
from engine.search.steps.search import StepSearch
from engine.search.steps.settings import StepSettings
from tests.unit.engine.search.cases.case import Case

MAX_STEPS = 4


def _case(growth, width=6, **settings):
    settings = {"scorer": Scorer.VERIFIER, "max_steps": MAX_STEPS, **settings}
    steps = StepSettings(width=width, **settings)
    # Each step has one judgement, and as many looks ahead before it as the growth takes.
    n_each = growth.lookahead + (2 if steps.scorer is Scorer.VERIFIER else 1)
    return Case(
        algorithm=StepSearch(growth=growth, steps=steps),
        max_trials=width * steps.max_steps * n_each,
        wider=StepSearch(growth=growth, steps=replace(steps, width=width * 2)),
    )


CASES: dict[str, Case] = {
    "beam-6": _case(Beam(branching=2)),
    "beam-6-likely": _case(Beam(branching=3), scorer=Scorer.LIKELIHOOD),
    "beam-4-looking-ahead": _case(Beam(branching=2, lookahead=2), width=4),
    "beam-5-best": _case(Beam(branching=2), width=5, pick=Pick.BEST),
    "dvts-6": _case(Dvts(branching=2)),
    "dvts-5-min": _case(Dvts(branching=3), width=5, aggregation=Aggregation.MIN),
    "rebase-6": _case(Rebase()),
    "rebase-6-likely": _case(Rebase(balance=1.0), scorer=Scorer.LIKELIHOOD),
    "particles-6": _case(Particles()),
    "particles-5-entropic": _case(Particles(is_entropic=True), width=5),
    "chains-5-product": _case(Chains(), width=5, aggregation=Aggregation.PRODUCT),
}
