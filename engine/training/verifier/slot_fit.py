"""Fits what the words around numbers lead to expect, from right programs alone."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

from engine.training.example import JudgedChain
from engine.training.row_format import STATEMENT_JOINT
from engine.verify.agreement import WordModels
from engine.verify.log_linear import LogLinear
from engine.verify.slot import Slot, SlotKind, list_slots

# The inverse strength of the penalty on the squares of weights.
_INVERSE_PENALTY: Final = 0.1
_MAX_STEPS: Final = 100
_TOLERANCE: Final = 1e-3
# Slots that a cue has to be met in: rare names of people and things are no cues.
_LEAST_MET: Final = 25
# Weights nearer to zero are left out, which halves the file.
_LEAST_WEIGHT: Final = 0.03
_DIGITS: Final = 2


def slots_of_chain(chain: JudgedChain) -> tuple[Slot, ...]:
    """What a chain does with the numbers of its question."""
    return list_slots(chain.question, STATEMENT_JOINT.join(chain.steps))


def fit_words(chains: Sequence[JudgedChain], slots: Sequence[Sequence[Slot]]) -> WordModels:
    """Fit one model for each kind of slot that right chains have.

    Args:
        chains: Right and wrong ones; of several that do the same to a question one counts.
        slots: What each of them does.
    """
    found: dict[tuple[str, Slot], None] = {}
    for chain, done in zip(chains, slots, strict=True):
        if chain.is_right:
            found.update(dict.fromkeys((chain.question, slot) for slot in done))
    of_kinds = {kind: [slot for _, slot in found if slot.kind is kind] for kind in SlotKind}
    return {kind: _fit(members) for kind, members in of_kinds.items() if members}


def _fit(slots: Sequence[Slot]) -> LogLinear:
    fillers = Counter(str(slot.filler) for slot in slots)
    met = Counter(cue for slot in slots for cue in set(slot.cues))
    vocabulary = sorted(cue for cue, count in met.items() if count >= _LEAST_MET)
    names = tuple(sorted(fillers))
    if len(fillers) == 1 or not vocabulary:
        shares = tuple(math.log(fillers[name] / len(slots)) for name in names)
        return LogLinear(fillers=names, bias=shares, weights={})
    counter: Any = CountVectorizer
    counts = counter(analyzer=_cues, vocabulary=vocabulary, dtype=np.float64)
    model = LogisticRegression(C=_INVERSE_PENALTY, max_iter=_MAX_STEPS, tol=_TOLERANCE)
    model.fit(counts.transform(slots), [str(slot.filler) for slot in slots])
    return _plain(names, vocabulary, model)


def _cues(slot: Slot) -> Iterable[str]:
    return slot.cues


def _plain(names: tuple[str, ...], vocabulary: Sequence[str], model: Any) -> LogLinear:
    """The library's weights, of which it keeps one row only where there are two classes."""
    is_binary = len(model.coef_) == 1
    rows = np.vstack([-model.coef_ / 2, model.coef_ / 2]) if is_binary else model.coef_
    bias = np.array([-1, 1]) * model.intercept_ / 2 if is_binary else model.intercept_
    kept = np.where(np.abs(rows) < _LEAST_WEIGHT, 0.0, rows).round(_DIGITS)
    return LogLinear(
        fillers=names,
        bias=tuple(bias.round(_DIGITS).tolist()),
        weights={
            cue: tuple(kept[:, index].tolist())
            for index, cue in enumerate(vocabulary)
            if kept[:, index].any()
        },
    )
