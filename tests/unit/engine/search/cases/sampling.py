"""Searches that draw independent samples."""

from __future__ import annotations

from dataclasses import replace

from engine.search.adaptive_consistency import AdaptiveConsistency
from engine.search.best_of_n import BestOfN
from engine.search.certainty import Weighing
from engine.search.deepconf import DeepConf, Mode
from engine.search.direct import Direct
from engine.search.scoring import Pick, Scorer
from engine.search.self_consistency import SelfConsistency
from engine.search.stopping.catalogue import Stop
from engine.search.vote import VoteRule
from tests.unit.engine.search.cases.case import Case
from tests.unit.engine.search.cases.unsure_world import UnsureWorld


def _case(algorithm, max_trials=9, **marks):
    can_widen = hasattr(algorithm, "samples")
    wider = replace(algorithm, samples=algorithm.samples * 2) if can_widen else None
    return Case(algorithm=algorithm, max_trials=max_trials, wider=wider, **marks)


CASES: dict[str, Case] = {
    "direct": _case(Direct(), 1, is_fragile=True),
    "majority-8": _case(SelfConsistency(samples=8), 8),
    "majority-6-full": _case(SelfConsistency(samples=6, stop=Stop.FULL), 6),
    "majority-5-hasty": _case(SelfConsistency(samples=5, haste=1.0), 5),
    "likelihood-6": _case(SelfConsistency(samples=6, rule=VoteRule.LIKELIHOOD), 6),
    "likelihood-9-half-haste": _case(
        SelfConsistency(samples=9, rule=VoteRule.LIKELIHOOD, haste=0.5)
    ),
    "cisc-6": _case(SelfConsistency(samples=6, rule=VoteRule.CISC), 6),
    "cisc-6-cold": _case(SelfConsistency(samples=6, rule=VoteRule.CISC, cisc_temperature=0.1), 6),
    "verifier-6": _case(SelfConsistency(samples=6, rule=VoteRule.VERIFIER), 12),
    "verifier-5-hasty": _case(SelfConsistency(samples=5, rule=VoteRule.VERIFIER, haste=1.0), 10),
    "best-of-6-weighted": _case(BestOfN(samples=6, scorer=Scorer.VERIFIER), 12),
    "best-of-5-naive": _case(BestOfN(samples=5, scorer=Scorer.VERIFIER, pick=Pick.BEST), 10),
    "best-of-6-likely-half-haste": _case(BestOfN(samples=6, haste=0.5), 6),
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
    "deepconf-offline-6": _case(DeepConf(samples=6, keep=0.5), 6, world=UnsureWorld()),
    "deepconf-borda-6": _case(
        DeepConf(samples=6, keep=0.7, weighing=Weighing.BORDA), 6, world=UnsureWorld()
    ),
    "deepconf-online-9": _case(
        DeepConf(mode=Mode.ONLINE, samples=9, warmups=3, keep=0.5, consensus=0.8),
        world=UnsureWorld(),
    ),
    "deepconf-online-9-half-haste": _case(
        DeepConf(mode=Mode.ONLINE, samples=9, warmups=4, keep=0.9, consensus=0.9, haste=0.5),
        world=UnsureWorld(),
    ),
}
