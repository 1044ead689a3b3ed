"""Searches over a tree of thoughts."""

from __future__ import annotations

from engine.search.trees.ab_mcts import AbMcts
from engine.search.trees.harvest import Choice
from engine.search.trees.judge import Judge
from engine.search.trees.mcts import Mcts
from engine.search.trees.rstar import RStar
from engine.search.trees.selection import Bonus, InFlight
from engine.search.trees.thompson import Belief
from engine.search.trees.thought import Generator
from engine.search.trees.tot_bfs import TotBfs
from engine.search.trees.tot_dfs import TotDfs
from tests.unit.engine.search.cases.case import Case


def _case(algorithm: Mcts | AbMcts | RStar | TotBfs | TotDfs) -> Case:
    # Where to grow next depends on the values told so far, hence on what ended first.
    return Case(algorithm=algorithm, max_trials=algorithm.n_planned, is_order_free=False)


CASES: dict[str, Case] = {
    "mcts-uct-likelihood": _case(Mcts(iterations=5, width=3, max_depth=4, parallel=4)),
    "mcts-puct-value": _case(
        Mcts(
            iterations=4,
            width=2,
            max_depth=4,
            bonus=Bonus.PUCT,
            scorer=Judge.VALUE,
            n_values=2,
            parallel=1,
            top=2,
        )
    ),
    "mcts-verified-rollouts": _case(
        Mcts(
            iterations=4,
            width=2,
            max_depth=3,
            in_flight=InFlight.COUNT,
            scorer=Judge.VERIFIER,
            rollout=True,
            parallel=6,
        )
    ),
    "mcts-agreeing-rollouts": _case(
        Mcts(iterations=4, width=2, max_depth=4, scorer=Judge.AGREEMENT, rollout=True)
    ),
    "ab-mcts-beta": _case(AbMcts(iterations=9, max_depth=4, top=2)),
    "ab-mcts-gaussian-verifier": _case(
        AbMcts(
            iterations=7,
            max_depth=3,
            belief=Belief.GAUSSIAN,
            scorer=Judge.VERIFIER,
            parallel=2,
        )
    ),
    "tot-bfs-propose-value": _case(TotBfs(breadth=2, thoughts=3, n_values=2)),
    "tot-bfs-sample-vote-weighted": _case(
        TotBfs(
            breadth=2,
            thoughts=2,
            generator=Generator.SAMPLE,
            scorer=Judge.VOTE,
            n_values=2,
            choice=Choice.WEIGHTED,
        )
    ),
    "tot-bfs-sample-likelihood": _case(
        TotBfs(max_depth=2, breadth=3, generator=Generator.SAMPLE, scorer=Judge.LIKELIHOOD)
    ),
    "tot-dfs-propose-value": _case(TotDfs(thoughts=2, max_visits=6, threshold=0.3)),
    "tot-dfs-sample-verifier": _case(
        TotDfs(
            thoughts=2,
            max_visits=8,
            n_answers=2,
            generator=Generator.SAMPLE,
            scorer=Judge.VERIFIER,
        )
    ),
    "tot-dfs-propose-vote": _case(TotDfs(thoughts=3, max_visits=5, scorer=Judge.VOTE)),
    "rstar": _case(RStar(iterations=3, max_depth=4, n_candidates=4)),
}
