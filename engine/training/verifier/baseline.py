"""What can be told of a chain without understanding it: words and the shape of its arithmetic.

A learned verifier has to beat these, under the same double hold-out: each chain is judged by a
model that has seen neither its question nor anything of the system that wrote it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from engine.training.example import JudgedChain
from engine.training.verifier.shape_fit import shape_of_chain
from engine.training.verifier.verifier_file import question_digest

N_FOLDS: Final = 3

_WORD: Final = r"[A-Za-z_]+|[0-9]+(?:\.[0-9]+)?|[^\sA-Za-z0-9]"
_MAX_ITERATIONS: Final = 400
_MIN_ROWS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldOut:
    """What a chain's judge has not seen.

    Attributes:
        by_system: Whether the system is held out too; not with a single system.
        scores: One a chain; None where too little was left to fit on.
    """

    by_system: bool
    scores: tuple[float | None, ...]


class Features:
    """Turns chains into a matrix; fitted on some, applied to others."""

    def __init__(self, *parts: Any) -> None:
        self._parts = parts

    def fit(self, chains: Sequence[JudgedChain]) -> Any:
        """Learn from chains, and return their rows."""
        return sparse.hstack([part.fit_transform(chains) for part in self._parts]).tocsr()

    def apply(self, chains: Sequence[JudgedChain]) -> Any:
        """The rows of other chains."""
        return sparse.hstack([part.transform(chains) for part in self._parts]).tocsr()


class _Words:
    """TF-IDF over words and word pairs of a text."""

    def __init__(self, text_of: Callable[[JudgedChain], str]) -> None:
        self._text_of = text_of
        self._vectors = TfidfVectorizer(
            ngram_range=(1, 2), token_pattern=_WORD, sublinear_tf=True, min_df=2
        )

    def fit_transform(self, chains: Sequence[JudgedChain]) -> Any:
        return self._vectors.fit_transform(map(self._text_of, chains))

    def transform(self, chains: Sequence[JudgedChain]) -> Any:
        return self._vectors.transform(map(self._text_of, chains))


class Numbers:
    """Standardised numbers about a chain."""

    def __init__(self, numbers_of: Callable[[JudgedChain], Sequence[float]]) -> None:
        """Take what gives them, as many for every chain."""
        self._numbers_of = numbers_of
        self._scale = StandardScaler()

    def fit_transform(self, chains: Sequence[JudgedChain]) -> Any:
        """Learn how they spread, and return their rows."""
        return sparse.csr_matrix(self._scale.fit_transform(self._rows(chains)))

    def transform(self, chains: Sequence[JudgedChain]) -> Any:
        """The rows of other chains."""
        return sparse.csr_matrix(self._scale.transform(self._rows(chains)))

    def _rows(self, chains: Sequence[JudgedChain]) -> Any:
        return np.array([self._numbers_of(chain) for chain in chains])


def _question(chain: JudgedChain) -> str:
    return chain.question


def _text(chain: JudgedChain) -> str:
    return f"{chain.question} ; {' ; '.join(chain.steps)}"


BASELINES: Final[Mapping[str, Callable[[], Features]]] = {
    "question": lambda: Features(_Words(_question)),
    "question and chain": lambda: Features(_Words(_question), _Words(_text)),
    "shape": lambda: Features(Numbers(shape_of_chain)),
    "words and shape": lambda: Features(_Words(_text), Numbers(shape_of_chain)),
}


def score_held_out(
    chains: Sequence[JudgedChain], make_features: Callable[[], Features]
) -> HoldOut:
    """Judge each chain by a logistic regression that saw neither its question nor its system."""
    systems = sorted({chain.system for chain in chains})
    by_system = len(systems) > 1
    folds = np.array([int(question_digest(chain.question), 16) % N_FOLDS for chain in chains])
    written = np.array([systems.index(chain.system) for chain in chains])
    scores: list[float | None] = [None] * len(chains)
    for fold in range(N_FOLDS):
        for system in range(len(systems)) if by_system else (None,):
            is_seen = (folds != fold) & (written != system if system is not None else True)
            is_judged = (folds == fold) & (written == system if system is not None else True)
            _judge(
                chains, np.flatnonzero(is_seen), np.flatnonzero(is_judged), make_features, scores
            )
    return HoldOut(by_system=by_system, scores=tuple(scores))


def _judge(
    chains: Sequence[JudgedChain],
    seen: Any,
    judged: Any,
    make_features: Callable[[], Features],
    scores: list[float | None],
) -> None:
    labels = [chains[index].is_right for index in seen]
    if not len(judged) or len(seen) < _MIN_ROWS or len(set(labels)) == 1:
        return
    features = make_features()
    model = LogisticRegression(max_iter=_MAX_ITERATIONS)
    model.fit(features.fit([chains[index] for index in seen]), labels)
    found = model.predict_proba(features.apply([chains[index] for index in judged]))[:, 1]
    for index, score in zip(judged, found, strict=True):
        scores[index] = float(score)
