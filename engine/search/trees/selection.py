"""Which path a Monte Carlo tree search follows: UCT or PUCT, with what is in flight counted in.

UCT, Kocsis and Szepesvari 2006: Q + c sqrt(ln N_p / N). PUCT, as in Silver et al. 2018 (AlphaZero,
pseudocode of the supplement): Q + (ln((N_p + c_base + 1) / c_base) + c_init) P sqrt(N_p) / (1 + N)
with P the softmax of the siblings' mean log-probabilities. N_p counts the parent's visits.

Of O paths in flight below a path, *virtual loss* (Chaslot et al. 2008) makes visits that each
lost lambda: N + O and W - lambda O. *Counting* (WU-UCT, Liu et al. 2020, arXiv 1810.11755) puts
N + O into the bonus only and leaves Q alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from engine.domain.ids import NodeId
from engine.search.scoring import UNJUDGED
from engine.search.trees.growth import is_site
from engine.search.trees.node import ROOT, Nodes, TreeNode

C_BASE = 19652
C_INIT = 1.25


class Bonus(StrEnum):
    """What is added to a path's mean value for having been tried little."""

    UCT = "uct"
    PUCT = "puct"


class InFlight(StrEnum):
    """How paths in flight weigh."""

    LOSS = "loss"
    COUNT = "count"


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """How the next path is chosen.

    Attributes:
        bonus: UCT or PUCT.
        exploration: c of UCT; PUCT has constants of its own.
        in_flight: How paths in flight weigh.
        virtual_loss: lambda, what each path in flight is held to have lost.
    """

    bonus: Bonus = Bonus.UCT
    exploration: float = 1.4
    in_flight: InFlight = InFlight.LOSS
    virtual_loss: float = 1.0

    def find_site(self, nodes: Nodes) -> NodeId:
        """Descend from the root to a path that is free, by the highest score; ties to the oldest.

        Only paths below which something is free are considered. A finished path never is: its
        value is known, and to visit it again would compute nothing.
        """
        node = nodes[ROOT]
        while not is_site(nodes, node):
            node = self._choose(nodes, node)
        return node.node_id

    def score(self, parent: TreeNode, child: TreeNode, prior: float) -> float:
        """Return what a child of a path is chosen by."""
        n_parent, n_child = parent.visits + parent.n_aloft, child.visits + child.n_aloft
        if self.bonus is Bonus.PUCT:
            growth = math.log((n_parent + C_BASE + 1) / C_BASE) + C_INIT
            return self._value(parent, child) + growth * prior * math.sqrt(n_parent) / (
                1 + n_child
            )
        if n_child == 0:
            return math.inf
        spread = math.sqrt(math.log(max(1, n_parent)) / n_child)
        return self._value(parent, child) + self.exploration * spread

    def _choose(self, nodes: Nodes, parent: TreeNode) -> TreeNode:
        children = [nodes[name] for name in parent.children]
        priors: Mapping[NodeId, float] = {}
        if self.bonus is Bonus.PUCT:
            priors = weigh_priors(children)
        free = [child for child in children if child.n_free]
        return max(
            free,
            key=lambda child: (
                self.score(parent, child, priors.get(child.node_id, 0.0)),
                -child.rank,
            ),
        )

    def _value(self, parent: TreeNode, child: TreeNode) -> float:
        if self.in_flight is InFlight.LOSS and child.visits + child.n_aloft:
            lost = self.virtual_loss * child.n_aloft
            return (child.total - lost) / (child.visits + child.n_aloft)
        if child.mean is not None:
            return child.mean
        return UNJUDGED if parent.mean is None else parent.mean


def weigh_priors(siblings: Sequence[TreeNode]) -> Mapping[NodeId, float]:
    """Return P of each sibling, the softmax of their texts' mean log-probabilities.

    A text without one counts as the least probable of them; without any, all are alike.
    """
    known = [node.mean_logprob for node in siblings if node.mean_logprob is not None]
    least, most = min(known, default=0.0), max(known, default=0.0)
    odds = {
        node.node_id: math.exp((least if node.mean_logprob is None else node.mean_logprob) - most)
        for node in siblings
    }
    total = sum(odds.values())
    return {name: value / total for name, value in odds.items()}
