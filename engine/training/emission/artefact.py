"""The artefact test: can words and shape alone, without a number, tell true from false?

If a bag of words separates true claims from false ones, or right chains from wrong ones, a model
learns that bag of words instead of judging. Masked texts are weighted by TF-IDF and separated by
logistic regression, questions kept whole on one side of each fold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline

from engine.training.example import JudgedChain, TwinClaims

MAX_AUROC: Final = 0.60
"""A set of twins above this holds an artefact."""

_NUMBER: Final = re.compile(r"\$?\d[\d,]*(?:\.\d+)?")
_PIECE: Final = r"[A-Za-z_]+|#|[^\sA-Za-z_#]"
_N_FOLDS: Final = 5
_LONGEST_GRAM: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A text with its label.

    Attributes:
        text: What is judged, with the problem that it is about.
        is_right: The label.
        group: What never stands on both sides of a fold, such as the question.
    """

    text: str
    is_right: bool
    group: str


def masked(text: str) -> str:
    """The text with every number in digits replaced by one mark."""
    return _NUMBER.sub("#", text)


def measure_auroc(rows: Sequence[Labelled]) -> float:
    """How well masked words alone separate right from wrong: 0.5 is not at all.

    Args:
        rows: Of both labels, from at least five groups.

    Returns:
        The area under the curve of predictions on held-out groups, over all rows.
    """
    texts = [masked(row.text) for row in rows]
    labels = np.array([row.is_right for row in rows])
    groups = [row.group for row in rows]
    model = make_pipeline(
        TfidfVectorizer(
            token_pattern=_PIECE, lowercase=False, ngram_range=(1, _LONGEST_GRAM), min_df=2
        ),
        LogisticRegression(max_iter=1_000, class_weight="balanced"),
    )
    folds = GroupKFold(_N_FOLDS)
    scores = cross_val_predict(
        model, texts, labels, groups=groups, cv=folds, method="decision_function"
    )
    return float(roc_auc_score(labels, np.asarray(scores)))


def label_claims(twins: Iterable[TwinClaims]) -> list[Labelled]:
    """Both claims of every pair, each after its question."""
    return [
        Labelled(
            text=f"{pair.question}\n{claim}",
            is_right=is_right,
            group=pair.question or pair.true,
        )
        for pair in twins
        for claim, is_right in ((pair.true, True), (pair.false, False))
    ]


def label_chains(chains: Iterable[JudgedChain]) -> list[Labelled]:
    """Every chain after its question."""
    return [
        Labelled(
            text=f"{chain.question}\n{';'.join(chain.steps)}",
            is_right=chain.is_right,
            group=chain.question,
        )
        for chain in chains
    ]
