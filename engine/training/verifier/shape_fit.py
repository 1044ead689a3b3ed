"""Fits a judge of the shape of programs to judged chains."""

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
from engine.training.verifier.slot_fit import fit_words, slots_of_chain
from engine.training.verifier.within_question import order_figures
from engine.verify.agreement import list_agreement
from engine.verify.boosted_trees import BoostedTrees, Tree
from engine.verify.shape import list_shape
from engine.verify.shape_model import JUDGED, ShapeFitting, ShapeModel
from engine.verify.slot import Slot

_N_TREES: Final = 300
_DEPTH: Final = 5
_RATE: Final = 0.1
_SUBSAMPLE: Final = 0.5
_N_FOLDS: Final = 3
# Of all that counts. Planted slips are rarer among samples than they must be for the trees to see
# them, and to miss one costs more than to doubt a right solution, which its like outvote.
_PLANTED_SHARE: Final = 0.25
# Digits that are kept of leaves; a threshold has to part what the library parted.
_DIGITS: Final = 5


def shape_of_chain(chain: JudgedChain) -> tuple[float, ...]:
    """The numbers of a chain's shape."""
    return list_shape(chain.question, STATEMENT_JOINT.join(chain.steps), find_answer(chain))


def fit_shape(chains: Sequence[JudgedChain], *, name: str, seed: int) -> ShapeModel:
    """Fit what words lead to expect, and trees over that and the shape of programs.

    Raises:
        DatasetError: All chains are right, or all are wrong.
    """
    labels = [chain.is_right for chain in chains]
    if len(set(labels)) == 1:
        raise DatasetError("all chains are right, or all are wrong: nothing can be fitted")
    slots = [slots_of_chain(chain) for chain in chains]
    rows = np.hstack(
        [np.array([shape_of_chain(chain) for chain in chains]), _held_out(chains, slots)]
    )
    return ShapeModel(
        name=name,
        words=fit_words(chains, slots),
        trees=_fit_trees(rows, labels, _weigh(chains), seed),
        fitting=ShapeFitting(
            n_chains=len(chains),
            n_questions=len({chain.question for chain in chains}),
            n_right=sum(labels),
            systems=tuple(sorted({chain.system for chain in chains})),
        ),
    )


def _held_out(chains: Sequence[JudgedChain], slots: Sequence[Sequence[Slot]]) -> Any:
    """Each chain's agreement with words that were fitted without its question.

    Words that know the question would agree with its right programs better than with those of any
    question to come, and the trees would rely on them too much.
    """
    places = {question: i for i, question in enumerate(sorted({c.question for c in chains}))}
    folds = [places[chain.question] % _N_FOLDS for chain in chains]
    words = [
        fit_words(*_without(chains, slots, [one == fold for one in folds]))
        for fold in range(_N_FOLDS)
    ]
    return np.array(
        [list_agreement(done, words[fold]) for done, fold in zip(slots, folds, strict=True)]
    )


def _without(
    chains: Sequence[JudgedChain], slots: Sequence[Sequence[Slot]], is_out: Sequence[bool]
) -> tuple[list[JudgedChain], list[Sequence[Slot]]]:
    kept = [index for index, out in enumerate(is_out) if not out]
    return [chains[index] for index in kept], [slots[index] for index in kept]


def _fit_trees(rows: Any, labels: Sequence[bool], weights: Any, seed: int) -> BoostedTrees:
    model = GradientBoostingClassifier(
        n_estimators=_N_TREES,
        max_depth=_DEPTH,
        learning_rate=_RATE,
        subsample=_SUBSAMPLE,
        random_state=seed,
    )
    model.fit(rows, labels, weights)
    share = float(np.average(labels, weights=weights))
    return BoostedTrees(
        n_features=len(JUDGED),
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


def measure_shape(model: ShapeModel, chains: Sequence[JudgedChain]) -> dict[str, float]:
    """How a judge of shapes orders chains; see `order_figures`."""
    return order_figures(ShapeScorer(model), chains)


class ShapeScorer:
    """Scores chains by their shape; see `Scorer`."""

    def __init__(self, model: ShapeModel) -> None:
        """Score by ``model``."""
        self._model = model

    def score(self, chains: Sequence[JudgedChain]) -> list[ChainScore]:
        """Judge whole chains; of their steps nothing is known but that."""
        wholes = [self._score(chain) for chain in chains]
        return [
            ChainScore(steps=(whole,) * len(chain.steps), whole=whole)
            for chain, whole in zip(chains, wholes, strict=True)
        ]

    def _score(self, chain: JudgedChain) -> float:
        program = STATEMENT_JOINT.join(chain.steps)
        return self._model.score(chain.question, program, find_answer(chain))
