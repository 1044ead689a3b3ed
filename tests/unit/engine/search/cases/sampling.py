"""Searches that draw independent samples."""

from __future__ import annotations

from engine.search.adaptive_consistency import AdaptiveConsistency
from engine.search.direct import Direct
from engine.search.self_consistency import SelfConsistency
from engine.search.stopping.catalogue import Stop
from engine.search.vote import VoteRule
from tests.unit.engine.search.cases.case import Case


def _case(algorithm, max_trials=9, **marks):
    return Case(algorithm=algorithm, max_trials=max_trials, **marks)


CASES: dict[str, Case] = {
    "direct": _case(Direct(), 1, is_fragile=True),
    "majority-8": _case(SelfConsistency(samples=8), 8),
    "majority-5-hasty": _case(SelfConsistency(samples=5, haste=1.0), 5),
    "likelihood-6": _case(SelfConsistency(samples=6, rule=VoteRule.LIKELIHOOD), 6),
    "likelihood-9-half-haste": _case(
        SelfConsistency(samples=9, rule=VoteRule.LIKELIHOOD, haste=0.5)
    ),
    "stochastic-9-hasty": _case(
        SelfConsistency(samples=9, stop=Stop.STOCHASTIC, risk=0.1, haste=1.0)
    ),
    "certificate-9-half-haste": _case(
        SelfConsistency(samples=9, stop=Stop.CERTIFICATE, risk=0.4, haste=0.5)
    ),
    "adaptive-beta-9": _case(AdaptiveConsistency(samples=9, risk=0.2)),
    "adaptive-beta-9-hasty": _case(AdaptiveConsistency(samples=9, risk=0.2, haste=1.0)),
    "adaptive-dirichlet-9-half-haste": _case(
        AdaptiveConsistency(samples=9, stop=Stop.DIRICHLET, risk=0.2, haste=0.5)
    ),
}
