"""Searches made of others."""

from __future__ import annotations

from engine.route.policy import AgreementPolicy
from engine.search.composite.ensemble import Ensemble
from engine.search.composite.router import FixedPolicy, Router
from engine.search.self_consistency import SelfConsistency
from engine.search.steps.rebase import Rebase
from engine.search.steps.search import StepSearch
from engine.search.steps.settings import StepSettings
from engine.search.stopping.catalogue import Stop
from engine.search.trees.mcts import Mcts
from engine.search.vote import VoteRule
from tests.unit.engine.search.cases.case import Case

VOTE = SelfConsistency(samples=5)
TREE = Mcts(iterations=3, width=2, max_depth=3)
STEPS = StepSearch(growth=Rebase(), steps=StepSettings(width=3, max_steps=3))


def _router(**changes) -> Router:
    given = {
        "pilot": SelfConsistency(samples=3),
        "parts": {"adaptive": VOTE, "guided": STEPS},
        "policy": AgreementPolicy(),
        **changes,
    }
    return Router(**given)


CASES: dict[str, Case] = {
    "ensemble-of-votes": Case(
        algorithm=Ensemble(
            parts={"1": VOTE, "2": SelfConsistency(samples=4, rule=VoteRule.LIKELIHOOD)}
        ),
        max_trials=9,
    ),
    "ensemble-of-three-kinds": Case(
        algorithm=Ensemble(parts={"vote": VOTE, "steps": STEPS, "tree": TREE}),
        max_trials=5 + 3 * 3 + TREE.n_planned,
        is_order_free=False,
    ),
    "ensemble-in-an-ensemble": Case(
        algorithm=Ensemble(parts={"both": Ensemble(parts={"1": VOTE, "2": VOTE}), "vote": VOTE}),
        max_trials=15,
    ),
    "router-by-agreement": Case(algorithm=_router(), max_trials=3 + 5 + 9),
    "router-to-a-verifier": Case(
        algorithm=_router(
            pilot=SelfConsistency(samples=3, rule=VoteRule.VERIFIER),
            parts={"adaptive": SelfConsistency(samples=6, stop=Stop.STOCHASTIC), "tree": TREE},
        ),
        max_trials=6 + 6 + TREE.n_planned,
        is_order_free=False,
    ),
    "router-by-choice": Case(
        algorithm=_router(policy=FixedPolicy(choice="guided")), max_trials=3 + 9
    ),
    "router-pilot-only": Case(algorithm=_router(policy=FixedPolicy(choice=None)), max_trials=3),
}
