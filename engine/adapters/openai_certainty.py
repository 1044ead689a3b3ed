"""Folds the candidates' log-probabilities of a text into how sure the model was of it.

DeepConf (Fu et al. 2025, arXiv 2508.15260), section 3.1: the confidence of a token is
``C_i = -(1/k) * sum_j log P_i(j)`` over its k most probable candidates, that of a group the mean
over a window of n tokens, which moves on by one token at a time.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence

from engine.domain.outcome import Certainty

BOTTOM_SHARE = 0.1
# Servers write minus infinity as -9999 or so; such a token is no candidate.
LOWEST_LOGPROB = -1000.0


class CertaintyFold:
    """The certainty of one text while it grows: constant work a token."""

    def __init__(self, *, n_candidates: int, group_tokens: int) -> None:
        """Begin before the first token.

        Args:
            n_candidates: The k above: at most so many of a token's candidates count.
            group_tokens: The n above. A text that is shorter counts as one group.
        """
        self._n_candidates = n_candidates
        self._group_tokens = group_tokens
        self._window: deque[float] = deque()
        self._sum_window = 0.0
        self._sum_all = 0.0
        self._n_tokens = 0
        self._groups: list[float] = []

    def add(self, logprobs: Sequence[float]) -> float | None:
        """Take the log-probabilities of one token's candidates, in any order.

        Returns:
            The mean of the group that this token completes, if it completes one.
        """
        usable = (one for one in logprobs if LOWEST_LOGPROB < one < math.inf)
        best = sorted(usable, reverse=True)[: self._n_candidates]
        if not best:
            return None
        # A rounded log-probability can lie a hair above 0.
        confidence = max(0.0, -math.fsum(best) / len(best))
        self._n_tokens += 1
        self._sum_all += confidence
        self._window.append(confidence)
        self._sum_window += confidence
        if len(self._window) > self._group_tokens:
            self._sum_window -= self._window.popleft()
        if len(self._window) < self._group_tokens:
            return None
        group = max(0.0, self._sum_window / self._group_tokens)
        self._groups.append(group)
        return group

    def to_certainty(self) -> Certainty | None:
        """Return the certainty of the text so far; ``None`` without a token."""
        if not self._n_tokens:
            return None
        tail = math.fsum(self._window) / len(self._window)
        groups = sorted(self._groups) or [tail]
        n_bottom = max(1, round(len(groups) * BOTTOM_SHARE))
        return Certainty(
            mean=self._sum_all / self._n_tokens,
            tail=tail,
            lowest=groups[0],
            bottom_tenth=math.fsum(groups[:n_bottom]) / n_bottom,
        )
