"""Fits boosted trees to the shape of judged programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from sklearn.ensemble import GradientBoostingClassifier

from engine.training.emission.chain import WRONG_SYSTEM
from engine.training.errors import DatasetError
from engine.training.example import JudgedChain
from engine.training.row_format import STATEMENT_JOINT
from engine.training.verifier.answer_key import find_answer
from engine.training.verifier.judge import ChainScore
from engine.training.verifier.within_question import order_figures
from engine.verify.boosted_trees import BoostedTrees, Tree
from engine.verify.shape import FEATURES, list_shape

_N_TREES: Final = 300
_DEPTH: Final = 5
_RATE: Final = 0.1
_SUBSAMPLE: Final = 0.5
# Of all that counts. Planted slips are rarer among samples than they must be for the trees to see
# them, and to miss one costs more than to doubt a right solution, which its like outvote.
_PLANTED_SHARE: Final = 0.25
# Digits that are kept of thresholds and leaves.
_DIGITS: Final = 5


def shape_of_chain(chain: JudgedChain) -> tuple[float, ...]:
    """The features of a chain."""
    return list_shape(chain.question, STATEMENT_JOINT.join(chain.steps), find_answer(chain))


def fit_shape(chains: Sequence[JudgedChain], *, seed: int) -> BoostedTrees:
    """Fit trees to chains.

    Raises:
        DatasetError: All chains are right, or all are wrong.
    """
    labels = [chain.is_right for chain in chains]
    if len(set(labels)) == 1:
        raise DatasetError("all chains are right, or all are wrong: nothing can be fitted")
    model = GradientBoostingClassifier(
        n_estimators=_N_TREES,
        max_depth=_DEPTH,
        learning_rate=_RATE,
        subsample=_SUBSAMPLE,
        random_state=seed,
    )
    weights = _weigh(chains)
    model.fit(np.array([shape_of_chain(chain) for chain in chains]), labels, weights)
    share = float(np.average(labels, weights=weights))
    return BoostedTrees(
        n_features=len(FEATURES),
        bias=float(np.log(share / (1 - share))),
        trees=tuple(_tree(stage[0].tree_) for stage in model.estimators_),
    )


def _weigh(chains: Sequence[JudgedChain]) -> Any:
    """A weight a chain, so that planted slips have their share at least, if there are others."""
    is_planted = np.array([chain.system == WRONG_SYSTEM for chain in chains])
    n_planted, n_others = is_planted.sum(), (~is_planted).sum()
    if not n_planted or not n_others:
        return np.ones(len(chains))
    wanted = _PLANTED_SHARE / (1 - _PLANTED_SHARE) * n_others / n_planted
    return np.where(is_planted, max(1.0, wanted), 1.0)


def _tree(fitted: Any) -> Tree:
    is_leaf = fitted.children_left < 0
    return Tree(
        features=tuple(np.where(is_leaf, -1, fitted.feature).tolist()),
        # As the library compares: the features in single precision, the threshold in double.
        thresholds=tuple(np.where(is_leaf, 0.0, fitted.threshold).tolist()),
        left=tuple(np.where(is_leaf, 0, fitted.children_left).tolist()),
        right=tuple(np.where(is_leaf, 0, fitted.children_right).tolist()),
        values=tuple((_RATE * fitted.value[:, 0, 0] * is_leaf).round(_DIGITS).tolist()),
    )


def measure_shape(trees: BoostedTrees, chains: Sequence[JudgedChain]) -> dict[str, float]:
    """How trees order chains; see `order_figures`."""
    return order_figures(ShapeScorer(trees), chains)


class ShapeScorer:
    """Scores chains by their shape; see `Scorer`."""

    def __init__(self, trees: BoostedTrees) -> None:
        """Score by ``trees``."""
        self._trees = trees

    def score(self, chains: Sequence[JudgedChain]) -> list[ChainScore]:
        """Judge whole chains; of their steps nothing is known but that."""
        wholes = [self._trees.at(shape_of_chain(chain)) for chain in chains]
        return [
            ChainScore(steps=(whole,) * len(chain.steps), whole=whole)
            for chain, whole in zip(chains, wholes, strict=True)
        ]
