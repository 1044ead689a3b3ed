"""How well scores order right above wrong: within questions, within systems, over all.

Questions differ in how hard they are, and a score that only knew that would look good over all
chains and choose no better than chance among the samples of one question. So the figure to go by
is the one within questions.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Final

from engine.training.example import JudgedChain
from engine.training.verifier.judge import Scorer

METRIC: Final = "within_question_auroc"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoredChain:
    """A chain with the score of its whole, and of its beginnings where they have one."""

    chain: JudgedChain
    score: float
    steps: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupedAuroc:
    """The mean of the figures of groups.

    Attributes:
        mean: NaN where no group has right and wrong ones.
        values: One a group that has both.
    """

    mean: float
    values: tuple[float, ...]


def auroc(scores: Sequence[float], is_right: Sequence[bool]) -> float:
    """The probability that a right one scores above a wrong one, ties by half (Mann-Whitney).

    Returns:
        NaN when all are right, or none is.
    """
    order = sorted(range(len(scores)), key=lambda index: scores[index])
    n_right = sum(is_right)
    n_pairs = n_right * (len(scores) - n_right)
    if not n_pairs:
        return math.nan
    rank_sum, begin = 0.0, 0
    while begin < len(order):
        end = begin
        while end < len(order) and scores[order[end]] == scores[order[begin]]:
            end += 1
        # Equal scores share the mean of their ranks, which are counted from 1.
        rank_sum += sum(is_right[index] for index in order[begin:end]) * (begin + 1 + end) / 2
        begin = end
    return (rank_sum - n_right * (n_right + 1) / 2) / n_pairs


def grouped_auroc(
    scored: Sequence[ScoredChain], key: Callable[[JudgedChain], Hashable]
) -> GroupedAuroc:
    """The AUROC within each group that has right and wrong chains, and their mean."""
    groups: defaultdict[Hashable, list[ScoredChain]] = defaultdict(list)
    for one in scored:
        groups[key(one.chain)].append(one)
    found = [
        auroc([one.score for one in group], [one.chain.is_right for one in group])
        for group in groups.values()
    ]
    values = tuple(value for value in found if not math.isnan(value))
    return GroupedAuroc(
        mean=math.fsum(values) / len(values) if values else math.nan, values=values
    )


def by_question(chain: JudgedChain) -> str:
    """The key of figures within questions."""
    return chain.question


def by_system(chain: JudgedChain) -> str:
    """The key of figures within systems."""
    return chain.system


def order_figures(judge: Scorer, chains: Sequence[JudgedChain]) -> dict[str, float]:
    """How a judge orders chains within questions, within systems and over all, where it can."""
    scores = judge.score(chains)
    scored = [
        ScoredChain(chain=chain, score=score.whole)
        for chain, score in zip(chains, scores, strict=True)
    ]
    figures = {
        METRIC: grouped_auroc(scored, by_question).mean,
        "per_system_auroc": grouped_auroc(scored, by_system).mean,
        "auroc": auroc([one.score for one in scored], [one.chain.is_right for one in scored]),
    }
    # A figure that there is not would be no JSON in the metrics and the record.
    return {name: value for name, value in figures.items() if not math.isnan(value)}
