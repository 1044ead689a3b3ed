"""What a model's own likelihood of a solution says of it, as a target beside the label.

A model that writes solutions already holds right ones of a question more probable than wrong ones.
A judge that starts from the same weights, and sees only whether whole solutions are right, needs
long to find that out. So the likelihood, made a probability by a logistic curve over the sum and
the least of the log-probabilities so far, is taught at every token, as soft targets of a part of
the loss (distillation: Hinton et al. 2015, arXiv 1503.02531, section 2). The labels are the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from engine.training.errors import DatasetError
from engine.training.verifier.packed_question import PackedQuestion, PlacedChain
from engine.verify.logistic import LogisticCurve, fit_logistic

_RIDGE = 1.0

Likelihoods = Sequence[Sequence[float]]  # of each chain of a row, at each token of the solution


def teach(
    rows: Sequence[PackedQuestion], read: Sequence[Likelihoods], *, share: float
) -> list[PackedQuestion]:
    """Mix what the likelihood says into the targets of rows.

    Args:
        rows: With their labels as targets.
        read: The log-probabilities of their solutions' tokens.
        share: How much of each target is the teacher's, in [0, 1].

    Raises:
        DatasetError: All chains are right, or all are wrong.
    """
    if not share:
        return list(rows)
    curve = _fit(rows, read)
    return [
        replace(
            row,
            chains=tuple(
                _taught(chain, _say(curve, logprobs), share)
                for chain, logprobs in zip(row.chains, chains, strict=True)
            ),
        )
        for row, chains in zip(rows, read, strict=True)
    ]


def sum_up(logprobs: Sequence[float]) -> tuple[float, float]:
    """The sum of a solution's log-probabilities, and the least of them."""
    return sum(logprobs), min(logprobs, default=0.0)


def _fit(rows: Sequence[PackedQuestion], read: Sequence[Likelihoods]) -> LogisticCurve:
    pairs = [
        (logprobs, chain.is_right)
        for row, chains in zip(rows, read, strict=True)
        for chain, logprobs in zip(row.chains, chains, strict=True)
    ]
    features = [sum_up(logprobs) for logprobs, _ in pairs]
    if len({is_right for _, is_right in pairs}) == 1:
        raise DatasetError("the likelihood teaches nothing: all chains are right, or all wrong")
    return fit_logistic(features, [is_right for _, is_right in pairs], ridge=_RIDGE)


def _say(curve: LogisticCurve, logprobs: Sequence[float]) -> list[float]:
    """How probably a solution is right, by each of its beginnings; the first is the empty one."""
    sums = accumulate(logprobs, initial=0.0)
    least = accumulate(logprobs, min, initial=0.0)
    return [curve.at(features) for features in zip(sums, least, strict=True)]


def _taught(chain: PlacedChain, said: Sequence[float], share: float) -> PlacedChain:
    def mix(target: float, n_tokens: int) -> float:
        return share * said[n_tokens] + (1 - share) * target

    return replace(
        chain,
        targets=tuple(map(mix, chain.targets, chain.n_read)),
        token_targets=tuple(
            mix(target, number) for number, target in enumerate(chain.token_targets, start=1)
        ),
    )
