"""rStar's discriminator: is an answer found again when the end of its path is hidden?

Qi et al. 2024 (arXiv 2408.06195), section 3.2 and the choice of the final path after it.
"""

from __future__ import annotations

import heapq

from engine.domain.ids import SEED_BITS, derive_seed
from engine.domain.problem import Problem
from engine.domain.trial import Sampling
from engine.search.trees.growth import GrowthState, Sprout
from engine.search.trees.harvest import Leaf, list_best, rest_of
from engine.search.trees.node import ROOT, Nodes, NodeStatus, Purpose, TreeNode, list_path

# The part of a path that is shown, in the paper's bounds.
LEAST_SHOWN = 0.2
MOST_SHOWN = 0.8


def list_checks(state: GrowthState, n_candidates: int, sampling: Sampling) -> tuple[Sprout, ...]:
    """Return a sample for each of the best finished paths; nothing once they were looked at."""
    if _list_checks(state):
        return ()
    finished = (state.nodes[name] for name in state.finished)
    best = heapq.nsmallest(
        n_candidates, finished, key=lambda node: (-_weigh(state, node), node.rank)
    )
    return tuple(_check(state, node, sampling) for node in best)


def list_leaves(state: GrowthState, n_candidates: int) -> tuple[Leaf, ...]:
    """Return the finished paths that stay, weighted by reward times confidence.

    Before the second looks those with the highest rewards stay; after them the confirmed ones, or
    all that were looked at if none is.
    """
    checks = _list_checks(state)
    seen = [state.nodes[check.subject] for check in checks if check.subject is not None]
    kept = [node for check, node in zip(checks, seen, strict=True) if _is_confirmed(check, node)]
    return tuple(
        Leaf(answer=node.answer, weight=_weigh(state, node), rank=node.rank)
        for node in kept or seen or list_best(state, n_candidates)
        if node.answer is not None
    )


def find_cut(problem: Problem, nodes: Nodes, node: TreeNode) -> TreeNode:
    """Return the beginning of a finished path that is shown: 20 to 80 % of its texts.

    At least one text is hidden; of a path of one text nothing is shown.
    """
    path = list_path(nodes, node.node_id)
    drawn = derive_seed(problem.root_search_id, problem.seed, "mask", node.node_id)
    shown = LEAST_SHOWN + (MOST_SHOWN - LEAST_SHOWN) * drawn / (1 << SEED_BITS)
    n_shown = min(len(path) - 1, max(1, round(shown * len(path))))
    return nodes[ROOT] if n_shown == 0 else path[n_shown - 1]


def _check(state: GrowthState, node: TreeNode, sampling: Sampling) -> Sprout:
    cut = find_cut(state.tree.problem, state.nodes, node)
    return Sprout(
        branch=rest_of(cut, sampling, f"check-{node.node_id}"),
        purpose=Purpose.CHECK,
        subject=node.node_id,
    )


def _list_checks(state: GrowthState) -> list[TreeNode]:
    if state.n_last == 0:
        return []
    return [node for node in state.nodes.values() if node.purpose is Purpose.CHECK]


def _is_confirmed(check: TreeNode, node: TreeNode) -> bool:
    """Whether the completion came to the answer that the hidden part had."""
    if check.status is not NodeStatus.FINISHED or check.answer is None or node.answer is None:
        return False
    return check.answer.class_id == node.answer.class_id


def _weigh(state: GrowthState, node: TreeNode) -> float:
    means = [
        mean for step in list_path(state.nodes, node.node_id) if (mean := step.mean) is not None
    ]
    reward = sum(means) / len(means) if means else 0.0
    name = "" if node.answer is None else node.answer.class_id
    return reward * state.tally.get(name, 0) / len(state.finished)
