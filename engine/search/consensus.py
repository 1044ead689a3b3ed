"""The race to a consensus: the weight of each answer, as samples are counted one by one."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from engine.search.vote import Ballot

# What the votes of the samples with these ranks weigh; the others abstain.
Weights: TypeAlias = Mapping[int, float]


@dataclass(slots=True, kw_only=True)
class Race:
    """The weight of each answer among the samples counted so far.

    Attributes:
        consensus: tau, the leading answer's share of all weight that wins, in (0.5, 1].
        by_class: Each answer's weight.
        heaviest: The weight of the heaviest vote.
    """

    consensus: float
    by_class: dict[str, float] = field(default_factory=dict[str, float])
    heaviest: float = 0.0

    def add(self, ballot: Ballot, weights: Weights | None) -> None:
        """Count a sample; it changes nothing where it abstains."""
        answer, weight = ballot.outcome.answer, find_weight(ballot, weights)
        if not ballot.outcome.is_vote or answer is None or weight is None:
            return
        self.by_class[answer.class_id] = self.by_class.get(answer.class_id, 0.0) + weight
        self.heaviest = max(self.heaviest, weight)

    @property
    def is_won(self) -> bool:
        """Whether the leading answer has its share."""
        total = math.fsum(self.by_class.values())
        return total > 0 and max(self.by_class.values()) >= self.consensus * total

    def count_needed(self, n_left: int) -> int:
        """Return the fewest further samples that could win it, each as heavy as any so far."""
        if n_left == 0 or not self.heaviest:
            return min(1, n_left)
        rest = math.fsum(self.by_class.values()) - max(self.by_class.values())
        # Lead + k w >= tau (lead + rest + k w), solved for k.
        lacking = self.consensus * rest / (1 - self.consensus) if self.consensus < 1 else math.inf
        n_more = (lacking - max(self.by_class.values())) / self.heaviest
        return max(1, math.ceil(min(n_more, n_left)))


def find_weight(ballot: Ballot, weights: Weights | None) -> float | None:
    """Return what a vote weighs: ``None`` where it abstains, 1 where none has a weight."""
    return 1.0 if weights is None else weights.get(ballot.rank)
